import { describeParts } from "../stats/describe_parts.ts";
import { latencyOf, type LatencySummary, latencySummary } from "./latency_summary.ts";
import { OUTCOME_CODE } from "./recorder.ts";
import type { RequestPiece, RequestRows } from "./rows/request_rows.ts";

/** Latencies that are held at once where the rows of a run are not in memory: 64 MiB of them. */
const MOST_AT_ONCE = 2 ** 23;

/** Functions that follow each other. */
interface Group {
  readonly from: number;
  readonly to: number;
}

/**
 * The time to first token of each function's completed requests that arrived after the warm-up, by
 * function.
 *
 * @param counts How many they are, by function.
 * @param mostAtOnce Latencies held at once where the rows are not in memory.
 */
export function timesToFirstToken(
  rows: RequestRows,
  counts: Int32Array,
  percentiles: readonly number[],
  warmupSeconds: number,
  mostAtOnce: number = MOST_AT_ONCE,
): LatencySummary[] {
  const found: LatencySummary[] = [];
  const most = rows.whole === undefined ? mostAtOnce : Infinity;
  for (const group of groupsOf(counts, most)) {
    const { from, to } = group;
    if (counts[from] > most) found.push(ofOne(rows, from, percentiles, warmupSeconds));
    else {
      const { offsets, values } = gather(rows, counts, group, warmupSeconds);
      for (let fn = from; fn < to; fn++) {
        found.push(
          latencyOf(values.subarray(offsets[fn - from], offsets[fn - from + 1]), percentiles),
        );
      }
    }
  }
  return found;
}

/** Functions in their order, as many at a time as have `most` latencies; one alone may have more. */
function groupsOf(counts: Int32Array, most: number): Group[] {
  const groups: Group[] = [];
  for (let from = 0, to = 0; from < counts.length; from = to) {
    let sum = 0;
    while (to < counts.length && (to === from || sum + counts[to] <= most)) sum += counts[to++];
    groups.push({ from, to });
  }
  return groups;
}

function isMeasured({ outcome, arrivalAtSeconds }: RequestPiece, i: number, from: number): boolean {
  return outcome[i] === OUTCOME_CODE.completed && arrivalAtSeconds[i] >= from;
}

/** The latencies of a group of functions, one function's behind the other's, in the order of rows. */
function gather(
  rows: RequestRows,
  counts: Int32Array,
  { from, to }: Group,
  warmupSeconds: number,
): { readonly offsets: Int32Array; readonly values: Float64Array } {
  const offsets = new Int32Array(to - from + 1);
  for (let fn = from; fn < to; fn++) offsets[fn - from + 1] = offsets[fn - from] + counts[fn];
  const values = new Float64Array(offsets[to - from]);
  const next = offsets.slice();
  for (const piece of rows.pieces()) {
    const { functionId, firstTokenAtSeconds, arrivalAtSeconds } = piece;
    for (let i = 0; i < piece.count; i++) {
      const fn = functionId[i];
      if (fn < from || fn >= to || !isMeasured(piece, i, warmupSeconds)) continue;
      values[next[fn - from]++] = firstTokenAtSeconds[i] - arrivalAtSeconds[i];
    }
  }
  return { offsets, values };
}

/** The latencies of one function that has more than are held at once. */
function ofOne(
  rows: RequestRows,
  fn: number,
  percentiles: readonly number[],
  warmupSeconds: number,
): LatencySummary {
  const { mean, max, percentiles: found } = describeParts(function* () {
    for (const piece of rows.pieces()) {
      const { functionId, firstTokenAtSeconds, arrivalAtSeconds } = piece;
      const values = new Float64Array(piece.count);
      let count = 0;
      for (let i = 0; i < piece.count; i++) {
        if (functionId[i] !== fn || !isMeasured(piece, i, warmupSeconds)) continue;
        values[count++] = firstTokenAtSeconds[i] - arrivalAtSeconds[i];
      }
      yield values.subarray(0, count);
    }
  }, percentiles);
  return latencySummary(mean, max, percentiles, (_, i) => found[i]);
}
