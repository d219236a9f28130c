import { fitReference } from "./fit_reference.ts";
import { forEachCell } from "./for_each_cell.ts";
import type { GpuPeaks, ProfileDtype } from "./operator_profile.ts";
import { type OperatorRow, type OperatorTable, tableOfRows } from "./operator_table.ts";
import { rooflineOfCell } from "./reference_times.ts";

/** Rows of one Parquet file, as a reader gives them. Numbers may be bigint. */
export type ParquetRows = readonly Readonly<Record<string, unknown>>[];

/** Parquet files of one GPU and framework version; absent ones give no tables. */
export interface AiconfiguratorFiles {
  /** Rows of gemm_perf: matrix products. */
  readonly gemm?: ParquetRows;
  /** Rows of context_attention_perf: attention of prompts. */
  readonly contextAttention?: ParquetRows;
  /** Rows of generation_attention_perf: attention of decoding sequences. */
  readonly generationAttention?: ParquetRows;
  /** Rows of custom_allreduce_perf: all-reduce kernels of the framework. */
  readonly customAllReduce?: ParquetRows;
  /** Rows of nccl_perf: collectives of NCCL. */
  readonly nccl?: ParquetRows;
  /** Rows of moe_perf: routed experts. */
  readonly moe?: ParquetRows;
}

/** Which shapes to keep. */
export interface AiconfiguratorSelection {
  /** Keeps a GEMM shape; default all. */
  readonly gemm?: (m: number, n: number, k: number) => boolean;
  /** Keeps an attention configuration; default all without a window. */
  readonly attention?: (headSize: number, kvDtype: ProfileDtype) => boolean;
  /** Keeps a measurement of experts; default all. */
  readonly experts?: (row: ExpertRow) => boolean;
}

/** A measurement of experts, as far as a selection looks at it. */
export interface ExpertRow {
  /** GPU that was measured. */
  readonly device: string;
  /** Tensor-parallel degree. */
  readonly tensorParallel: number;
  /** Expert-parallel degree. */
  readonly expertParallel: number;
  /** How tokens were spread over experts, such as "balanced". */
  readonly routing: string;
  /** Tokens in the step. */
  readonly tokens: number;
}

const DTYPES: Readonly<Record<string, ProfileDtype>> = {
  bfloat16: "bf16",
  float16: "bf16",
  half: "bf16",
  fp8: "fp8",
};

/** Experts have kernels of their own for weights with scales per block. */
const EXPERT_DTYPES: Readonly<Record<string, string>> = { ...DTYPES, fp8_block: "fp8_block" };

/**
 * Tables of the operator times that aiconfigurator publishes (milliseconds per shape).
 *
 * - fp8 GEMM times include quantising the activations; GEMM rows of `fp8_block` are left out: they
 *   were timed with host launches. Experts of `fp8_block` have tables of their own.
 * - All-reduce: the rows recorded inside a CUDA graph; sizes count elements and become bytes. Beyond
 *   the sizes that the custom kernel serves, the faster of it and NCCL counts.
 * - `step` of generation attention is the context before the new token: one more entry is read.
 * - KV caches that fit in the L2 cache look faster than memory allows: no time is below the roofline.
 *
 * @source https://github.com/ai-dynamo/aiconfigurator aic-core/src/aiconfigurator_core/systems/data
 */
export function importAiconfigurator(
  files: AiconfiguratorFiles,
  peaks: GpuPeaks,
  selection: AiconfiguratorSelection = {},
): OperatorTable[] {
  const tables = [
    ...gemmTables(files.gemm ?? [], selection),
    ...attentionTables("context_attention", files.contextAttention ?? [], selection),
    ...attentionTables("generation_attention", files.generationAttention ?? [], selection),
  ].map((table) => {
    const clamped = clampToRoofline(table, peaks);
    return { ...clamped, reference: fitReference(clamped, peaks) };
  });
  const allReduce = allReduceTable(files.customAllReduce ?? [], files.nccl ?? []);
  return [
    ...tables,
    ...(allReduce === undefined ? [] : [allReduce]),
    ...expertTables(files.moe ?? [], selection),
  ];
}

function number(row: Readonly<Record<string, unknown>>, name: string): number {
  const value = Number(row[name]);
  if (row[name] === undefined || Number.isNaN(value)) {
    throw new SyntaxError(`Cannot read column ${name} as a number: current value is ${row[name]}`);
  }
  return value;
}

function groupBy<Row>(rows: Iterable<Row>, key: (row: Row) => string | undefined) {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = key(row);
    if (name === undefined) continue;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [row]);
    else group.push(row);
  }
  return [...groups].sort(([a], [b]) => a < b ? -1 : 1);
}

