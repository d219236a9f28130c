import type { RequestColumns } from "./run_tables.ts";

/**
 * What is recorded of where the time of requests goes, seconds by request: the parts that do not
 * follow from the instants of the table of requests. A part that no request of the run has is absent.
 */
export interface LatencyParts {
  /** Rows. */
  readonly count: number;
  /** At the gateway before the first token, waits for starts apart. */
  readonly gatewaySeconds?: Float64Array;
  /** At the gateway, for starts; absent: each request's `coldStartWaitSeconds`. */
  readonly startSeconds?: Float64Array;
  /** In instances that did not finish what they had, the work of which is done anew. */
  readonly lostSeconds?: Float64Array;
  /** In an engine's queue while the token budget of its steps was used up. */
  readonly budgetSeconds?: Float64Array;
  /** The same while KV blocks were lacking. */
  readonly blocksSeconds?: Float64Array;
  /** The same while the batch had no place for a further sequence. */
  readonly sequencesSeconds?: Float64Array;
  /** In an engine, before it was in the batch, while KV blocks came from a cache tier. */
  readonly loadSeconds?: Float64Array;
  /** In the batch, in steps that had no tokens to spare for its prompt. */
  readonly chunkWaitSeconds?: Float64Array;
  /** Share of others' prompts in the steps that computed its own. */
  readonly prefillStallSeconds?: Float64Array;
  /** KV blocks of others that moved to or from host memory in those steps. */
  readonly prefillTransferSeconds?: Float64Array;
  /** From a preemption before the first token until it ran again. */
  readonly prefillPreemptedSeconds?: Float64Array;
  /** Prefill that such a preemption undid. */
  readonly prefillRecomputeSeconds?: Float64Array;
  /** From the end of the prefill until a static batch returned. */
  readonly batchSeconds?: Float64Array;
  /** What prompts of others added to the steps of its decodes. */
  readonly decodeStallSeconds?: Float64Array;
  /** KV blocks that moved to or from host memory in those steps. */
  readonly decodeTransferSeconds?: Float64Array;
  /** From a preemption after the first token until it ran again. */
  readonly decodePreemptedSeconds?: Float64Array;
  /** Tokens computed again after such a preemption. */
  readonly decodeRecomputeSeconds?: Float64Array;
  /** From the loss of its instance until it decoded again, on another. */
  readonly decodeMovedSeconds?: Float64Array;
}

/** A run's requests, and the parts of their times. */
export interface LatencyPartsOf {
  /** One row per request. */
  readonly requests: RequestColumns;
  /** What was recorded; absent: nothing. */
  readonly latencyParts?: LatencyParts;
}

/** The parts of the time to first token, in the order of a request's way. */
export const TTFT_PART_NAMES = [
  "gateway_queue",
  "start",
  "lost",
  "next_step",
  "budget",
  "kv_blocks",
  "sequences",
  "kv_load",
  "prefill",
  "prefill_stall",
  "prefill_transfer",
  "prefill_preempted",
  "prefill_recompute",
  "batch",
] as const;

/** The parts of the end-to-end latency: those of the time to first token, then those after it. */
export const LATENCY_PART_NAMES = [
  ...TTFT_PART_NAMES,
  "decode",
  "decode_stall",
  "decode_transfer",
  "decode_preempted",
  "decode_recompute",
  "decode_moved",
] as const;

/** A part of the time to first token. */
export type TtftPart = typeof TTFT_PART_NAMES[number];
/** A part of the end-to-end latency. */
export type LatencyPart = typeof LATENCY_PART_NAMES[number];

/** A column that was recorded. */
type KeptPart = Exclude<keyof LatencyParts, "count">;

/** Instants of requests. */
type Instant = Extract<keyof RequestColumns, `${string}AtSeconds`>;

/** Where a part comes from: a time between two instants less some columns, or columns alone. */
interface PartOf {
  /** The time between these instants. */
  readonly between?: readonly [from: Instant, to: Instant];
  /** Less these parts, or the sum of these where there are no instants. */
  readonly kept: readonly KeptPart[];
}

/** A part that is recorded as it is. */
const kept = (...names: KeptPart[]): PartOf => ({ kept: names });

/** The parts of the time to first token. */
const TTFT_PARTS: Readonly<Record<TtftPart, PartOf>> = {
  gateway_queue: kept("gatewaySeconds"),
  start: kept("startSeconds"),
  lost: kept("lostSeconds"),
  next_step: {
    between: ["arrivalAtSeconds", "scheduledAtSeconds"],
    kept: [
      ...["startSeconds", "gatewaySeconds", "lostSeconds"] as const,
      ...["budgetSeconds", "blocksSeconds", "sequencesSeconds", "loadSeconds"] as const,
    ],
  },
  budget: kept("budgetSeconds", "chunkWaitSeconds"),
  kv_blocks: kept("blocksSeconds"),
  sequences: kept("sequencesSeconds"),
  kv_load: kept("loadSeconds"),
  prefill: {
    between: ["scheduledAtSeconds", "firstTokenAtSeconds"],
    kept: [
      ...["chunkWaitSeconds", "prefillStallSeconds", "prefillTransferSeconds"] as const,
      ...["prefillPreemptedSeconds", "prefillRecomputeSeconds", "batchSeconds"] as const,
    ],
  },
  prefill_stall: kept("prefillStallSeconds"),
  prefill_transfer: kept("prefillTransferSeconds"),
  prefill_preempted: kept("prefillPreemptedSeconds"),
  prefill_recompute: kept("prefillRecomputeSeconds"),
  batch: kept("batchSeconds"),
};

