import type { RoutingPolicy } from "./policy.ts";

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
