import type { RandomStream } from "../../sim/random_streams.ts";
import type { RoutingPolicy } from "./policy.ts";

/**
 * The less loaded (requests inside) of two different candidates drawn at random; the lower id of
 * equals. Draws two numbers per request, whatever the number of candidates.
 *
 * @source M. Mitzenmacher, "The power of two choices in randomized load balancing", IEEE TPDS 12 (10), 2001
 */
export function powerOfTwo(stream: RandomStream): RoutingPolicy {
  return {
    name: "power-of-two",
    pick(_request, _requests, { candidates, candidateCount, outstanding }) {
      const first = Math.floor(stream.next() * candidateCount);
      let second = Math.floor(stream.next() * (candidateCount - 1));
      if (candidateCount === 1) return candidates[0];
      if (second >= first) second++;
      const lower = candidates[Math.min(first, second)];
      const higher = candidates[Math.max(first, second)];
      return outstanding[higher] < outstanding[lower] ? higher : lower;
    },
  };
}
