/**
 * Policies: scaling, keep-alive, pre-warmed pools, placement, routing, batching and the order in which
 * the gateway lets requests in. A policy is made by a factory with options and decides one thing. To
 * write one, start from its interface (ScalingPolicy, KeepAlivePolicy, ...); docs/extending.md shows
 * each kind.
 *
 * @module
 */
export {
  fairQueue,
  type FairQueueOptions,
  fcfsQueue,
} from "../lib/scheduling/admission/fair_queue.ts";
export type { GatewayQueue } from "../lib/scheduling/admission/gateway_queue.ts";
export { fasterTransformer } from "../lib/scheduling/batching/faster_transformer.ts";
export { orca } from "../lib/scheduling/batching/orca.ts";
export { sarathi, type SarathiOptions } from "../lib/scheduling/batching/sarathi.ts";
export type { BatchingStrategy, StepBuilder } from "../lib/scheduling/batching/strategy.ts";
export { vllm } from "../lib/scheduling/batching/vllm.ts";
export { vllmV0, type VllmV0Options } from "../lib/scheduling/batching/vllm_v0.ts";
export { kvAware } from "../lib/scheduling/routing/kv_aware.ts";
export { leastLoaded } from "../lib/scheduling/routing/least_loaded.ts";
export { leastTokens } from "../lib/scheduling/routing/least_tokens.ts";
export { newestIdle } from "../lib/scheduling/routing/newest_idle.ts";
export type {
  RoutableRequests,
  RoutingPolicy,
  RoutingSignals,
} from "../lib/scheduling/routing/policy.ts";
export { powerOfTwo } from "../lib/scheduling/routing/power_of_two.ts";
export {
  prefixAffinity,
  type PrefixAffinityOptions,
} from "../lib/scheduling/routing/prefix_affinity.ts";
export { randomRouting } from "../lib/scheduling/routing/random.ts";
export { roundRobin } from "../lib/scheduling/routing/round_robin.ts";
export { sessionRouting } from "../lib/scheduling/routing/session.ts";
export {
  alwaysKeepAlive,
  fixedKeepAlive,
  noKeepAlive,
} from "../lib/serverless/keep_alive/fixed.ts";
export {
  type HybridHistogram,
  hybridHistogram,
  type HybridHistogramOptions,
  type IdlePattern,
} from "../lib/serverless/keep_alive/hybrid_histogram.ts";
export type { KeepAliveDecision, KeepAlivePolicy } from "../lib/serverless/keep_alive/policy.ts";
export {
  type DemandPoolOptions,
  fixedPool,
  littlesLawPool,
  type LittlesLawPoolOptions,
  newsvendorPool,
  type NewsvendorPoolOptions,
  type PoolSizePolicy,
} from "../lib/serverless/keep_alive/prewarmed_pool.ts";
export {
  bestFit,
  firstFit,
  leastStartupTime,
  spread,
} from "../lib/serverless/placement/policies.ts";
export type {
  NodesView,
  PlacementPolicy,
  PlacementRequest,
} from "../lib/serverless/placement/policy.ts";
export { concurrency, type ConcurrencyOptions } from "../lib/serverless/scaling/concurrency.ts";
export { hpa, type HpaOptions, hpaRecommendation } from "../lib/serverless/scaling/hpa.ts";
export {
  HPA_SCALE_DOWN,
  HPA_SCALE_UP,
  type HpaRate,
  type HpaRules,
} from "../lib/serverless/scaling/hpa_behavior.ts";
export { keda, type KedaOptions } from "../lib/serverless/scaling/keda.ts";
export { knativeKpa, type KnativeKpaOptions } from "../lib/serverless/scaling/knative_kpa.ts";
export { oracle, type OracleOptions } from "../lib/serverless/scaling/oracle.ts";
export type { ScalingPolicy, ScalingSignals } from "../lib/serverless/scaling/policy.ts";
export { predictive, type PredictiveOptions } from "../lib/serverless/scaling/predictive.ts";
export { queueDelay, type QueueDelayOptions } from "../lib/serverless/scaling/queue_delay.ts";
export { ScalingDecider, type ScalingLimits } from "../lib/serverless/scaling/scaling_decider.ts";
export { schedule, type ScheduleOptions } from "../lib/serverless/scaling/schedule.ts";
export { slo, type SloOptions } from "../lib/serverless/scaling/slo.ts";
export { threshold, type ThresholdOptions } from "../lib/serverless/scaling/threshold.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
