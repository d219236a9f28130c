/**
 * SimFaaSInfer: a discrete-event simulator of serverless LLM inference. Load a configuration with
 * {@linkcode loadConfig}, run it with {@linkcode simulate}; the result holds every request, the time
 * series, the phases of every instance and a summary. What else there is has entries of its own
 * (simfaasinfer/policies, /workload, /execution, ...); docs/entries.md lists them.
 *
 * @module
 */
export type { ReportProgress, RunHoldings } from "./lib/cluster/cluster_parts.ts";
export { ConfigError } from "./lib/config/config_error.ts";
export type { Configuration } from "./lib/config/configuration.ts";
export { configurationJsonSchema, type JsonSchema } from "./lib/config/json_schema.ts";
export { loadConfig, type LoadOptions } from "./lib/config/load.ts";
export type { Overrides } from "./lib/config/overrides.ts";
export type { LatencyParts } from "./lib/metrics/latency_parts.ts";
export {
  type ClassSummary,
  type ColdStartWaits,
  type CostSummary,
  type FunctionSummary,
  type InstancePhases,
  type LatencySummary,
  OUTCOMES,
  type PoolSummary,
  type RequestColumns,
  type RunResult,
  type Summary,
  type TimeSeriesColumns,
} from "./lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "./lib/metrics/undefined_figures.ts";
export type { ConfiguredTexts } from "./lib/run/cluster.ts";
export { simulate, type SimulateOptions, type SimulatePhase } from "./lib/run/simulate.ts";
export type { BatchingStrategy, StepBuilder } from "./lib/scheduling/batching/strategy.ts";
export type {
  RoutableRequests,
  RoutingPolicy,
  RoutingSignals,
} from "./lib/scheduling/routing/policy.ts";
export {
  type HybridHistogram,
  hybridHistogram,
  type HybridHistogramOptions,
  type HybridHistogramSettings,
  type IdlePattern,
} from "./lib/serverless/keep_alive/hybrid_histogram.ts";
export type { KeepAliveDecision, KeepAlivePolicy } from "./lib/serverless/keep_alive/policy.ts";
export { LIFE_PHASES, type LifePhase } from "./lib/serverless/life_phases.ts";
export { hpaRecommendation } from "./lib/serverless/scaling/hpa.ts";
export type {
  InstanceLoad,
  MeasuredStep,
  ScalingPolicy,
  ScalingSignals,
} from "./lib/serverless/scaling/policy.ts";
export type { SpotMix } from "./lib/serverless/scaling/spot_mix.ts";
export { Interrupted } from "./lib/sim/interrupted.ts";
