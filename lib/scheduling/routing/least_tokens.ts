import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `least-tokens` as files name it. */
export const leastTokensPolicy: RoutingEntry<"least-tokens", Record<never, never>> = {
  name: "least-tokens",
  describe: "The fewest tokens inside.",
  settings: {},
  create: leastTokens,
};

/**
 * The candidate with the fewest tokens inside: prompts of waiting requests and contexts of running
 * ones. Equals go to the one with fewer requests, then to the lowest id.
 */
export function leastTokens(): RoutingPolicy {
  return {
    name: "least-tokens",
    pick(_request, _requests, { candidates, candidateCount, outstanding, outstandingTokens }) {
      let best = candidates[0];
      for (let i = 1; i < candidateCount; i++) {
        const id = candidates[i];
        const tokens = outstandingTokens[id];
        const fewest = outstandingTokens[best];
        if (tokens < fewest || (tokens <= fewest && outstanding[id] < outstanding[best])) best = id;
      }
      return best;
    },
  };
}
