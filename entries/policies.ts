/**
 * Policies: the interface of each kind, and the policies that have a name elsewhere (Knative, Kubernetes,
 * KEDA, the hybrid histogram). A policy is made by a factory with options and decides one thing. All of a
 * kind are in simfaasinfer/scaling, /keep-alive, /placement and /scheduling; simfaasinfer/tables makes
 * them by name.
 *
 * @module
 */
export type { GatewayQueue } from "../lib/scheduling/admission/gateway_queue.ts";
export type { BatchingStrategy, StepBuilder } from "../lib/scheduling/batching/strategy.ts";
export { vllm, type VllmOptions } from "../lib/scheduling/batching/vllm.ts";
export { leastLoaded } from "../lib/scheduling/routing/least_loaded.ts";
export type {
  RoutableRequests,
  RoutingPolicy,
  RoutingSignals,
} from "../lib/scheduling/routing/policy.ts";
export { fixedKeepAlive, type FixedKeepAliveSettings } from "../lib/serverless/keep_alive/fixed.ts";
export {
  type HybridHistogram,
  hybridHistogram,
  type HybridHistogramOptions,
  type HybridHistogramSettings,
  type IdlePattern,
} from "../lib/serverless/keep_alive/hybrid_histogram.ts";
export type { KeepAliveDecision, KeepAlivePolicy } from "../lib/serverless/keep_alive/policy.ts";
export type { PoolSizePolicy } from "../lib/serverless/keep_alive/prewarmed_pool.ts";
export type {
  NodesView,
  PlacementPolicy,
  PlacementRequest,
} from "../lib/serverless/placement/policy.ts";
export {
  hpa,
  type HpaOptions,
  hpaRecommendation,
  type HpaSettings,
} from "../lib/serverless/scaling/hpa.ts";
export type { FleetMetric } from "../lib/serverless/scaling/fleet_readings.ts";
export type { HpaRate, HpaRules } from "../lib/serverless/scaling/hpa_behavior.ts";
export type { HpaBehaviorSettings } from "../lib/serverless/scaling/hpa_behavior_settings.ts";
export { keda, type KedaOptions, type KedaSettings } from "../lib/serverless/scaling/keda.ts";
export {
  knativeKpa,
  type KnativeKpaOptions,
  type KnativeKpaSettings,
} from "../lib/serverless/scaling/knative_kpa.ts";
export type {
  InstanceFacts,
  InstanceLoad,
  MeasuredStep,
  ScalingPolicy,
  ScalingSignals,
} from "../lib/serverless/scaling/policy.ts";
export { ScalingDecider, type ScalingLimits } from "../lib/serverless/scaling/scaling_decider.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
export type { SpotMix, ZoneFacts } from "../lib/serverless/scaling/spot_mix.ts";
