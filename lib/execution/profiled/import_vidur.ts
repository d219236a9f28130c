import { type OperatorRow, type OperatorTable, tableOfRows } from "./operator_table.ts";
import { plainCsvRows } from "./plain_csv.ts";

/** Vidur's operator names and ours. */
const LAYERS: Readonly<Record<string, string>> = {
  emb: "embedding",
  input_layernorm: "layernorm",
  attn_pre_proj: "qkv_proj",
  attn_rope: "rotary_emb",
  attn_post_proj: "o_proj",
  mlp_up_proj: "gate_up_proj",
  mlp_act: "act_fn",
  mlp_down_proj: "down_proj",
  add: "add",
};

/**
 * Tables of the linear layers that Vidur measured for one model (medians, milliseconds), one per
 * layer and tensor-parallel degree. They hold no attention: a step is composed with another profile's.
 *
 * @source https://github.com/microsoft/vidur data/profiling/compute
 */
export function importVidurLayers(text: string, model: string): OperatorTable[] {
  const rowsOf = new Map<string, OperatorRow[]>();
  const columns = ["num_tokens", "num_tensor_parallel_workers"];
  const header = text.slice(0, text.indexOf("\n"));
  const layers = Object.keys(LAYERS).filter((name) => header.includes(`time_stats.${name}.median`));
  for (const row of plainCsvRows(text, columns)) {
    for (const layer of layers) {
      const cell = row.cell(`time_stats.${layer}.median`);
      if (cell === "" || Number(cell) === 0) continue;
      const key = `${row.value("num_tensor_parallel_workers")} ${LAYERS[layer]}`;
      const rows = rowsOf.get(key) ?? [];
      rowsOf.set(key, rows);
      const seconds = row.value(`time_stats.${layer}.median`) * 1e-3;
      rows.push({ at: [[row.value("num_tokens")]], seconds });
    }
  }
  return [...rowsOf].map(([key, rows]) => {
    const [tensorParallel, layer] = key.split(" ");
    const attributes = { model, tensorParallel: Number(tensorParallel), dtype: "bf16", layer };
    return tableOfRows("layer", attributes, [["tokens"]], rows);
  });
}

/**
 * Table of the collective times that Vidur measured (`all_reduce.csv` or `send_recv.csv`; medians,
 * milliseconds, bytes). Only collectives inside one node are kept.
 */
export function importVidurCollective(text: string): OperatorTable[] {
  const operator = text.slice(0, text.indexOf("\n")).includes("time_stats.send_recv.median")
    ? "send_receive"
    : "all_reduce";
  const column = operator === "send_receive" ? "send_recv" : "all_reduce";
  const median = `time_stats.${column}.median`;
  const rows: OperatorRow[] = [];
  for (const row of plainCsvRows(text, [median, "num_workers", "size", "devices_per_node"])) {
    const ranks = row.value("num_workers");
    const seconds = row.value(median) * 1e-3;
    if (seconds <= 0 || row.value("devices_per_node") < ranks) continue;
    const bytes = [row.value("size")];
    rows.push({ at: operator === "send_receive" ? [bytes] : [[ranks], bytes], seconds });
  }
  if (rows.length === 0) return [];
  const names = operator === "send_receive" ? [["bytes"]] : [["ranks"], ["bytes"]];
  return [tableOfRows(operator, {}, names, rows)];
}