/** The parts of the time from the first to the last token. */
const DECODE_PARTS: Readonly<Record<Exclude<LatencyPart, TtftPart>, PartOf>> = {
  decode: {
    between: ["firstTokenAtSeconds", "completedAtSeconds"],
    kept: [
      ...["decodeStallSeconds", "decodeTransferSeconds", "decodePreemptedSeconds"] as const,
      ...["decodeRecomputeSeconds", "decodeMovedSeconds"] as const,
    ],
  },
  decode_stall: kept("decodeStallSeconds"),
  decode_transfer: kept("decodeTransferSeconds"),
  decode_preempted: kept("decodePreemptedSeconds"),
  decode_recompute: kept("decodeRecomputeSeconds"),
  decode_moved: kept("decodeMovedSeconds"),
};

const PARTS: Readonly<Record<LatencyPart, PartOf>> = { ...TTFT_PARTS, ...DECODE_PARTS };

/** The columns that a part is made from, as far as there are such. */
function columnsOf(
  { kept: names }: PartOf,
  { requests, latencyParts }: LatencyPartsOf,
): Float64Array[] {
  const { startSeconds = requests.coldStartWaitSeconds } = latencyParts!;
  return names.map((name) => name === "startSeconds" ? startSeconds : latencyParts![name])
    .filter((column) => column !== undefined);
}

/** Whether a part is 0 for all requests that have one, as is known without looking at them. */
export function isPartZero(part: LatencyPart, run: LatencyPartsOf): boolean {
  const { [part]: from } = PARTS;
  return run.latencyParts !== undefined && from.between === undefined &&
    columnsOf(from, run).length === 0;
}

/** Differences of instants that are 0 but for rounding, seconds. */
const ROUNDING_SECONDS = 1e-9;

/**
 * Writes one part of the requests `from` (included) to `to` (excluded) to the beginning of `out`,
 * seconds. NaN where the request has no first token, and after it where it did not complete; and
 * everywhere in a run that did not record parts.
 */
export function fillLatencyPart(
  part: LatencyPart,
  run: LatencyPartsOf,
  out: Float64Array,
  from: number,
  to: number,
): void {
  const { requests, latencyParts } = run;
  const { [part]: made } = PARTS;
  const rows = to - from;
  if (latencyParts === undefined) return void out.fill(NaN, 0, rows);
  const [first, ...others] = columnsOf(made, run);
  // One loop for each column: a call per row would cost more than all that is computed.
  if (made.between !== undefined) {
    fillDifference(out, requests[made.between[0]], requests[made.between[1]], from, rows);
    if (first !== undefined) subtract(out, first, from, rows);
    for (const column of others) subtract(out, column, from, rows);
  } else if (first === undefined) out.fill(0, 0, rows);
  else {
    out.set(first.subarray(from, to));
    for (const column of others) add(out, column, from, rows);
  }
  const end = part in TTFT_PARTS ? requests.firstTokenAtSeconds : requests.completedAtSeconds;
  for (let i = 0; i < rows; i++) {
    if (end[from + i] !== end[from + i]) out[i] = NaN;
    else if (out[i] < 0 && out[i] > -ROUNDING_SECONDS) out[i] = 0;
  }
}

function fillDifference(
  out: Float64Array,
  start: Float64Array,
  end: Float64Array,
  from: number,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) out[i] = end[from + i] - start[from + i];
}

function subtract(out: Float64Array, column: Float64Array, from: number, rows: number): void {
  for (let i = 0; i < rows; i++) out[i] -= column[from + i];
}

function add(out: Float64Array, column: Float64Array, from: number, rows: number): void {
  for (let i = 0; i < rows; i++) out[i] += column[from + i];
}

/**
 * One part of the time of all requests of a run, seconds; NaN where the request did not get there.
 *
 * @example
 * ```ts
 * import { loadConfig, simulate } from "simfaasinfer";
 * import { latencyPart } from "simfaasinfer/explain";
 * const config = loadConfig("workload: { type: poisson, arrival_rate: 1, num_requests: 20 }");
 * const run = await simulate(config);
 * console.log(latencyPart(run, "start")[0] > 0); // true
 * ```
 */
export function latencyPart(run: LatencyPartsOf, part: LatencyPart): Float64Array<ArrayBuffer> {
  const seconds = new Float64Array(run.requests.count);
  fillLatencyPart(part, run, seconds, 0, seconds.length);
  return seconds;
}
