import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `kv-aware` as files name it. */
export const kvAwarePolicy: RoutingEntry<"kv-aware", Record<never, never>> = {
  name: "kv-aware",
  describe: "The least KV cache in use among those with few requests.",
  settings: {},
  create: kvAware,
};

/**
 * The candidate with the least KV cache in use among those with few requests: the ones in the lowest
 * of `candidateCount` equal slices between the fewest and the most requests inside. Equals go to the
 * one with fewer requests, then to the lowest id.
 *
 * The first cut keeps an instance with a long queue and little KV in use (its requests still wait)
 * from attracting more.
 *
 * @source Kubernetes Gateway API Inference Extension, filters least-queue and least-kv-cache
 */
export function kvAware(): RoutingPolicy {
  return {
    name: "kv-aware",
    pick(_request, _requests, signals) {
      const { candidates, candidateCount, outstanding } = signals;
      let fewest = Infinity, most = -Infinity;
      for (let i = 0; i < candidateCount; i++) {
        const requests = outstanding[candidates[i]];
        if (requests < fewest) fewest = requests;
        if (requests > most) most = requests;
      }
      const limit = fewest + (most - fewest) / candidateCount;
      let best = -1;
      let least = Infinity;
      for (let i = 0; i < candidateCount; i++) {
        const id = candidates[i];
        if (outstanding[id] > limit) continue;
        const used = signals.kvUtilization(id);
        if (best < 0 || used < least || (used <= least && outstanding[id] < outstanding[best])) {
          best = id;
          least = used;
        }
      }
      return best;
    },
  };
}
