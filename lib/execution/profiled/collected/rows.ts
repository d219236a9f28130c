import { parseJson } from "../../../std/json.ts";
import {
  anything,
  flag,
  list,
  number,
  oneOf,
  optional,
  partialMapping,
  readShape,
  type Shape,
  type Shaped,
  text as anyText,
  where,
} from "../../../std/shape.ts";

/*
 * One line of the collector's output each, see data/collector: `op` says what was measured. Times are `us`,
 * microseconds of one call; sizes are elements, bytes or tokens as the name says.
 */

/** A text of so many characters. */
function shortText(most: number, least = 1): Shape<string> {
  return where(
    anyText(/^/),
    `a text of ${least} to ${most} characters`,
    ({ length }) => length >= least && length <= most,
  );
}

/** A list of two numbers. */
function pair(one: Shape<number>, other: Shape<number>): Shape<[number, number]> {
  const both = list(anything, { least: 2 });
  return (value, path) => {
    const [first, second] = both(value, path);
    return [one(first, `${path}[0]`), other(second, `${path}[1]`)];
  };
}

const count = number({ min: 1, whole: true });
const positive = number({ above: 0, max: 1e15 });
const text = shortText(200);
const dtype = oneOf(["bf16", "fp8"]);
const cache = optional(oneOf(["cold", "warm"]));
const us = positive;
const heads = { kernel: text, heads: count, kv_heads: count, head_size: count, kv_dtype: dtype };

/** Every kind of line by its `op`. */
const SHAPES = {
  /** The GPU and what ran on it; first line of a file. */
  device: partialMapping({
    name: text,
    memory_bytes: positive,
    multiprocessors: optional(count),
    clock_mhz: optional(positive),
    l2_bytes: optional(positive),
    power_limit_watts: optional(positive),
    capability: optional(text),
    bandwidth_gb_s: optional(positive),
    gpus: optional(count),
    driver: optional(text),
    cuda: optional(text),
    torch: optional(text),
    triton: optional(text),
    cudnn: optional(text),
    date: optional(text),
    collector: optional(text),
  }),
  gemm: partialMapping({ dtype, m: count, n: count, k: count, us, cache }),
  /** `longest`: contexts are unequal, `context` is their mean. */
  decode_attention: partialMapping({
    ...heads,
    batch: count,
    context: positive,
    longest: optional(count),
    us,
    cache,
  }),
  /** A chunk and decodes, each in its own kernel, one after the other. */
  attention_pair: partialMapping({
    decode_kernel: text,
    prompt_kernel: text,
    heads: count,
    kv_heads: count,
    head_size: count,
    kv_dtype: dtype,
    chunk: count,
    past: number({ min: 0, whole: true }),
    decodes: count,
    context: count,
    us,
  }),
  prompt_attention: partialMapping({
    ...heads,
    batch: count,
    chunk: count,
    past: number({ min: 0, whole: true }),
    us,
  }),
  /** `name`: add_norm, rotary, gated_activation or embedding; others are kept out. */
  elementwise: partialMapping({ name: text, width: count, tokens: count, us }),
  sampling: partialMapping({ method: text, vocabulary: count, places: count, us }),
  experts: partialMapping({
    dtype,
    hidden: count,
    inner: count,
    per_token: count,
    count,
    tensor_parallel: optional(count),
    tokens: count,
    us,
  }),
  all_reduce: partialMapping({ ranks: count, bytes: count, us }),
  copy: partialMapping({ from: text, to: text, pinned: optional(flag), bytes: count, us }),
  /** Largest rates: bytes moved or operations done in one call. */
  peak: partialMapping({ name: text, bytes: optional(positive), flops: optional(positive), us }),
  /** Time of the host: `launch` of a kernel of some kind, `graph` of so many nodes, `prepare` of a step. */
  host: partialMapping({
    what: oneOf(["launch", "graph", "capture", "prepare", "pieces"]),
    name: optional(text),
    sequences: optional(number({ min: 0, whole: true })),
    nodes: optional(count),
    us,
  }),
  cold_start: partialMapping({ stage: text, seconds: positive, bytes: optional(number()) }),
  power: partialMapping({
    phase: text,
    watts: positive,
    batch: optional(number({ min: 0, whole: true })),
    context: optional(number({ min: 0, whole: true })),
    tokens: optional(number({ min: 0, whole: true })),
    step_ms: optional(positive),
    sm_mhz: optional(positive),
  }),
  clock: partialMapping({
    name: text,
    rows: count,
    burst_us: us,
    sustained_us: us,
    sm_mhz: optional(positive),
    watts: optional(positive),
  }),
  /** A decode step with and without its element-wise kernels, on a model of these widths. */
  ablation: partialMapping({
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
  step: partialMapping({
    how: oneOf(["graph", "eager", "pieces"]),
    kernel: optional(text),
    decodes: number({ min: 0, whole: true }),
    context: number({ min: 0, whole: true }),
    longest: optional(number({ min: 0, whole: true })),
    chunks: list(pair(count, number({ min: 0, whole: true }))),
    ms: positive,
    host_ms: optional(number({ min: 0 })),
  }),
  /** What could not be measured, and why. */
  skipped: partialMapping({ what: text, reason: shortText(1000, 0) }),
  /** A check that the collector made of its own times. */
  self_test: partialMapping({ name: text, ok: flag, detail: optional(shortText(1000, 0)) }),
} as const;

/** Kind of a collected line. */
export type CollectedOp = keyof typeof SHAPES;

/** What one line of a kind holds. */
export type CollectedRow<Op extends CollectedOp> = Shaped<(typeof SHAPES)[Op]>;

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
    Object.keys(SHAPES).map((op) => [op, [] as unknown[]]),
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
    } else if (!Object.hasOwn(SHAPES, op)) {
      unknown.set(op, (unknown.get(op) ?? 0) + 1);
    } else {
      const read = readShape<unknown>(SHAPES[op as CollectedOp], value);
      if (read.wrong === undefined) rows[op as CollectedOp].push(read.data);
      else {
        const { path, text } = read.wrong;
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
