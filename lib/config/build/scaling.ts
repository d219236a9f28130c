import type { ScalingParts } from "../../cluster/cluster_parts.ts";
import { createScaling, ScalingDecider, type ScalingSpec } from "../../serverless/scaling/mod.ts";
import type { Configuration } from "../configuration.ts";
import { notYet } from "./not_yet.ts";

type Scaling = Configuration["scaling"];

/** A scaling policy of the configuration as plain data. */
function scalingSpec(scaling: Scaling): ScalingSpec {
  const { period: periodSeconds } = scaling;
  switch (scaling.policy) {
    case "threshold":
      return {
        policy: "threshold",
        upAbove: scaling.scale_up_threshold,
        downBelow: scaling.scale_down_threshold,
        cooldownSeconds: scaling.cooldown_period,
        periodSeconds,
      };
    default:
      throw notYet("scaling.policy", scaling.policy, "threshold");
  }
}

/** Seconds that an idle instance is kept. */
function keepAliveSeconds({ policy, seconds }: Scaling["keep_alive"]): number {
  switch (policy) {
    case "fixed":
      return seconds;
    case "none":
      return 0;
    case "always":
      return Infinity;
    case "hybrid-histogram":
      throw notYet("scaling.keep_alive.policy", policy, "fixed, none, always");
  }
}

/** How many instances there are, and who decides. */
export function buildScaling(config: Configuration): ScalingParts {
  const { scaling, cluster, cold_start: start } = config;
  if (!scaling.enabled) {
    return {
      minInstances: cluster.num_replicas,
      maxInstances: cluster.num_replicas,
      initialInstances: cluster.num_replicas,
      activation: "none",
      keepAliveSeconds: Infinity,
    };
  }
  const { min_instances: minInstances, max_instances: maxInstances } = scaling;
  return {
    decider: new ScalingDecider(createScaling(scalingSpec(scaling)), {
      minInstances,
      maxInstances,
      maxStepUp: scaling.max_step_up ?? Infinity,
      maxStepDown: scaling.max_step_down ?? Infinity,
      scrapeDelaySeconds: scaling.scrape_delay,
      actuationDelaySeconds: scaling.actuation_delay,
    }),
    minInstances,
    maxInstances,
    initialInstances: start.initial_instances ?? minInstances,
    activation: scaling.activation,
    keepAliveSeconds: keepAliveSeconds(scaling.keep_alive),
  };
}
