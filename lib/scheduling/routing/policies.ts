import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { fillFirstPolicy } from "./fill_first.ts";
import { freenessRouting } from "./freeness.ts";
import { kvAwarePolicy } from "./kv_aware.ts";
import { leastLoadedPolicy } from "./least_loaded.ts";
import { leastTokensPolicy } from "./least_tokens.ts";
import { newestIdlePolicy } from "./newest_idle.ts";
import { powerOfTwoPolicy } from "./power_of_two.ts";
import { prefixAffinityPolicy } from "./prefix_affinity.ts";
import { randomRoutingPolicy } from "./random.ts";
import { roundRobinPolicy } from "./round_robin.ts";
import { sessionRoutingPolicy } from "./session.ts";

/** The routing policies. A new one is one file and one line here. */
export const ROUTING_POLICIES = {
  wanted: "a routing policy",
  entries: [
    roundRobinPolicy,
    leastLoadedPolicy,
    randomRoutingPolicy,
    powerOfTwoPolicy,
    leastTokensPolicy,
    kvAwarePolicy,
    prefixAffinityPolicy,
    sessionRoutingPolicy,
    newestIdlePolicy,
    fillFirstPolicy,
    freenessRouting,
  ],
} as const satisfies PolicyTable;

/** Names of routing policies. */
export type RoutingName = NameOf<typeof ROUTING_POLICIES>;
