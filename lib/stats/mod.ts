/**
 * Statistics of runs and replications: percentiles, gap sketch, intervals, warm-up, stopping, and
 * the closed forms of queueing theory that tests compare with. Read quantiles.ts first.
 * @module
 */
export * from "./gap_sketch.ts";
export * from "./incomplete_beta.ts";
export * from "./incomplete_gamma.ts";
export * from "./intervals.ts";
export * from "./log_gamma.ts";
export * from "./multiserver_waits.ts";
export * from "./normal.ts";
export * from "./order_statistics.ts";
export * from "./quantiles.ts";
export * from "./queueing_theory.ts";
export * from "./sequential.ts";
export * from "./sobol_indices.ts";
export * from "./sobol_sequence.ts";
export * from "./student.ts";
export * from "./warmup.ts";
