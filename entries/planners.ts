/**
 * The autoscalers of serving stacks: Ray Serve, NVIDIA Dynamo, llm-d, SkyServe, and what policies that
 * plan by a model of an instance, or over zones of spot capacity, are told.
 *
 * @module
 */
export {
  dynamoPlanner,
  type DynamoPlannerOptions,
  type DynamoPlannerSettings,
} from "../lib/serverless/scaling/dynamo_planner/dynamo_planner.ts";
export {
  llmDWva,
  type LlmDWvaOptions,
  type LlmDWvaSettings,
} from "../lib/serverless/scaling/llm_d_wva/llm_d_wva.ts";
export type {
  InstanceFacts,
  InstanceLoad,
  MeasuredStep,
  ScalingPolicy,
  ScalingSignals,
} from "../lib/serverless/scaling/policy.ts";
export {
  rayServe,
  type RayServeOptions,
  type RayServeSettings,
} from "../lib/serverless/scaling/ray_serve.ts";
export {
  skyServe,
  type SkyServeOptions,
  type SkyServeSettings,
} from "../lib/serverless/scaling/sky_serve/sky_serve.ts";
export type { SpotMix, ZoneFacts } from "../lib/serverless/scaling/spot_mix.ts";
