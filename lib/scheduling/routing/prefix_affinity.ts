import { leastOutstanding } from "./least_outstanding.ts";
import type { RoutingPolicy } from "./policy.ts";

/** When `prefix-affinity` follows the cache and when the load. */
export interface PrefixAffinityOptions {
  /** Least cached share of the prompt that is worth following, 0..1; default 0.3. */
  readonly minimumMatch?: number;
  /**
   * An instance is overloaded when it has both this many requests more than the least loaded
   * candidate, and more than `loadRatio` times as many. Default 64.
   */
  readonly loadDifference?: number;
  /** See `loadDifference`; >= 1, default 1.5. */
  readonly loadRatio?: number;
}

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
export function prefixAffinity(options: PrefixAffinityOptions = {}): RoutingPolicy {
  const { minimumMatch = 0.3, loadDifference = 64, loadRatio = 1.5 } = options;
  if (!(minimumMatch >= 0 && minimumMatch <= 1)) {
    throw new RangeError(
      `Cannot use minimumMatch as a share from 0 to 1: current value is ${minimumMatch}`,
    );
  }
  if (!(loadDifference >= 0)) {
    throw new RangeError(
      `Cannot use loadDifference as a number of requests >= 0: current value is ${loadDifference}`,
    );
  }
  if (!(loadRatio >= 1)) {
    throw new RangeError(`Cannot use loadRatio as a ratio >= 1: current value is ${loadRatio}`);
  }
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
        const tokens = signals.cachedPrefixTokens(id, request);
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
