import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `freeness` as files name it. */
export const freenessRouting: RoutingEntry<"freeness", Record<never, never>> = {
  name: "freeness",
  describe: "The most free KV cache per request, what waits counted, as Llumnix dispatches.",
  settings: {},
  create: freenessDispatch,
};

/**
 * The candidate with the most KV entries left per request inside, when those of its requests that wait
 * count as if they ran; an empty one before all others. Equals go to the lowest id.
 *
 * @source B. Sun et al., "Llumnix: dynamic scheduling for large language model serving", OSDI 2024, section 4.4
 */
export function freenessDispatch(): RoutingPolicy {
  return {
    name: "freeness",
    pick(_request, _requests, signals) {
      const { candidates, candidateCount, outstanding, outstandingTokens } = signals;
      let best = -1;
      let most = -Infinity;
      for (let i = 0; i < candidateCount; i++) {
        const id = candidates[i];
        const left = signals.kvCapacityTokens(id) - outstandingTokens[id];
        const freeness = outstanding[id] === 0 ? Infinity : left / outstanding[id];
        if (best >= 0 && freeness <= most) continue;
        best = id;
        most = freeness;
      }
      return best;
    },
  };
}
