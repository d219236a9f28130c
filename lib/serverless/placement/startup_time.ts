import { placeBy } from "./place_by.ts";
import type { PlacementEntry, PlacementPolicy } from "./policy.ts";

/** `startup-time` as files name it. */
export const leastStartupTimePolicy: PlacementEntry<"startup-time", Record<never, never>> = {
  name: "startup-time",
  describe: "The machine where the start is estimated to take least, as in ServerlessLLM.",
  settings: {},
  create: leastStartupTime,
};

/**
 * The node with the least estimated start: cached weights and queued loads count.
 *
 * @source Y. Fu et al., "ServerlessLLM", OSDI 2024, section 6.1 (startup-time-optimised scheduling)
 */
export function leastStartupTime(): PlacementPolicy {
  return placeBy(
    "startup-time",
    (nodes, node, { functionId }) => nodes.startSeconds(node, functionId),
  );
}
