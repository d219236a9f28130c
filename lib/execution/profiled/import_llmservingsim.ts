import { parseInput } from "../../std/input_error.ts";
import { type OperatorRow, type OperatorTable, tableOfRows } from "./operator_table.ts";
import { plainCsvRows } from "./plain_csv.ts";

/** The files of one `tp<N>` folder of an LLMServingSim profile, as texts. */
export interface LlmServingSimFolder {
  /** Where the folder is, for messages about its files. */
  readonly path?: string;
  /** Catalogue name of the model. */
  readonly model: string;
  /** Tensor-parallel degree, >= 1. */
  readonly tensorParallel: number;
  /** Weight and KV format, such as "bf16". */
  readonly dtype: string;
  /** dense.csv: layers that work per token. */
  readonly dense: string;
  /** per_sequence.csv: layers that work per sampled sequence. */
  readonly perSequence: string;
  /** attention.csv: attention of mixed batches. */
  readonly attention: string;
  /** moe.csv: routed experts; absent for dense models. */
  readonly moe?: string;
  /** What unequal contexts cost, where it was measured: see `unequalShareOf`. */
  readonly unequalShare?: number;
}

/**
 * Tables of one LLMServingSim profile folder: one layer of one model at one tensor-parallel degree,
 * run eagerly, without collectives and without the CPU's share.
 *
 * Attention has four axes: tokens of a prefill chunk, KV entries before it, decoding sequences and KV
 * entries of each. Newer folders hold two interleaved grids; `keep` picks rows (default: the grid of
 * powers of two, which both generations share).
 *
 * @source https://github.com/casys-kaist/LLMServingSim profiler/perf
 */
export function importLlmServingSim(
  folder: LlmServingSimFolder,
  keep: (chunk: number, past: number, decodes: number, context: number) => boolean = allPowersOfTwo,
): OperatorTable[] {
  const { model, tensorParallel, dtype, path = `tp${folder.tensorParallel}` } = folder;
  const read = <T>(file: string, text: string, parse: (text: string) => T) =>
    parseInput({ file: `${path}/${file}`, what: "LLMServingSim measurements" }, text, parse);
  const attributes = { model, tensorParallel, dtype };
  const tables: OperatorTable[] = [
    ...read(
      "dense.csv",
      folder.dense,
      (text) => layerTables("layer", text, "tokens", attributes),
    ),
    ...read(
      "per_sequence.csv",
      folder.perSequence,
      (text) => layerTables("sampled_layer", text, "sequences", attributes),
    ),
  ];
  const names = [["chunk"], ["past"], ["decodes"], ["context"]];
  const { unequalShare } = folder;
  const ofAttention = { ...attributes, ...(unequalShare !== undefined && { unequalShare }) };
  tables.push(
    read(
      "attention.csv",
      folder.attention,
      (text) => tableOfRows("mixed_attention", ofAttention, names, attentionRows(text, keep)),
    ),
  );
  if (folder.moe !== undefined) {
    tables.push(read("moe.csv", folder.moe, (text) =>
      tableOfRows(
        "activated_experts",
        attributes,
        [["tokens"], ["activated"]],
        expertRows(text),
      )));
  }
  return tables;
}

function attentionRows(
  text: string,
  keep: (chunk: number, past: number, decodes: number, context: number) => boolean,
): OperatorRow[] {
  const rows: OperatorRow[] = [];
  const columns = ["prefill_chunk", "kv_prefill", "n_decode", "kv_decode"];
  for (const row of plainCsvRows(text, [...columns, "time_us"])) {
    const [chunk, past, decodes, context] = columns.map(row.value);
    if (!keep(chunk, past, decodes, context)) continue;
    const at = [[chunk], [past], [decodes], [context]];
    rows.push({ at, seconds: row.value("time_us") * 1e-6 });
  }
  return rows;
}

function expertRows(text: string): OperatorRow[] {
  return [...plainCsvRows(text, ["tokens", "activated_experts", "time_us"])].map((row) => ({
    at: [[row.value("tokens")], [row.value("activated_experts")]],
    seconds: row.value("time_us") * 1e-6,
  }));
}

function allPowersOfTwo(...values: number[]): boolean {
  return values.every((value) => (value & (value - 1)) === 0);
}

function layerTables(
  operator: "layer" | "sampled_layer",
  text: string,
  axis: string,
  attributes: OperatorTable["attributes"],
): OperatorTable[] {
  const layers = new Map<string, OperatorRow[]>();
  for (const row of plainCsvRows(text, ["layer", axis, "time_us"])) {
    const layer = row.cell("layer");
    const at = [[row.value(axis)]];
    const rows = layers.get(layer) ?? [];
    layers.set(layer, rows);
    rows.push({ at, seconds: row.value("time_us") * 1e-6 });
  }
  return [...layers].map(([layer, rows]) =>
    tableOfRows(operator, { ...attributes, layer }, [[axis]], rows)
  );
}
