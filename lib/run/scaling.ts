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
import {
  fewestInstances,
  firstInstances,
  scalingEntry,
  scalingPeriodSeconds,
  scalingPolicyName,
} from "../config/scaling_policy_name.ts";

type Scaling = Configuration["scaling"];

/** What policies that look ahead are told of a function. */
export interface ScalingFacts extends
  Pick<
    ScalingNeeds,
    | "arrivalAtSeconds"
    | "holdSeconds"
    | "startSeconds"
    | "instanceConcurrency"
    | "requestsPerInstance"
    | "instance"
    | "zones"
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
    initialInstances: start.initial_instances ?? firstInstances(scaling),
    ttftSeconds: slo.ttft_s ?? Infinity,
    tpotSeconds: slo.tpot_s ?? Infinity,
  });
}

/** What the policy of a configuration says of its fleet before it is asked. */
function fleetOf({ scaling }: Configuration) {
  const { entry, options } = scalingEntry(scaling);
  const startingInstances = Math.min(scaling.max_instances, entry.startsWith?.(options) ?? 0);
  return {
    minInstances: fewestInstances(scaling),
    ...(startingInstances > 0 && { startingInstances }),
    ...(entry.keepsReplicas && { keepsReplicas: true }),
  };
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
  const { max_instances: maxInstances } = scaling;
  const fleet = fleetOf(config);
  const { minInstances } = fleet;
  const initialInstances = start.initial_instances ?? firstInstances(scaling);
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
    ...fleet,
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
    ...(scaling.drain_limit !== null && {
      drain: { limitSeconds: scaling.drain_limit, inFlight: scaling.after_drain_limit },
    }),
    ...sleepParts(scaling.keep_alive.sleep, facts.weightBytes),
  };
}
