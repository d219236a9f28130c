import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `newest-idle` as files name it. */
export const newestIdlePolicy: RoutingEntry<"newest-idle", Record<never, never>> = {
  name: "newest-idle",
  describe: "The youngest idle instance, as on AWS Lambda.",
  settings: {},
  laws: { skip: [{ law: "ties", reason: "its ties go to the highest id" }] },
  create: newestIdle,
};

/**
 * The youngest instance (the highest id) without requests, so that the oldest ones are the first to
 * reach the end of their keep-alive; without one, the fewest requests, the youngest of equals.
 *
 * @source SimFaaS (N. Mahmoudi, H. Khazaei, 2021), ServerlessSimulator: the newest idle server first,
 *   as observed on AWS Lambda
 */
export function newestIdle(): RoutingPolicy {
  return {
    name: "newest-idle",
    pick(_request, _requests, { candidates, candidateCount, outstanding }) {
      let best = candidates[0];
      for (let i = 1; i < candidateCount; i++) {
        const id = candidates[i];
        const difference = outstanding[id] - outstanding[best];
        if (difference < 0 || (difference === 0 && id > best)) best = id;
      }
      return best;
    },
  };
}
