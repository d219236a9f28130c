import { KEEP_ALIVE_POLICIES, type KeepAliveName } from "../serverless/keep_alive/policies.ts";
import type { KeepAliveEntry } from "../serverless/keep_alive/policy.ts";
import { SCALING_POLICIES } from "../serverless/scaling/policies.ts";
import type { ScalingEntry } from "../serverless/scaling/policy.ts";
import { policyNamed } from "../settings/from_table.ts";
import { optionsFrom } from "../settings/placed_settings.ts";
import type { Configuration } from "./configuration.ts";
import { scalingPolicyName } from "./scaling_policy_name.ts";

type Scaling = Configuration["scaling"];

/** Whether the scaling policy takes no idle instance away, so that only a keep-alive does. */
function leavesIdle(scaling: Scaling): boolean {
  const entry: Pick<ScalingEntry<string, unknown>, "leavesIdle"> = policyNamed(
    SCALING_POLICIES,
    scalingPolicyName(scaling),
  );
  return entry.leavesIdle === true;
}

/** Whether a keep-alive was asked for: by its name, or by a setting of the fixed one. */
function isAsked({ keep_alive: { policy, seconds } }: Scaling): boolean {
  return policy !== null || seconds !== null;
}

/** Whether idle instances have two owners: the scaling policy and a keep-alive that was set beside it. */
export function hasTwoOwners(scaling: Scaling): boolean {
  return scaling.enabled && isAsked(scaling) && keepAlivePolicyName(scaling) !== "always" &&
    !leavesIdle(scaling);
}

/**
 * The keep-alive of a configuration: the one named, or the one that a setting is given of, or the one
 * that leaves it to the scaling policy, where that takes idle instances away.
 */
export function keepAlivePolicyName(scaling: Scaling): KeepAliveName {
  const { policy } = scaling.keep_alive;
  if (policy !== null) return policy;
  return isAsked(scaling) || leavesIdle(scaling) ? "fixed" : "always";
}

/** When the keep-alive of a configuration stops an idle instance, as the rest of a sentence about one. */
export function keepAliveStops(scaling: Scaling): string {
  // The name selects the options' type, which the compiler cannot follow through a table.
  const named = policyNamed(KEEP_ALIVE_POLICIES, keepAlivePolicyName(scaling)) as never;
  const entry: KeepAliveEntry<string, Readonly<Record<string, unknown>>> = named;
  const options = optionsFrom(KEEP_ALIVE_POLICIES, named, scaling.keep_alive);
  return entry.stops?.(options) ?? `as ${entry.name} says`;
}
