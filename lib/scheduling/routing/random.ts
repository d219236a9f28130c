import type { RandomStream } from "../../sim/random_streams.ts";
import type { RoutingPolicy } from "./policy.ts";

/** Any candidate, each with the same chance. Draws one number per request. */
export function randomRouting(stream: RandomStream): RoutingPolicy {
  return {
    name: "random",
    pick: (_request, _requests, { candidates, candidateCount }) =>
      candidates[Math.floor(stream.next() * candidateCount)],
  };
}
