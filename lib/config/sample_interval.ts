import type { Configuration } from "./configuration.ts";

/** Rows that a time series has at most where its interval is not set. */
const MOST_ROWS = 5000;

/** Intervals that are round on a clock, seconds: up to a day, from there on whole days. */
const ROUND_SECONDS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200]
  .concat([10_800, 14_400, 21_600, 43_200]);
const DAY_SECONDS = 86_400;

/**
 * Time between two rows of the time series, seconds: what `metrics.collect_interval` says, else 1 s
 * for runs of up to 5,000 s and the shortest round interval that gives at most 5,000 rows beyond.
 *
 * @param arrivalSeconds How long requests arrive for, as far as it is known, seconds.
 */
export function sampleIntervalSeconds(
  { metrics, simulation }: Configuration,
  arrivalSeconds: number,
): number {
  if (metrics.collect_interval !== null) return metrics.collect_interval;
  const goesOn = simulation.drain && simulation.end === "duration";
  const seconds = goesOn ? Math.max(arrivalSeconds, simulation.duration) : arrivalSeconds;
  const least = seconds / MOST_ROWS;
  return ROUND_SECONDS.find((round) => round >= least) ??
    DAY_SECONDS * Math.ceil(least / DAY_SECONDS);
}
