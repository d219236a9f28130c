import type { ScalingNeeds } from "./policy.ts";

/** What autoscalers that plan by limits on latency take of what a policy may need. */
export function plannerNeeds(
  { instance, initialInstances, hasKeepAlive, periodSeconds }: ScalingNeeds,
) {
  return { instance, initialInstances, followsFleet: hasKeepAlive, periodSeconds };
}

/** A limit of the policy's own, else that of section `slo`, seconds; null: none. */
export function limitSeconds(own: number | null, ofSlo: number): number | null {
  return own ?? (ofSlo < Infinity ? ofSlo : null);
}
