import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `round-robin` as files name it. */
export const roundRobinPolicy: RoutingEntry<"round-robin", Record<never, never>> = {
  name: "round-robin",
  describe: "One instance after the other.",
  settings: {},
  isBlind: true,
  laws: { skip: [{ law: "idle first", reason: "it looks at nobody's load" }] },
  create: roundRobin,
};

/**
 * Each request goes to the candidate with the next higher id, and after the highest to the lowest.
 * Turns go by id, so that an instance that comes or goes does not shift the others' turns.
 *
 * @example
 * ```ts
 * import { roundRobin } from "./mod.ts";
 * const policy = roundRobin();
 * console.log(policy.name); // round-robin
 * ```
 */
export function roundRobin(): RoutingPolicy {
  let last = -1;
  return {
    name: "round-robin",
    pick(_request, _requests, { candidates, candidateCount }) {
      if (candidates[candidateCount - 1] <= last) return last = candidates[0];
      // Binary search: the first candidate beyond the last one served.
      let low = 0, high = candidateCount - 1;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (candidates[middle] > last) high = middle;
        else low = middle + 1;
      }
      return last = candidates[low];
    },
  };
}
