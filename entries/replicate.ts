/**
 * Replications of one configuration in parallel Workers, a fixed number or as many as a precision takes.
 *
 * @module
 */
export type { Configuration } from "../lib/config/configuration.ts";
export {
  type ReachedPrecision,
  replicate,
  type ReplicatedRun,
  type ReplicateOptions,
} from "../lib/experiment/replicate.ts";
export type { Replication } from "../lib/experiment/replication.ts";
export {
  type ReplicatedFigure,
  replicatedFigures,
  summaryFigures,
} from "../lib/experiment/replication_figures.ts";
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type {
  ClassSummary,
  ColdStartWaits,
  CostSummary,
  FunctionSummary,
  InstancePhases,
  LatencySummary,
  PoolSummary,
  RequestColumns,
  RunResult,
  Summary,
  TimeSeriesColumns,
} from "../lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "../lib/metrics/undefined_figures.ts";
export type { ConfiguredTexts } from "../lib/run/cluster.ts";
export { LIFE_PHASES, type LifePhase } from "../lib/serverless/life_phases.ts";
export type { Interval } from "../lib/stats/intervals.ts";
