import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `fill-first` as files name it. */
export const fillFirstPolicy: RoutingEntry<"fill-first", Record<never, never>> = {
  name: "fill-first",
  aliases: ["depth-first"],
  describe: "The most requests inside below its concurrency, so that idle ones can go.",
  settings: {},
  laws: { skip: [{ law: "idle first", reason: "it leaves idle instances idle" }] },
  create: fillFirst,
};

/**
 * The candidate with the most requests inside, waiting and running; the lowest id of equals. An
 * instance is filled up to its concurrency before the next one is used, so that the others fall idle
 * and can be stopped. Without a limit of concurrency all requests go to one instance.
 *
 * @example
 * ```ts
 * import { fillFirst } from "./mod.ts";
 * const policy = fillFirst();
 * console.log(policy.name); // fill-first
 * ```
 */
export function fillFirst(): RoutingPolicy {
  return {
    name: "fill-first",
    pick(_request, _requests, { candidates, candidateCount, outstanding }) {
      let best = candidates[0];
      for (let i = 1; i < candidateCount; i++) {
        if (outstanding[candidates[i]] > outstanding[best]) best = candidates[i];
      }
      return best;
    },
  };
}
