import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { alwaysKeepAlivePolicy } from "./always.ts";
import { fixedKeepAlivePolicy } from "./fixed.ts";
import { hybridHistogramPolicy } from "./hybrid_histogram.ts";
import { noKeepAlivePolicy } from "./none.ts";

/** The keep-alive policies. A new one is one file and one line here. */
export const KEEP_ALIVE_POLICIES = {
  wanted: "a keep-alive policy",
  entries: [
    fixedKeepAlivePolicy,
    noKeepAlivePolicy,
    alwaysKeepAlivePolicy,
    hybridHistogramPolicy,
  ],
} as const satisfies PolicyTable;

/** Names of keep-alive policies. */
export type KeepAliveName = NameOf<typeof KEEP_ALIVE_POLICIES>;
