import { fillDifference, measuredRequests } from "../metrics/latency_columns.ts";
import type { RequestColumns } from "../metrics/run_tables.ts";
import { mser5 } from "../stats/warmup.ts";

/** Completed requests below which MSER-5 says nothing. */
const LEAST_REQUESTS = 10;

/** Where a warm-up ends, and what to tell of it. */
export interface FoundWarmup {
  /** Seconds since the start: the arrival of the first request that counts; 0 for none. */
  readonly seconds: number;
  readonly notice: string;
}

/**
 * The warm-up of a run by MSER-5, over the TTFT of its completed requests in the order of their
 * arrival.
 *
 * @param columns Of a run without a warm-up.
 */
export function mser5Warmup(columns: RequestColumns): FoundWarmup {
  const measured = measuredRequests(columns, 0);
  if (measured.count < LEAST_REQUESTS) {
    const notice = `the warm-up by mser5 is none: it takes ${LEAST_REQUESTS} completed requests, ` +
      `and there are ${measured.count}`;
    return { seconds: 0, notice };
  }
  const ttftSeconds = new Float64Array(measured.count);
  fillDifference(ttftSeconds, measured, columns.firstTokenAtSeconds, columns.arrivalAtSeconds);
  const { dropped, reliable } = mser5(ttftSeconds);
  const seconds = dropped === 0 ? 0 : columns.arrivalAtSeconds[measured.rows[dropped]];
  const of = `the warm-up by mser5 is ${dropped === 0 ? "none" : `${seconds.toFixed(1)} s`}, ` +
    `${dropped} of ${measured.count} completed requests`;
  return {
    seconds,
    notice: reliable
      ? of
      : `${of}: half of the run, which is too short to tell its warm-up from its steady state`,
  };
}
