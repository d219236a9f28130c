import type { ParquetRows } from "./import_aiconfigurator.ts";
import { type OperatorRow, type OperatorTable, tableOfRows } from "./operator_table.ts";

/** Parquet files of layers beyond plain attention; absent ones give no tables. */
export interface LayerFiles {
  /** Rows of mla_generation_module_perf and mla_context_module_perf: whole latent layers. */
  readonly latentDecodes?: ParquetRows;
  readonly latentPrompts?: ParquetRows;
  /** Rows of generation_mla_perf and context_mla_perf: attention over latents alone. */
  readonly latentDecodeKernels?: ParquetRows;
  readonly latentPromptKernels?: ParquetRows;
  /** Rows of dsa_generation_module_perf and dsa_context_module_perf: whole sparse layers. */
  readonly sparseDecodes?: ParquetRows;
  readonly sparsePrompts?: ParquetRows;
  /** Rows of gdn_perf: the convolution and the delta rule. */
  readonly delta?: ParquetRows;
  /** Rows of wideep_deepep_ll_perf and wideep_deepep_normal_perf: dispatch and combine. */
  readonly lowLatency?: ParquetRows;
  readonly normal?: ParquetRows;
}

type Row = ParquetRows[number];

const number = (row: Row, name: string) => Number(row[name]);
const text = (row: Row, name: string) => String(row[name]);

/** Formats of weights that tables are kept of. */
const WEIGHTS: Readonly<Record<string, string>> = { bfloat16: "bf16", fp8_block: "fp8" };
const CACHES: Readonly<Record<string, string>> = { bfloat16: "bf16", fp8: "fp8" };
/** Fewer heads on a rank would take more than sixteen of them. */
const LEAST_HEADS = 8;
/** Multiprocessors that DeepEP takes unless it is told otherwise. @source DeepEP, Buffer.num_sms */
const PROCESSORS = 20;
/** Times within so much of the launch are not kept. */
const HOST_MARGIN = 1.3;
/** Tokens of a rank beyond which no step goes. */
const MOST_TOKENS = 16384;

/** Every other power of two is enough where times are nearly straight. */
const DELTA_TOKENS = new Set([16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384]);
const PROMPT_TOKENS = new Set([16, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768]);

function grouped(rows: ParquetRows, key: (row: Row) => string | undefined): [string, Row[]][] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = key(row);
    if (name !== undefined) groups.set(name, [...groups.get(name) ?? [], row]);
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1);
}

/** Layers or kernels over latents, whose heads are those of one rank. */
function latentTables(
  operator: "latent_decode" | "latent_prompt",
  part: "layer" | "sparse layer" | "kernel",
  rows: ParquetRows,
): OperatorTable[] {
  const isDecode = operator === "latent_decode";
  const groups = grouped(rows, (row) => {
    const weightDtype = part === "kernel" ? "bf16" : WEIGHTS[text(row, "gemm_type")];
    const kvDtype = CACHES[text(row, "kv_cache_dtype")];
    if (weightDtype === undefined || kvDtype === undefined) return undefined;
    if (number(row, "num_heads") < LEAST_HEADS || text(row, "mla_dtype") !== "bfloat16") {
      return undefined;
    }
    if (part === "sparse layer" && text(row, "model") !== "deepseek-ai/DeepSeek-V3.2") {
      return undefined;
    }
    const isOther = isDecode
      ? number(row, "step") < 2
      : number(row, "step") !== 0 || !PROMPT_TOKENS.has(number(row, "isl"));
    return isOther ? undefined : `${weightDtype} ${kvDtype}`;
  });
  return groups.map(([name, group]) => {
    const [weightDtype, kvDtype] = name.split(" ");
    const kept = (part === "kernel" ? beyondHost(group) : group).map((row): OperatorRow => ({
      at: [
        [number(row, "num_heads")],
        [number(row, "batch_size")],
        [isDecode ? number(row, "step") + 1 : number(row, "isl")],
      ],
      seconds: number(row, "latency") * 1e-3,
    }));
    return tableOfRows(
      operator,
      { part, weightDtype, kvDtype },
      [["heads"], ["batch"], [isDecode ? "context" : "tokens"]],
      kept,
    );
  });
}

/**
 * Kernels that were timed with the host's launch: the shortest rows are all as long as that, and only
 * those well beyond it are the kernel's own times.
 */
