/**
 * Statistics of runs and replications: percentiles, gap sketch, intervals, warm-up, stopping, and
 * the closed forms of queueing theory that tests compare with. Read quantiles.ts first.
 * @module
 */
export * from "./gap_sketch.ts";
