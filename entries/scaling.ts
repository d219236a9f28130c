/**
 * Scaling: how many instances a function should have, by each policy, and the limits that its answers
 * are held to. To write one, start from ScalingPolicy; docs/extending.md shows each kind.
 *
 * @module
 */
export {
  concurrency,
  type ConcurrencyOptions,
  type ConcurrencySettings,
} from "../lib/serverless/scaling/concurrency.ts";
export {
  dynamoPlanner,
  type DynamoPlannerOptions,
  type DynamoPlannerSettings,
} from "../lib/serverless/scaling/dynamo_planner/dynamo_planner.ts";
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
  llmDWva,
  type LlmDWvaOptions,
  type LlmDWvaSettings,
} from "../lib/serverless/scaling/llm_d_wva/llm_d_wva.ts";
export { oracle, type OracleOptions } from "../lib/serverless/scaling/oracle.ts";
export { SCALING_POLICIES } from "../lib/serverless/scaling/policies.ts";
export type {
  InstanceFacts,
  InstanceLoad,
  MeasuredStep,
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
export {
  rayServe,
  type RayServeOptions,
  type RayServeSettings,
} from "../lib/serverless/scaling/ray_serve.ts";
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
