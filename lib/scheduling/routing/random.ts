import type { RandomStream } from "../../sim/random_streams.ts";
import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `random` as files name it. */
export const randomRoutingPolicy: RoutingEntry<"random", Record<never, never>> = {
  name: "random",
  describe: "Any instance, each with the same chance.",
  settings: {},
  isBlind: true,
  laws: {
    skip: [{ law: "ties", reason: "it draws by chance" }, {
      law: "idle first",
      reason: "it draws by chance",
    }],
  },
  create: (_options, { stream }) => randomRouting(stream),
};

/** Any candidate, each with the same chance. Draws one number per request. */
export function randomRouting(stream: RandomStream): RoutingPolicy {
  return {
    name: "random",
    pick: (_request, _requests, { candidates, candidateCount }) =>
      candidates[Math.floor(stream.next() * candidateCount)],
  };
}
