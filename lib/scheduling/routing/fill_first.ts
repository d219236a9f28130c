import { count } from "../../settings/quantities.ts";
import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** Options of {@link fillFirst}. */
export interface FillFirstOptions {
  /** Requests inside an instance from which it counts as full; null: when it can take no more. */
  readonly fullAt: number | null;
}

/** `fill-first` as files name it. */
export const fillFirstPolicy: RoutingEntry<"fill-first", FillFirstOptions> = {
  name: "fill-first",
  describe: "The first instance that is not full, so that idle ones can go.",
  settings: {
    fullAt: count({
      min: 1,
      default: null,
      describe: "Requests inside an instance from which it counts as full; null: " +
        "`gateway.concurrency_per_instance`.",
    }),
  },
  laws: { skip: [{ law: "idle first", reason: "it leaves idle instances idle" }] },
  create: fillFirst,
};

/**
 * The first candidate (the lowest id) that is not full; when all are, the one with the fewest requests
 * inside. An instance is filled before the next one is used, so that the others fall idle and can be
 * stopped. Candidates have room, so that without `fullAt` it is the first of them.
 *
 * @example
 * ```ts
 * import { fillFirst } from "./mod.ts";
 * const policy = fillFirst({ fullAt: 16 });
 * console.log(policy.name); // fill-first
 * ```
 */
export function fillFirst({ fullAt }: FillFirstOptions = { fullAt: null }): RoutingPolicy {
  return {
    name: "fill-first",
    pick(_request, _requests, { candidates, candidateCount, outstanding }) {
      let best = candidates[0];
      if (fullAt === null) return best;
      for (let i = 0; i < candidateCount; i++) {
        const instance = candidates[i];
        if (outstanding[instance] < fullAt) return instance;
        if (outstanding[instance] < outstanding[best]) best = instance;
      }
      return best;
    },
  };
}
