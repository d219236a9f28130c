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
  type FairQueueSettings,
} from "../lib/scheduling/admission/fair_queue.ts";
export { fcfsQueue } from "../lib/scheduling/admission/fcfs_queue.ts";
export {
  GATEWAY_ORDERS,
  type GatewayOrderName,
} from "../lib/scheduling/admission/gateway_orders.ts";
export type {
  GatewayNeeds,
  GatewayOrderEntry,
  GatewayQueue,
} from "../lib/scheduling/admission/gateway_queue.ts";
export { fasterTransformer } from "../lib/scheduling/batching/faster_transformer.ts";
export { orca } from "../lib/scheduling/batching/orca.ts";
export {
  type OrderableRequests,
  type OrderEntry,
  type QueueKeys,
} from "../lib/scheduling/batching/orders/order.ts";
export { QUEUE_ORDERS, type QueueOrder } from "../lib/scheduling/batching/orders/orders.ts";
export { sarathi, type SarathiSettings } from "../lib/scheduling/batching/sarathi.ts";
export { BATCHING_STRATEGIES, type BatchingName } from "../lib/scheduling/batching/strategies.ts";
export type {
  BatchingEntry,
  BatchingNeeds,
  BatchingStrategy,
  StepBuilder,
} from "../lib/scheduling/batching/strategy.ts";
export { vllm, type VllmOptions } from "../lib/scheduling/batching/vllm.ts";
export { vllmV0, type VllmV0Options } from "../lib/scheduling/batching/vllm_v0.ts";
export { kvAware } from "../lib/scheduling/routing/kv_aware.ts";
export { leastLoaded } from "../lib/scheduling/routing/least_loaded.ts";
export { leastTokens } from "../lib/scheduling/routing/least_tokens.ts";
export { newestIdle } from "../lib/scheduling/routing/newest_idle.ts";
export { ROUTING_POLICIES, type RoutingName } from "../lib/scheduling/routing/policies.ts";
export type {
  RoutableRequests,
  RoutingEntry,
  RoutingNeeds,
  RoutingPolicy,
  RoutingSignals,
} from "../lib/scheduling/routing/policy.ts";
export { powerOfTwo } from "../lib/scheduling/routing/power_of_two.ts";
export {
  prefixAffinity,
  type PrefixAffinitySettings,
} from "../lib/scheduling/routing/prefix_affinity.ts";
export { randomRouting } from "../lib/scheduling/routing/random.ts";
export { roundRobin } from "../lib/scheduling/routing/round_robin.ts";
export { sessionRouting } from "../lib/scheduling/routing/session.ts";
export { alwaysKeepAlive } from "../lib/serverless/keep_alive/always.ts";
export type {
  DemandPoolOptions,
  DemandPoolSettings,
} from "../lib/serverless/keep_alive/demand_pool.ts";
export { fixedKeepAlive, type FixedKeepAliveSettings } from "../lib/serverless/keep_alive/fixed.ts";
export { fixedPool } from "../lib/serverless/keep_alive/fixed_pool.ts";
export {
  type HybridHistogram,
  hybridHistogram,
  type HybridHistogramOptions,
  type HybridHistogramSettings,
  type IdlePattern,
} from "../lib/serverless/keep_alive/hybrid_histogram.ts";
export {
  littlesLawPool,
  type LittlesLawPoolSettings,
} from "../lib/serverless/keep_alive/littles_law_pool.ts";
export {
  newsvendorPool,
  type NewsvendorPoolSettings,
} from "../lib/serverless/keep_alive/newsvendor_pool.ts";
export { noKeepAlive } from "../lib/serverless/keep_alive/none.ts";
export { KEEP_ALIVE_POLICIES, type KeepAliveName } from "../lib/serverless/keep_alive/policies.ts";
export type {
  KeepAliveDecision,
  KeepAliveEntry,
  KeepAlivePolicy,
} from "../lib/serverless/keep_alive/policy.ts";
export { POOL_POLICIES, type PoolPolicyName } from "../lib/serverless/keep_alive/pool_policies.ts";
export type {
  PoolEntry,
  PoolNeeds,
  PoolSettings,
  PoolSizePolicy,
} from "../lib/serverless/keep_alive/prewarmed_pool.ts";
export { bestFit } from "../lib/serverless/placement/best_fit.ts";
export { firstFit } from "../lib/serverless/placement/first_fit.ts";
export { placeBy } from "../lib/serverless/placement/place_by.ts";
export { PLACEMENT_POLICIES, type PlacementName } from "../lib/serverless/placement/policies.ts";
export type {
  NodesView,
  PlacementEntry,
  PlacementPolicy,
  PlacementRequest,
} from "../lib/serverless/placement/policy.ts";
export { spread } from "../lib/serverless/placement/spread.ts";
export { leastStartupTime } from "../lib/serverless/placement/startup_time.ts";
export {
  concurrency,
  type ConcurrencyOptions,
  type ConcurrencySettings,
} from "../lib/serverless/scaling/concurrency.ts";
export {
  hpa,
  type HpaOptions,
  hpaRecommendation,
  type HpaSettings,
} from "../lib/serverless/scaling/hpa.ts";
export {
  HPA_SCALE_DOWN,
  HPA_SCALE_UP,
  type HpaRate,
  type HpaRules,
} from "../lib/serverless/scaling/hpa_behavior.ts";
export { keda, type KedaOptions, type KedaSettings } from "../lib/serverless/scaling/keda.ts";
export {
  knativeKpa,
  type KnativeKpaOptions,
  type KnativeKpaSettings,
} from "../lib/serverless/scaling/knative_kpa.ts";
export {
  oracle,
  type OracleOptions,
  type OracleSettings,
} from "../lib/serverless/scaling/oracle.ts";
export { SCALING_POLICIES, type ScalingName } from "../lib/serverless/scaling/policies.ts";
export type {
  ScalingEntry,
  ScalingNeeds,
  ScalingPolicy,
  ScalingSignals,
} from "../lib/serverless/scaling/policy.ts";
export {
  predictive,
  type PredictiveOptions,
  type PredictiveSettings,
} from "../lib/serverless/scaling/predictive.ts";
export {
  queueDelay,
  type QueueDelayOptions,
  type QueueDelaySettings,
} from "../lib/serverless/scaling/queue_delay.ts";
export { ScalingDecider, type ScalingLimits } from "../lib/serverless/scaling/scaling_decider.ts";
export {
  schedule,
  type ScheduleOptions,
  type ScheduleSettings,
} from "../lib/serverless/scaling/schedule.ts";
export { slo, type SloOptions, type SloSettings } from "../lib/serverless/scaling/slo.ts";
export {
  threshold,
  type ThresholdOptions,
  type ThresholdSettings,
} from "../lib/serverless/scaling/threshold.ts";
export { fromTable, namesOf, policyNamed, withDefaults } from "../lib/settings/from_table.ts";
export type {
  AnyPolicy,
  CheckFacts,
  Contradiction,
  Declaration,
  Declared,
  MadeOf,
  Named,
  NameOf,
  NeedsOf,
  OptionsOf,
  Policy,
  PolicyLaws,
  PolicyTable,
  SettingList,
} from "../lib/settings/policy.ts";
export {
  choice,
  type ChoiceOptions,
  count,
  flag,
  quantity,
  quantityOr,
  text,
  tokens,
} from "../lib/settings/quantities.ts";
export type {
  Applicability,
  NumberBounds,
  Setting,
  SettingOptions,
} from "../lib/settings/setting.ts";
export type { Dimension } from "../lib/settings/units.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
