import type { ScalingSignals } from "./policy.ts";

/**
 * Instances that there are to be: as many as decisions on their way have decided on, else as many as
 * there are. What a policy answers that wants no change, and what it counts a change from.
 */
export function wantedInstances(
  { decided, ready, starting }: Pick<ScalingSignals, "decided" | "ready" | "starting">,
): number {
  return decided ?? ready + starting;
}
