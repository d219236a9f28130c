import type { RandomStream } from "../../sim/random_streams.ts";
import type { PrefixBlocks, RequestTable } from "../request_table.ts";
import { selectRows } from "../select_rows.ts";
import { sortByArrival } from "../sort_by_arrival.ts";

/** Options of `transformTrace`, in the order in which they apply. */
export interface TransformTraceOptions {
  /** Start of the part that is kept, seconds on the trace's own clock, >= 0. Default 0. */
  readonly startSeconds?: number;
  /** Length of that part, seconds, > 0. Default to the end. */
  readonly lengthSeconds?: number;
  /** Factor on all instants, > 0: 2 stretches the trace to twice its length. Default 1. */
  readonly timeScale?: number;
  /**
   * Factor on the number of requests, > 0, that keeps the trace's length and shape. Default 1. Below
   * 1 requests are left out evenly. Above 1 copies are spread evenly from each request to the next;
   * copies share prefixes and sessions with copies of their own round, not with the originals.
   */
  readonly rateScale?: number;
  /** Arrivals are moved later by up to this, seconds, uniformly, >= 0. Default 0. */
  readonly jitterSeconds?: number;
  /** At most so many requests, >= 1. Default all. */
  readonly requests?: number;
}

function check(value: number, what: string, wanted: string, good: boolean): void {
  if (!good) throw new RangeError(`Cannot use ${what} as ${wanted}: current value is ${value}`);
}

/** A distance that sets the identities of one round of copies apart from those of another. */
function span(values: ArrayLike<number>): number {
  let max = 0;
  for (let i = 0; i < values.length; i++) if (values[i] > max) max = values[i];
  return max + 1;
}

/** Numbers the distinct hashes 0, 1, ..., so that copies' numbers stay exact. */
function dense(hashes: Float64Array): Float64Array {
  const ids = new Map<number, number>();
  return hashes.map((hash) => {
    const id = ids.get(hash) ?? ids.size;
    ids.set(hash, id);
    return id;
  });
}

/** Evenly thins or copies the rows of a table. */
function scaleRate(table: RequestTable, rateScale: number): RequestTable {
  const { count, arrivalAtSeconds: at } = table;
  const total = Math.floor(count * rateScale);
  const rows = new Uint32Array(total);
  const rounds = new Uint32Array(total);
  const instants = new Float64Array(total);
  for (let row = 0, k = 0; row < count; row++) {
    const end = row === count - 1 ? total : Math.floor((row + 1) * rateScale);
    const copies = end - k;
    const gap = row + 1 < count ? at[row + 1] - at[row] : 0;
    for (let round = 0; round < copies; round++, k++) {
      rows[k] = row;
      rounds[k] = round;
      instants[k] = at[row] + gap * (round / copies);
    }
  }
  const scaled = selectRows(table, rows);
  let { sessionId, prefix } = scaled;
  if (sessionId !== undefined && rateScale > 1) {
    const distance = span(sessionId);
    sessionId = sessionId.map((id, i) => id < 0 ? id : id + rounds[i] * distance);
  }
  if (prefix !== undefined && rateScale > 1) prefix = apart(prefix, rounds);
  return {
    ...scaled,
    arrivalAtSeconds: instants,
    ...(sessionId && { sessionId }),
    ...(prefix && { prefix }),
  };
}

function apart(prefix: PrefixBlocks, rounds: Uint32Array): PrefixBlocks {
  const hashes = dense(prefix.hashes);
  const distance = span(hashes);
  for (let i = 0; i < rounds.length; i++) {
    for (let k = prefix.offsets[i]; k < prefix.offsets[i + 1]; k++) {
      hashes[k] += rounds[i] * distance;
    }
  }
  return { ...prefix, hashes };
}

/**
 * Cuts, stretches, thins or multiplies and jitters a trace. The result starts at 0 where the window
 * starts; a trace that is not cut keeps its own clock.
 *
 * @param stream Needed where `jitterSeconds` is above 0.
 * @throws {RangeError} If an option is out of range or nothing is left.
 *
 * @example
 * ```ts
 * import { readTrace, transformTrace } from "./mod.ts";
 *
 * const text = "arrival_s,prompt_tokens,output_tokens\n0,9,9\n60,9,9\n70,9,9\n";
 * const { table } = readTrace(text, { fileName: "mine.csv" });
 * const minute = transformTrace(table, { startSeconds: 60, lengthSeconds: 60, timeScale: 0.5 });
 * console.log(minute.arrivalAtSeconds); // 0, 5
 * ```
 */
export function transformTrace(
  table: RequestTable,
  options: TransformTraceOptions,
  stream?: RandomStream,
): RequestTable {
  const { startSeconds = 0, lengthSeconds = Infinity, timeScale = 1, rateScale = 1 } = options;
  const { jitterSeconds = 0, requests = Infinity } = options;
  const positive = (value: number) => value > 0 && value < Infinity;
  check(
    startSeconds,
    "startSeconds",
    "a number >= 0",
    startSeconds >= 0 && startSeconds < Infinity,
  );
  check(lengthSeconds, "lengthSeconds", "a number > 0", lengthSeconds > 0);
  check(timeScale, "timeScale", "a number > 0", positive(timeScale));
  check(rateScale, "rateScale", "a number > 0", positive(rateScale));
  check(
    jitterSeconds,
    "jitterSeconds",
    "a number >= 0",
    jitterSeconds === 0 || positive(jitterSeconds),
  );
  check(requests, "requests", "a number >= 1", requests >= 1);
  let result = table;
  if (startSeconds > 0 || lengthSeconds < Infinity) {
    const at = table.arrivalAtSeconds;
    let first = 0;
    while (first < table.count && at[first] < startSeconds) first++;
    let end = first;
    while (end < table.count && at[end] - startSeconds < lengthSeconds) end++;
    result = selectRows(table, Uint32Array.from({ length: end - first }, (_, i) => first + i));
    for (let i = 0; i < result.count; i++) result.arrivalAtSeconds[i] -= startSeconds;
  }
  if (timeScale !== 1) {
    result = { ...result, arrivalAtSeconds: result.arrivalAtSeconds.map((at) => at * timeScale) };
  }
  if (rateScale !== 1) result = scaleRate(result, rateScale);
  if (jitterSeconds > 0) {
    if (stream === undefined) {
      throw new TypeError(
        `Cannot jitter arrivals as reproducible numbers without a random stream: current value is ${jitterSeconds}`,
      );
    }
    const arrivalAtSeconds = result.arrivalAtSeconds.map((at) =>
      at + jitterSeconds * stream.next()
    );
    result = sortByArrival({ ...result, arrivalAtSeconds });
  }
  if (requests < result.count) {
    result = selectRows(result, Uint32Array.from({ length: Math.floor(requests) }, (_, i) => i));
  }
  if (result.count === 0) {
    throw new RangeError(
      `Cannot use the window from ${startSeconds} s as one with at least one request: current value is ${lengthSeconds} s at ${rateScale} times the rate`,
    );
  }
  return result;
}
