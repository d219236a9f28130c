import type { ScalingName } from "../serverless/scaling/create_scaling.ts";
import type { Configuration } from "./configuration.ts";

/** The policy of a configuration: `threshold` where one of its settings is given, or the default. */
export function scalingPolicyName(scaling: Configuration["scaling"]): ScalingName {
  const { policy, scale_up_threshold: up, scale_down_threshold: down, cooldown_period: cooldown } =
    scaling;
  if (policy !== null) return policy;
  return up !== null || down !== null || cooldown !== null ? "threshold" : "concurrency";
}
