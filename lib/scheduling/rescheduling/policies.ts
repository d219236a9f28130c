import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { consolidatePolicy } from "./consolidate.ts";
import { freenessPolicy } from "./freeness.ts";
import { noRescheduling } from "./none.ts";

/** The rescheduling policies. A new one is one file and one line here. */
export const RESCHEDULING_POLICIES = {
  wanted: "a rescheduling policy",
  entries: [noRescheduling, freenessPolicy, consolidatePolicy],
} as const satisfies PolicyTable;

/** Names of rescheduling policies. */
export type ReschedulingName = NameOf<typeof RESCHEDULING_POLICIES>;
