import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { alwaysPolicy } from "./always.ts";
import { conditionalPolicy } from "./conditional.ts";
import { prefixHitPolicy } from "./prefix_hit.ts";

/** Who decides which requests go both ways. A new one is one file and one line here. */
export const SPLIT_DECIDERS = {
  wanted: "who decides what is prefilled apart",
  entries: [alwaysPolicy, conditionalPolicy, prefixHitPolicy],
} as const satisfies PolicyTable;

/** Names of the deciders. */
export type SplitDeciderName = NameOf<typeof SPLIT_DECIDERS>;
