import { LIMITS } from "../../sim/limits.ts";
import { numberList } from "../../settings/collections.ts";
import { grouped } from "../../std/grouped.ts";
import { section } from "../section.ts";
import { flag, quantity } from "../../settings/quantities.ts";

/**
 * Most requests of a run that records what latencies are made of though nobody says so: beyond, it would
 * take more time (some 5 %) and memory (16 to 40 bytes a request) than somebody who did not ask for it
 * would give.
 */
export const EXPLAINED_REQUESTS = 200_000;

/** What is measured. */
export const metrics = section({
  collect_interval: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: null,
    describe: "Time between two rows of the time series, seconds; null: 1 s for runs of up to " +
      "5,000 s, beyond the shortest round interval that gives at most 5,000 rows.",
  }),
  per_function: flag({
    default: false,
    describe:
      "Whether there is a time series for each function too, `function_series`: requests, " +
      "instances by state and starts, a row for each interval in which it has any.",
  }),
  explain: flag({
    default: null,
    describe: "Whether a run records what the latency of each request is made of " +
      "(latency_parts.parquet), which takes 5 to 8 % of its time and 16 to 40 bytes for each; null: " +
      "in runs of up to " +
      `${grouped(EXPLAINED_REQUESTS)} requests.`,
  }),
  percentiles: numberList({
    min: 0,
    max: 100,
    leastItems: 1,
    default: [50, 90, 95, 99],
    describe: "Percentiles in the summary.",
  }),
}, { describe: "What is measured." });
