import { leastOutstanding } from "./least_outstanding.ts";
import type { RoutingEntry, RoutingPolicy } from "./policy.ts";

/** `least-loaded` as files name it. */
export const leastLoadedPolicy: RoutingEntry<"least-loaded", Record<never, never>> = {
  name: "least-loaded",
  aliases: ["least-outstanding"],
  describe: "The fewest requests inside.",
  settings: {},
  create: leastLoaded,
};

/** The candidate with the fewest requests inside, waiting and running; the lowest id of equals. */
export function leastLoaded(): RoutingPolicy {
  return {
    name: "least-loaded",
    pick: (_request, _requests, signals) => leastOutstanding(signals),
  };
}
