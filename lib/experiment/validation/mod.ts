/**
 * Validation: real servers' measurements replayed, and overhead constants fitted on them.
 * Read `server.ts` first, then `replay_load_point.ts` and `validate.ts`.
 *
 * @module
 */
export * from "./bars.ts";
export * from "./calibrate.ts";
export * from "./concurrency_points.ts";
export * from "./constants.ts";
export * from "./energy_points.ts";
export * from "./fit_constants.ts";
export * from "./fit_report.ts";
export * from "./latencies.ts";
export * from "./load_generator.ts";
export * from "./load_points.ts";
export * from "./measured_run.ts";
export * from "./measured_steps.ts";
export * from "./point_configuration.ts";
export * from "./published_errors.ts";
export * from "./replay_concurrency_point.ts";
export * from "./replay_load_point.ts";
export * from "./replay_measured_run.ts";
export * from "./server.ts";
export * from "./source_report.ts";
export * from "./tuning.ts";
export * from "./validate.ts";
