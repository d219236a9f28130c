import { parseJson } from "../../../std/json.ts";
import * as z from "../../../std/zod.ts";
import { firstIssue } from "../../../std/zod_issue.ts";

/*
 * One line of the collector's output each, see data/collector: `op` says what was measured. Times are `us`,
 * microseconds of one call; sizes are elements, bytes or tokens as the name says.
 */

const count = z.int().positive();
const positive = z.number().positive().max(1e15);
const text = z.string().min(1).max(200);
const dtype = z.enum(["bf16", "fp8"]);
const cache = z.enum(["cold", "warm"]).optional();
const us = positive;
const heads = { kernel: text, heads: count, kv_heads: count, head_size: count, kv_dtype: dtype };

/** Every kind of line by its `op`. */
const SCHEMAS = {
  /** The GPU and what ran on it; first line of a file. */
  device: z.object({
    name: text,
    memory_bytes: positive,
    multiprocessors: count.optional(),
    clock_mhz: positive.optional(),
    l2_bytes: positive.optional(),
    power_limit_watts: positive.optional(),
    capability: text.optional(),
    bandwidth_gb_s: positive.optional(),
    gpus: count.optional(),
    driver: text.optional(),
    cuda: text.optional(),
    torch: text.optional(),
    triton: text.optional(),
    cudnn: text.optional(),
    date: text.optional(),
    collector: text.optional(),
  }),
  gemm: z.object({ dtype, m: count, n: count, k: count, us, cache }),
  /** `longest`: contexts are unequal, `context` is their mean. */
  decode_attention: z.object({
    ...heads,
    batch: count,
    context: positive,
    longest: count.optional(),
    us,
    cache,
  }),
  /** A chunk and decodes, each in its own kernel, one after the other. */
  attention_pair: z.object({
    decode_kernel: text,
    prompt_kernel: text,
    heads: count,
    kv_heads: count,
    head_size: count,
    kv_dtype: dtype,
    chunk: count,
    past: z.int().nonnegative(),
    decodes: count,
    context: count,
    us,
  }),
  prompt_attention: z.object({
    ...heads,
    batch: count,
    chunk: count,
    past: z.int().nonnegative(),
    us,
  }),
  /** `name`: add_norm, rotary, gated_activation or embedding; others are kept out. */
  elementwise: z.object({ name: text, width: count, tokens: count, us }),
  sampling: z.object({ method: text, vocabulary: count, places: count, us }),
  experts: z.object({
    dtype,
    hidden: count,
    inner: count,
    per_token: count,
    count,
    tensor_parallel: count.optional(),
    tokens: count,
    us,
  }),
  all_reduce: z.object({ ranks: count, bytes: count, us }),
  copy: z.object({ from: text, to: text, pinned: z.boolean().optional(), bytes: count, us }),
  /** Largest rates: bytes moved or operations done in one call. */
  peak: z.object({ name: text, bytes: positive.optional(), flops: positive.optional(), us }),
  /** Time of the host: `launch` of a kernel of some kind, `graph` of so many nodes, `prepare` of a step. */
  host: z.object({
    what: z.enum(["launch", "graph", "capture", "prepare", "pieces"]),
    name: text.optional(),
    sequences: z.int().nonnegative().optional(),
    nodes: count.optional(),
    us,
  }),
  cold_start: z.object({ stage: text, seconds: positive, bytes: z.number().optional() }),
  power: z.object({
    phase: text,
    watts: positive,
    batch: z.int().nonnegative().optional(),
    context: z.int().nonnegative().optional(),
    tokens: z.int().nonnegative().optional(),
    step_ms: positive.optional(),
    sm_mhz: positive.optional(),
  }),
  clock: z.object({
    name: text,
    rows: count,
    burst_us: us,
    sustained_us: us,
    sm_mhz: positive.optional(),
    watts: positive.optional(),
  }),
  /** A decode step with and without its element-wise kernels, on a model of these widths. */
  ablation: z.object({
    decodes: count,
    context: count,
    layers: count,
    hidden: count,
    columns: count,
    inner: count,
    ms: positive,
    without_ms: positive,
  }),
  /** A whole step: kept for checking, never part of a table. */
  step: z.object({
    how: z.enum(["graph", "eager", "pieces"]),
    kernel: text.optional(),
    decodes: z.int().nonnegative(),
    context: z.int().nonnegative(),
    longest: z.int().nonnegative().optional(),
    chunks: z.array(z.tuple([count, z.int().nonnegative()])),
    ms: positive,
    host_ms: z.number().nonnegative().optional(),
  }),
  /** What could not be measured, and why. */
  skipped: z.object({ what: text, reason: z.string().max(1000) }),
  /** A check that the collector made of its own times. */
  self_test: z.object({ name: text, ok: z.boolean(), detail: z.string().max(1000).optional() }),
} as const;

/** Kind of a collected line. */
export type CollectedOp = keyof typeof SCHEMAS;

/** What one line of a kind holds. */
export type CollectedRow<Op extends CollectedOp> = z.infer<(typeof SCHEMAS)[Op]>;

/** The lines of a file by their kind, each list in the order of the file. */
export type CollectedRows = { readonly [Op in CollectedOp]: readonly CollectedRow<Op>[] };

/** A line that was skipped, and why. */
export interface BrokenLine {
  /** Number of the line, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** Lines of a file, and those that were skipped. */
export interface ReadRows {
  readonly rows: CollectedRows;
  readonly broken: readonly BrokenLine[];
  /** Lines of kinds that are not known, by kind. */
  readonly unknown: ReadonlyMap<string, number>;
}

/**
 * Reads lines of the collector. A broken line (cut off by a kill, edited by hand) and one of an unknown
 * kind are skipped and counted: a run that was stopped has lost no more than its last line.
 */
export function parseCollectedRows(text: string): ReadRows {
  const rows = Object.fromEntries(
    Object.keys(SCHEMAS).map((op) => [op, [] as unknown[]]),
  ) as Record<CollectedOp, unknown[]>;
  const broken: BrokenLine[] = [];
  const unknown = new Map<string, number>();
  text.split(/\r?\n/).forEach((written, i) => {
    if (written.trim() === "") return;
    let value: unknown;
    try {
      value = parseJson(written);
    } catch {
      broken.push({ line: i + 1, reason: "no JSON" });
      return;
    }
    const op = (value as { op?: unknown } | null)?.op;
    if (typeof op !== "string") {
      broken.push({ line: i + 1, reason: 'no "op"' });
    } else if (!Object.hasOwn(SCHEMAS, op)) {
      unknown.set(op, (unknown.get(op) ?? 0) + 1);
    } else {
      const read = SCHEMAS[op as CollectedOp].safeParse(value, { jitless: true });
      if (read.success) rows[op as CollectedOp].push(read.data);
      else {
        const { path, text } = firstIssue(read.error, value);
        broken.push({ line: i + 1, reason: `"${path}" of ${op} ${text}` });
      }
    }
  });
  return { rows: rows as unknown as CollectedRows, broken, unknown };
}

/** A line as the collector writes it. */
export function collectedLine<Op extends CollectedOp>(op: Op, row: CollectedRow<Op>): string {
  return JSON.stringify({ op, ...row });
}
