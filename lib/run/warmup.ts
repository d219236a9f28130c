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

/**
 * The warm-up of a run by the number of requests that do not count: it ends as the next one arrives.
 *
 * @param columns Of a run without a warm-up.
 * @param requests Requests that do not count, >= 1.
 */
export function requestsWarmup(
  { arrivalAtSeconds, count }: RequestColumns,
  requests: number,
): FoundWarmup {
  const arrivals = arrivalAtSeconds.subarray(0, count).filter((at) => !Number.isNaN(at)).sort();
  const seconds = requests < arrivals.length ? arrivals[requests] : 0;
  const left = arrivals.findIndex((at) => at >= seconds);
  const of = `the warm-up of ${requests} requests`;
  if (requests >= arrivals.length) {
    const notice = `${of} is longer than the workload of ${arrivals.length} and was not left out`;
    return { seconds: 0, notice };
  }
  const notice = `${of} ends at ${seconds.toFixed(1)} s`;
  return {
    seconds,
    notice: left === requests ? notice : `${notice}, where others arrive too: ${left} do not count`,
  };
}
