import type { RoutingSignals } from "./policy.ts";

/** The candidate with the fewest requests inside; the lowest id of equals. */
export function leastOutstanding(signals: RoutingSignals): number {
  const { candidates, candidateCount, outstanding } = signals;
  let best = candidates[0];
  let fewest = outstanding[best];
  // The first idle one cannot be beaten: an early end keeps large, mostly idle fleets cheap.
  for (let i = 1; i < candidateCount && fewest > 0; i++) {
    const id = candidates[i];
    if (outstanding[id] < fewest) fewest = outstanding[best = id];
  }
  return best;
}
