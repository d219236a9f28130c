/**
 * Measurements of real servers, as they are read, and what others published about them.
 *
 * @module
 */
export type { Overhead } from "../lib/execution/calibrated/overhead.ts";
export type { ProfileDtype } from "../lib/execution/profiled/operator_profile.ts";
export {
  type ConcurrencyPoint,
  readConcurrencyPoints,
} from "../lib/experiment/validation/concurrency_points.ts";
export {
  type Constants,
  shippedConstants,
  UNTUNED,
} from "../lib/experiment/validation/constants.ts";
export type { Latencies, LatencyErrors } from "../lib/experiment/validation/latencies.ts";
export {
  AICONFIGURATOR,
  INFERENCEMAX,
  type LoadGenerator,
  loadGeneratorOf,
} from "../lib/experiment/validation/load_generator.ts";
export {
  LOAD_POINTS_VERSION,
  type LoadPoint,
  readLoadPoints,
} from "../lib/experiment/validation/load_points.ts";
export {
  type MeasuredRun,
  type MeasuredRunTexts,
  type MeasuredSecond,
  readMeasuredRun,
} from "../lib/experiment/validation/measured_run.ts";
export {
  BLIS,
  LLMSERVINGSIM,
  type PublishedErrors,
} from "../lib/experiment/validation/published_errors.ts";
export type { MeasuredServer } from "../lib/experiment/validation/server.ts";
export type { ClosedLoop, PrefixBlocks, RequestTable } from "../lib/workload/request_table.ts";
export {
  ENERGY_BARS,
  type EnergyErrors,
  energyErrors,
  type EnergyPoint,
  type EnergyRow,
  readEnergyPoints,
  wattsAtRate,
} from "../lib/experiment/validation/energy_points.ts";
