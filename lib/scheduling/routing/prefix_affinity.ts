import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { leastOutstanding } from "./least_outstanding.ts";
import type { RoutingEntry, RoutingPolicy, RoutingSignals } from "./policy.ts";

/** Settings of `prefix-affinity`: when it follows the cache and when the load. */
export type PrefixAffinitySettings = {
  readonly minimumMatch: number;
  readonly loadDifference: number;
  readonly loadRatio: number;
  readonly tierWeight: number;
};

/** `prefix-affinity` as files name it. */
export const prefixAffinityPolicy: RoutingEntry<"prefix-affinity", PrefixAffinitySettings> = {
  name: "prefix-affinity",
  describe: "The longest cached prefix of the prompt, unless its instance is overloaded.",
  settings: {
    minimumMatch: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.3,
      describe: "Least cached share of the prompt that is worth following.",
    }),
    loadDifference: quantity("number", {
      min: 0,
      default: 64,
      describe: "An instance is overloaded when it has this many requests more than the least " +
        "loaded one, and more than `load_ratio` times as many.",
    }),
    loadRatio: quantity("number", { min: 1, default: 1.5, describe: "See `load_difference`." }),
    tierWeight: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0,
      describe: "Worth of a token that the instance would load from its cache tiers " +
        "(`memory.kv_tiers`), of one in its prefix cache; 0: the tiers are not asked.",
    }),
  },
  create: prefixAffinity,
};

/**
 * The candidate with the longest cached prefix of the prompt, unless it is overloaded. Equals go to
 * the one with fewer requests inside, then to the lowest id. Without a cached prefix worth following,
 * the least loaded candidate.
 *
 * The parameters and their defaults are those of SGLang's cache-aware router; the bound on the load
 * applies to each instance, where SGLang drops affinity for all of them while any is overloaded.
 *
 * @throws {RangeError} If an option is out of its range.
 * @source Shepherd Model Gateway documentation, "Load balancing": cache_aware, cache-threshold 0.3,
 *   balance-abs-threshold 64, balance-rel-threshold 1.5 (https://github.com/lightseekorg/smg)
 *
 * @example
 * ```ts
 * import { prefixAffinity } from "./mod.ts";
 * const policy = prefixAffinity({ loadDifference: 8 });
 * console.log(policy.name); // prefix-affinity
 * ```
 */
export function prefixAffinity(options: Partial<PrefixAffinitySettings> = {}): RoutingPolicy {
  const { minimumMatch, loadDifference, loadRatio, tierWeight } = withDefaults(
    prefixAffinityPolicy.settings,
    options,
  );
  return {
    name: "prefix-affinity",
    pick(request, requests, signals) {
      const { candidates, candidateCount, outstanding } = signals;
      const leastLoaded = leastOutstanding(signals);
      const fewest = outstanding[leastLoaded];
      const limit = Math.max(fewest + loadDifference, fewest * loadRatio);
      let best = -1;
      let longest = 0;
      for (let i = 0; i < candidateCount; i++) {
        const id = candidates[i];
        if (outstanding[id] > limit) continue;
        const tokens = tierWeight > 0
          ? worth(signals, id, request, tierWeight)
          : signals.cachedPrefixTokens(id, request);
        if (tokens < longest || tokens === 0) continue;
        if (tokens > longest || outstanding[id] < outstanding[best]) {
          best = id;
          longest = tokens;
        }
      }
      const worthFollowing = longest >= minimumMatch * requests.promptTokens[request];
      return best >= 0 && worthFollowing ? best : leastLoaded;
    },
  };
}

/** Tokens of the prompt that the instance has, those that it would load at their worth. */
function worth(
  signals: RoutingSignals,
  instance: number,
  request: number,
  tierWeight: number,
): number {
  const cached = signals.cachedPrefixTokens(instance, request);
  const reachable = signals.reachablePrefixTokens?.(instance, request) ?? cached;
  return cached + tierWeight * (reachable - cached);
}