function beyondHost(rows: readonly Row[]): Row[] {
  const short = rows.filter((row) =>
    number(row, "batch_size") * Math.max(number(row, "step"), number(row, "isl")) <= 256
  ).map((row) => number(row, "latency")).sort((a, b) => a - b);
  const least = HOST_MARGIN * short[short.length >> 1];
  return rows.filter((row) => number(row, "latency") > least);
}

/** Convolution and delta rule together, by the heads of one rank. */
function deltaTables(rows: ParquetRows): OperatorTable[] {
  const sums = new Map<string, { row: Row; seconds: number; kernels: number }>();
  for (const row of rows) {
    const key = ["phase", "model_name", "num_k_heads", "num_v_heads", "batch_size", "seq_len"]
      .map((name) => row[name]).join();
    const sum = sums.get(key) ?? { row, seconds: 0, kernels: 0 };
    sum.seconds += number(row, "latency") * 1e-3;
    sum.kernels++;
    sums.set(key, sum);
  }
  const whole = [...sums.values()].filter(({ kernels }) => kernels === 2);
  return (["generation", "context"] as const).flatMap((phase) => {
    const kept = whole.filter(({ row }) =>
      row.phase === phase && (phase === "generation" || DELTA_TOKENS.has(number(row, "seq_len")))
    ).map(({ row, seconds }): OperatorRow => ({
      at: [
        [number(row, "num_v_heads"), number(row, "num_k_heads")],
        [number(row, "batch_size")],
        ...(phase === "context" ? [[number(row, "seq_len")]] : []),
      ],
      seconds,
    }));
    if (kept.length === 0) return [];
    const heads = ["valueHeads", "keyHeads"];
    return phase === "generation"
      ? [tableOfRows("delta_decode", {}, [heads, ["batch"]], kept)]
      : [tableOfRows("delta_prompt", {}, [heads, ["batch"], ["tokens"]], kept)];
  });
}

function exchangeTables(mode: "low-latency" | "normal", rows: ParquetRows): OperatorTable[] {
  return (["dispatch", "combine"] as const).flatMap((direction) => {
    const kept = rows.filter((row) =>
      number(row, "node_num") === 1 && number(row, "num_token") <= MOST_TOKENS &&
      (mode === "low-latency" || number(row, `${direction}_sms`) === PROCESSORS)
    ).map((row): OperatorRow => ({
      at: [
        [number(row, "hidden_size"), number(row, "num_topk"), number(row, "num_experts")],
        [number(row, "num_token")],
      ],
      seconds: 1e-6 *
        (mode === "low-latency"
          ? number(row, `${direction}_avg_t_us`)
          : number(row, `${direction}_transmit_us`) + number(row, `${direction}_notify_us`)),
    }));
    if (kept.length === 0) return [];
    const axes = [["hiddenSize", "perToken", "experts"], ["tokens"]];
    return [tableOfRows("all_to_all", { mode, direction }, axes, kept)];
  });
}

/**
 * Tables of the layers beyond plain attention that aiconfigurator publishes: whole latent and sparse
 * layers of DeepSeek-V3 and V3.2 (projections included; 16-bit and block-scaled fp8 weights, caches of 16
 * and 8 bits), attention over latents alone where no layer was measured, the kernels of gated delta, and
 * DeepEP on one machine of eight GPUs. `step` counts cached tokens, to which the new one comes.
 *
 * @source https://github.com/ai-dynamo/aiconfigurator aic-core/src/aiconfigurator_core/systems/data
 */
export function importLayers(files: LayerFiles): OperatorTable[] {
  return [
    ...latentTables("latent_decode", "layer", files.latentDecodes ?? []),
    ...latentTables("latent_prompt", "layer", files.latentPrompts ?? []),
    ...latentTables("latent_decode", "kernel", files.latentDecodeKernels ?? []),
    ...latentTables("latent_prompt", "kernel", files.latentPromptKernels ?? []),
    ...latentTables("latent_decode", "sparse layer", files.sparseDecodes ?? []),
    ...latentTables("latent_prompt", "sparse layer", files.sparsePrompts ?? []),
    ...deltaTables(files.delta ?? []),
    ...exchangeTables("low-latency", files.lowLatency ?? []),
    ...exchangeTables("normal", files.normal ?? []),
  ];
}
