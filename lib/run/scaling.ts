import type { ScalingParts } from "../cluster/cluster_parts.ts";
import { KEEP_ALIVE_POLICIES } from "../serverless/keep_alive/mod.ts";
import {
  SCALING_POLICIES,
  ScalingDecider,
  type ScalingNeeds,
  type ScalingPolicy,
} from "../serverless/scaling/mod.ts";
import { fromConfiguration } from "../settings/placed_settings.ts";
import type { Configuration } from "../config/configuration.ts";
import { hasTwoOwners, keepAlivePolicyName } from "../config/keep_alive_policy_name.ts";
import { scalingPeriodSeconds, scalingPolicyName } from "../config/scaling_policy_name.ts";

type Scaling = Configuration["scaling"];

/** What policies that look ahead are told of a function. */
export interface ScalingFacts extends
  Pick<
    ScalingNeeds,
    "arrivalAtSeconds" | "holdSeconds" | "startSeconds" | "instanceConcurrency" | "instance"
  > {
  /** Weights of an instance, bytes. */
  readonly weightBytes: number;
}

/** What instances that are not needed do in place of stopping; nothing where they stop. */
function sleepParts(
  { level, ttl }: Scaling["keep_alive"]["sleep"],
  weightBytes: number,
): Pick<ScalingParts, "sleep"> {
  if (level === 0) return {};
  const dramBytes = level === 1 ? weightBytes : 0;
  return { sleep: { level: level as 1 | 2, ttlSeconds: ttl, dramBytes } };
}

/** The scaling policy of a function, new for this run. */
function scalingPolicy(
  config: Configuration,
  facts: ScalingFacts,
  periodSeconds: number,
): ScalingPolicy {
  const { scaling, slo, cold_start: start } = config;
  return fromConfiguration(SCALING_POLICIES, scalingPolicyName(scaling), scaling, {
    ...facts,
    periodSeconds,
    minInstances: scaling.min_instances,
    maxInstances: scaling.max_instances,
    hasKeepAlive: hasTwoOwners(scaling),
    initialInstances: start.initial_instances ?? scaling.min_instances,
    ttftSeconds: slo.ttft_s ?? Infinity,
    tpotSeconds: slo.tpot_s ?? Infinity,
  });
}

/** How many instances a function has, and who decides. */
export function buildScaling(config: Configuration, facts: ScalingFacts): ScalingParts {
  const { scaling, cluster, cold_start: start } = config;
  if (!scaling.enabled) {
    return {
      minInstances: cluster.num_replicas,
      maxInstances: cluster.num_replicas,
      initialInstances: cluster.num_replicas,
      activation: "none",
    };
  }
  const { min_instances: minInstances, max_instances: maxInstances } = scaling;
  const initialInstances = start.initial_instances ?? minInstances;
  const periodSeconds = scalingPeriodSeconds(scaling);
  return {
    ...(periodSeconds < Infinity && {
      decider: new ScalingDecider(scalingPolicy(config, facts, periodSeconds), {
        minInstances,
        maxInstances,
        maxStepUp: scaling.max_step_up ?? Infinity,
        maxStepDown: scaling.max_step_down ?? Infinity,
        scrapeDelaySeconds: scaling.scrape_delay,
        actuationDelaySeconds: scaling.actuation_delay,
      }),
    }),
    minInstances,
    maxInstances,
    initialInstances,
    activation: scaling.activation,
    reservesStarts: scaling.reserve_starts,
    keepAlive: fromConfiguration(
      KEEP_ALIVE_POLICIES,
      keepAlivePolicyName(scaling),
      scaling.keep_alive,
      {},
    ),
    ...sleepParts(scaling.keep_alive.sleep, facts.weightBytes),
  };
}