function gemmTables(rows: ParquetRows, selection: AiconfiguratorSelection): OperatorTable[] {
  return groupBy(rows, (row) => DTYPES[String(row.gemm_dtype)]).map(([dtype, group]) => {
    const kept: OperatorRow[] = [];
    for (const row of group) {
      const [m, n, k] = [number(row, "m"), number(row, "n"), number(row, "k")];
      if (selection.gemm?.(m, n, k) === false) continue;
      kept.push({ at: [[n], [k], [m]], seconds: number(row, "latency") * 1e-3 });
    }
    return tableOfRows("gemm", { dtype }, [["n"], ["k"], ["m"]], kept);
  });
}

function attentionTables(
  operator: "context_attention" | "generation_attention",
  rows: ParquetRows,
  selection: AiconfiguratorSelection,
): OperatorTable[] {
  const context = operator === "context_attention";
  const groups = groupBy(rows, (row) => {
    const kvDtype = DTYPES[String(row.kv_cache_dtype)];
    const headSize = number(row, "head_dim");
    if (kvDtype === undefined || Number(row.window_size ?? 0) !== 0) return undefined;
    if (selection.attention?.(headSize, kvDtype) === false) return undefined;
    return `${headSize} ${kvDtype}`;
  });
  return groups.map(([name, group]) => {
    const [headSize, kvDtype] = name.split(" ");
    const kept = group.map((row): OperatorRow => ({
      at: [
        [number(row, "num_heads"), number(row, "num_key_value_heads")],
        [number(row, "batch_size")],
        [context ? number(row, "isl") : number(row, "step") + 1],
      ],
      seconds: number(row, "latency") * 1e-3,
    }));
    const names = [["heads", "kvHeads"], ["batch"], [context ? "tokens" : "context"]];
    return tableOfRows(operator, { headSize: Number(headSize), kvDtype }, names, kept);
  });
}

function clampToRoofline(table: OperatorTable, peaks: GpuPeaks): OperatorTable {
  const seconds = table.seconds.slice();
  forEachCell(table, (cell, at) => {
    if (!Number.isNaN(seconds[cell])) {
      seconds[cell] = Math.max(seconds[cell], rooflineOfCell(table, at, peaks));
    }
  });
  return { ...table, seconds };
}

function allReduceTable(custom: ParquetRows, nccl: ParquetRows): OperatorTable | undefined {
  const best = new Map<string, OperatorRow>();
  const offer = (ranks: number, bytes: number, seconds: number) => {
    const key = `${ranks} ${bytes}`;
    const known = best.get(key);
    if (known === undefined || seconds < known.seconds) {
      best.set(key, { at: [[ranks], [bytes]], seconds });
    }
  };
  for (const row of custom) {
    if (!String(row.backend).endsWith("graph")) continue;
    offer(
      number(row, "num_gpus"),
      2 * number(row, "message_size"),
      number(row, "latency") * 1e-3,
    );
  }
  for (const row of nccl) {
    if (row.op_name !== "all_reduce" || row.nccl_dtype !== "half") continue;
    const ranks = number(row, "num_gpus");
    const bytes = 2 * number(row, "message_size");
    // NCCL alone would measure sizes (and host launches) that the custom kernel never meets.
    if (best.has(`${ranks} ${bytes}`)) offer(ranks, bytes, number(row, "latency") * 1e-3);
  }
  if (best.size === 0) return undefined;
  return tableOfRows("all_reduce", {}, [["ranks"], ["bytes"]], [...best.values()]);
}

function expertTables(rows: ParquetRows, selection: AiconfiguratorSelection): OperatorTable[] {
  const groups = groupBy(rows, (row) => {
    const dtype = EXPERT_DTYPES[String(row.moe_dtype)];
    const kept = selection.experts?.({
      device: String(row.device),
      tensorParallel: number(row, "moe_tp_size"),
      expertParallel: number(row, "moe_ep_size"),
      routing: String(row.distribution),
      tokens: number(row, "num_tokens"),
    });
    return dtype === undefined || kept === false ? undefined : `${dtype} ${row.distribution}`;
  });
  const names = [
    ["hiddenSize", "intermediateSize", "perToken", "count", "tensorParallel", "expertParallel"],
    ["tokens"],
  ];
  return groups.map(([name, group]) => {
    const [dtype, routing] = name.split(" ");
    const kept = group.map((row): OperatorRow => ({
      at: [[
        number(row, "hidden_size"),
        number(row, "inter_size"),
        number(row, "topk"),
        number(row, "num_experts"),
        number(row, "moe_tp_size"),
        number(row, "moe_ep_size"),
      ], [number(row, "num_tokens")]],
      seconds: number(row, "latency") * 1e-3,
    }));
    return tableOfRows("experts", { dtype, routing }, names, kept);
  });
}
