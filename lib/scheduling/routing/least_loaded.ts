import { leastOutstanding } from "./least_outstanding.ts";
import type { RoutingPolicy } from "./policy.ts";

/** The candidate with the fewest requests inside, waiting and running; the lowest id of equals. */
export function leastLoaded(): RoutingPolicy {
  return {
    name: "least-loaded",
    pick: (_request, _requests, signals) => leastOutstanding(signals),
  };
}
