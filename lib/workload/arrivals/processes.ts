import type { NameOf, PolicyTable } from "../../settings/policy.ts";
import { burstsProcess } from "./bursts.ts";
import { gammaProcess } from "./gamma.ts";
import { poissonProcess } from "./poisson.ts";
import { uniformProcess } from "./uniform.ts";
import { weibullProcess } from "./weibull.ts";

/** The arrival processes. A new one is one file and one line here. */
export const ARRIVALS = {
  wanted: "a workload",
  entries: [
    poissonProcess,
    uniformProcess,
    gammaProcess,
    weibullProcess,
    burstsProcess,
  ],
} as const satisfies PolicyTable;

/** Names of arrival processes. */
export type ArrivalsName = NameOf<typeof ARRIVALS>;
