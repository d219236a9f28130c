import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { bestFitPolicy } from "./best_fit.ts";
import { firstFitPolicy } from "./first_fit.ts";
import { spreadPolicy } from "./spread.ts";
import { leastStartupTimePolicy } from "./startup_time.ts";

/** The placement policies. A new one is one file and one line here. */
export const PLACEMENT_POLICIES = {
  wanted: "a placement policy",
  entries: [
    firstFitPolicy,
    bestFitPolicy,
    spreadPolicy,
    leastStartupTimePolicy,
  ],
} as const satisfies PolicyTable;

/** Names of placement policies. */
export type PlacementName = NameOf<typeof PLACEMENT_POLICIES>;
