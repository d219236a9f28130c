import type { RandomStream } from "../../sim/random_streams.ts";
import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `power-of-two` as files name it. */
export const powerOfTwoPolicy: RoutingEntry<"power-of-two", Record<never, never>> = {
  name: "power-of-two",
  describe: "The less loaded of two drawn at random.",
  settings: {},
  laws: {
    skip: [{ law: "ties", reason: "it sees two of the candidates" }, {
      law: "idle first",
      reason: "it sees two of the candidates",
    }],
  },
  create: (_options, { stream }) => powerOfTwo(stream),
};

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
