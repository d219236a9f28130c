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

/** A part of the time of requests: where it is written from, in one line each. */
type PartOf = (
  requests: RequestColumns,
  parts: LatencyParts,
) => { readonly of: (row: number) => number; readonly isZero?: boolean };

/** A part that is recorded as it is. */
const kept = (key: Exclude<keyof LatencyParts, "count">): PartOf => (_, parts) => one(parts[key]);

const NONE = () => 0;

function one(values: Float64Array | undefined) {
  return values === undefined ? { of: NONE, isZero: true } : { of: (row: number) => values[row] };
}

function sumOf(columns: readonly (Float64Array | undefined)[]): (row: number) => number {
  const there = columns.filter((column) => column !== undefined);
  if (there.length === 0) return NONE;
  const [first, second] = there;
  if (there.length === 1) return (row) => first[row];
  if (there.length === 2) return (row) => first[row] + second[row];
  return (row) => {
    let sum = 0;
    for (let i = 0; i < there.length; i++) sum += there[i][row];
    return sum;
  };
}

/** The parts of the time to first token. */
const TTFT_PARTS: Readonly<Record<TtftPart, PartOf>> = {
  gateway_queue: kept("gatewaySeconds"),
  start: (requests, { startSeconds }) => one(startSeconds ?? requests.coldStartWaitSeconds),
  lost: kept("lostSeconds"),
  next_step: ({ arrivalAtSeconds, scheduledAtSeconds, coldStartWaitSeconds }, parts) => {
    const others = sumOf([
      parts.startSeconds ?? coldStartWaitSeconds,
      parts.gatewaySeconds,
      parts.lostSeconds,
      parts.budgetSeconds,
      parts.blocksSeconds,
      parts.sequencesSeconds,
    ]);
    return {
      of: (row) => scheduledAtSeconds[row] - arrivalAtSeconds[row] - others(row),
    };
  },
  budget: (_, { budgetSeconds, chunkWaitSeconds }) => ({
    of: sumOf([budgetSeconds, chunkWaitSeconds]),
    isZero: budgetSeconds === undefined && chunkWaitSeconds === undefined,
  }),
  kv_blocks: kept("blocksSeconds"),
  sequences: kept("sequencesSeconds"),
  prefill: ({ scheduledAtSeconds, firstTokenAtSeconds }, parts) => {
    const others = sumOf([
      parts.chunkWaitSeconds,
      parts.prefillStallSeconds,
      parts.prefillTransferSeconds,
      parts.prefillPreemptedSeconds,
      parts.prefillRecomputeSeconds,
      parts.batchSeconds,
    ]);
    return { of: (row) => firstTokenAtSeconds[row] - scheduledAtSeconds[row] - others(row) };
  },
  prefill_stall: kept("prefillStallSeconds"),
  prefill_transfer: kept("prefillTransferSeconds"),
  prefill_preempted: kept("prefillPreemptedSeconds"),
  prefill_recompute: kept("prefillRecomputeSeconds"),
  batch: kept("batchSeconds"),
};

/** The parts of the time from the first to the last token. */
const DECODE_PARTS: Readonly<Record<Exclude<LatencyPart, TtftPart>, PartOf>> = {
  decode: ({ firstTokenAtSeconds, completedAtSeconds }, parts) => {
    const others = sumOf([
      parts.decodeStallSeconds,
      parts.decodeTransferSeconds,
      parts.decodePreemptedSeconds,
      parts.decodeRecomputeSeconds,
      parts.decodeMovedSeconds,
    ]);
    return { of: (row) => completedAtSeconds[row] - firstTokenAtSeconds[row] - others(row) };
  },
  decode_stall: kept("decodeStallSeconds"),
  decode_transfer: kept("decodeTransferSeconds"),
  decode_preempted: kept("decodePreemptedSeconds"),
  decode_recompute: kept("decodeRecomputeSeconds"),
  decode_moved: kept("decodeMovedSeconds"),
};

const PARTS: Readonly<Record<LatencyPart, PartOf>> = { ...TTFT_PARTS, ...DECODE_PARTS };

/** Whether a part is 0 for all requests that have one, as is known without looking at them. */
export function isPartZero(
  part: LatencyPart,
  { requests, latencyParts }: LatencyPartsOf,
): boolean {
  return latencyParts !== undefined && PARTS[part](requests, latencyParts).isZero === true;
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
  { requests, latencyParts }: LatencyPartsOf,
  out: Float64Array,
  from: number,
  to: number,
): void {
  if (latencyParts === undefined) return void out.fill(NaN, 0, to - from);
  const isFirst = part in TTFT_PARTS;
  const end = isFirst ? requests.firstTokenAtSeconds : requests.completedAtSeconds;
  const { of, isZero } = PARTS[part](requests, latencyParts);
  for (let row = from; row < to; row++) {
    // What is NaN stays so.
    if (end[row] !== end[row]) out[row - from] = NaN;
    else if (isZero) out[row - from] = 0;
    else {
      const seconds = of(row);
      out[row - from] = seconds < 0 && seconds > -ROUNDING_SECONDS ? 0 : seconds;
    }
  }
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
