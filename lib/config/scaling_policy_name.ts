import { SCALING_POLICIES, type ScalingName } from "../serverless/scaling/policies.ts";
import type { ScalingEntry } from "../serverless/scaling/policy.ts";
import { policyNamed } from "../settings/from_table.ts";
import { optionsFrom, placedSettings } from "../settings/placed_settings.ts";
import type { Configuration } from "./configuration.ts";

/** The policy where nobody says anything of it. */
const DEFAULT: ScalingName = "concurrency";

/** The policy of a configuration: the one named, or the one that a setting is given of, or the default. */
export function scalingPolicyName(scaling: Configuration["scaling"]): ScalingName {
  if (scaling.policy !== null) return scaling.policy;
  const values = scaling as unknown as Readonly<Record<string, unknown>>;
  const given = placedSettings(SCALING_POLICIES).find(({ key, section, readBy }) =>
    section === null && values[key] !== null &&
    (readBy as readonly ScalingEntry<ScalingName, unknown>[]).some((one) => one.isChosenBySettings)
  );
  return (given?.readBy[0].name ?? DEFAULT) as ScalingName;
}

/** Time between two evaluations, seconds; Infinity where there are none. */
export function scalingPeriodSeconds(scaling: Configuration["scaling"]): number {
  const own = policyNamed(SCALING_POLICIES, scalingPolicyName(scaling)).periodSeconds;
  return own < Infinity ? scaling.period ?? own : Infinity;
}

/** A scaling policy's entry with its options out of a configuration. */
export function scalingEntry(scaling: Configuration["scaling"]): {
  readonly entry: ScalingEntry<ScalingName, Readonly<Record<string, unknown>>>;
  readonly options: Readonly<Record<string, unknown>>;
} {
  // The name selects the options' type, which the compiler cannot follow through a table.
  const entry = policyNamed(SCALING_POLICIES, scalingPolicyName(scaling)) as never;
  return { entry, options: optionsFrom(SCALING_POLICIES, entry, scaling) };
}

/** Fewest instances that a function may have by its policy. */
export function fewestInstances(scaling: Configuration["scaling"]): number {
  const { entry, options } = scalingEntry(scaling);
  const { min_instances: least, max_instances: most } = scaling;
  return Math.min(most, entry.fewest?.(options, least) ?? least);
}

/** Instances that are ready when a run begins, unless a configuration says how many. */
export function firstInstances(scaling: Configuration["scaling"]): number {
  return Math.max(scaling.min_instances, fewestInstances(scaling));
}

/** The setting by which a policy looks between its evaluations, and its value, seconds; or undefined. */
export function scalingLooks(
  scaling: Configuration["scaling"],
): { readonly path: string; readonly seconds: number } | undefined {
  const { entry, options } = scalingEntry(scaling);
  const { looksEvery } = entry;
  if (looksEvery === undefined) return undefined;
  const { section, key } = placedSettings(SCALING_POLICIES).find(({ declared }) =>
    declared === entry.settings[looksEvery]
  )!;
  const path = ["scaling", section, key].filter((part) => part !== null).join(".");
  return { path, seconds: options[looksEvery] as number };
}
