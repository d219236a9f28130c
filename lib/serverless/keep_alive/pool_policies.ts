import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { fixedPoolPolicy } from "./fixed_pool.ts";
import { littlesLawPoolPolicy } from "./littles_law_pool.ts";
import { newsvendorPoolPolicy } from "./newsvendor_pool.ts";

/** The policies for the size of a pool. A new one is one file and one line here. */
export const POOL_POLICIES = {
  wanted: "a policy for the size of a pool",
  entries: [
    fixedPoolPolicy,
    littlesLawPoolPolicy,
    newsvendorPoolPolicy,
  ],
} as const satisfies PolicyTable;

/** Names of the policies for the size of a pool. */
export type PoolPolicyName = NameOf<typeof POOL_POLICIES>;
