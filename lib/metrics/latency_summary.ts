import { describeParts } from "../stats/describe_parts.ts";
import { describe } from "../stats/quantiles.ts";
import { type MeasuredRequests, measuredRequests } from "./latency_columns.ts";
import type { RequestRows } from "./rows/request_rows.ts";
import type { RequestColumns } from "./run_tables.ts";

/** Mean and percentiles of one latency. Percentile keys as configured ("p50"); null when nothing was measured. */
export interface LatencySummary {
  /** Arithmetic mean. */
  readonly mean: number | null;
  /** Largest value. */
  readonly max: number | null;
  /** Value at the percentile. */
  readonly [percentile: `p${number}`]: number | null;
}

/** NaN as null. */
export function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** A latency of which mean, largest value and percentiles are known; NaN where there is none. */
export function latencySummary(
  mean: number,
  max: number,
  percentiles: readonly number[],
  of: (percentile: number, index: number) => number,
): LatencySummary {
  return {
    mean: orNull(mean),
    ...Object.fromEntries(percentiles.map((p, i) => [`p${p}`, orNull(of(p, i))])),
    max: orNull(max),
  } as LatencySummary;
}

/**
 * A latency of tokens after the first: none where all come with the first one, as static batches return
 * them. Differences of 0 would read as the best of all servers.
 */
export function betweenTokens(latency: LatencySummary): LatencySummary {
  if (latency.max !== 0) return latency;
  return Object.fromEntries(
    Object.keys(latency).map((part) => [part, null]),
  ) as unknown as LatencySummary;
}

/** The latency that values have; NaN stands for none. The values are sorted in place. */
export function latencyOf(values: Float64Array, percentiles: readonly number[]): LatencySummary {
  const { mean, max, percentiles: found } = describe(values, percentiles);
  return latencySummary(mean, max, percentiles, (_, i) => found[i]);
}

/** Writes one value of each measured request, seconds; NaN where it has none. */
export type FillLatency = (
  out: Float64Array,
  measured: MeasuredRequests,
  columns: RequestColumns,
) => void;

/** Latencies of the same requests. */
export interface LatencyMeter {
  /** Requests that are measured. */
  readonly count: number;
  /** The latency that a function writes down. One buffer serves them all. */
  of(fill: FillLatency): LatencySummary;
}

/** Latencies of the completed requests (of one class, if given) that arrived after the warm-up. */
export function latencyMeter(
  rows: RequestRows,
  percentiles: readonly number[],
  warmupSeconds: number,
  classId?: number,
): LatencyMeter {
  if (rows.whole === undefined) return meterOfPieces(rows, percentiles, warmupSeconds, classId);
  const { whole } = rows;
  const measured = measuredRequests(whole, warmupSeconds, classId);
  const buffer = new Float64Array(measured.count);
  return {
    count: measured.count,
    of(fill) {
      fill(buffer, measured, whole);
      return latencyOf(buffer, percentiles);
    },
  };
}

/** The same of rows that are not in memory: a piece of them at a time, as often as it takes. */
function meterOfPieces(
  rows: RequestRows,
  percentiles: readonly number[],
  warmupSeconds: number,
  classId?: number,
): LatencyMeter {
  let count: number | undefined;
  let buffer = new Float64Array(0);
  return {
    get count() {
      if (count !== undefined) return count;
      count = 0;
      for (const piece of rows.pieces()) {
        count += measuredRequests(piece, warmupSeconds, classId).count;
      }
      return count;
    },
    of(fill) {
      const { mean, max, percentiles: found } = describeParts(function* () {
        for (const piece of rows.pieces()) {
          const measured = measuredRequests(piece, warmupSeconds, classId);
          if (buffer.length < measured.count) buffer = new Float64Array(piece.count);
          fill(buffer, measured, piece);
          yield buffer.subarray(0, measured.count);
        }
      }, percentiles);
      return latencySummary(mean, max, percentiles, (_, i) => found[i]);
    },
  };
}
