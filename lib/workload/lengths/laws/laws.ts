import type { NameOf, PolicyTable } from "../../../settings/policy.ts";
import { constantLengths } from "./constant.ts";
import { empiricalLengths } from "./empirical.ts";
import { exponentialLengths } from "./exponential.ts";
import { gammaLengths } from "./gamma.ts";
import { lognormalLengths } from "./lognormal.ts";
import { paretoLengths } from "./pareto.ts";
import { uniformLengths } from "./uniform.ts";
import { weibullLengths } from "./weibull.ts";
import { zipfLengths } from "./zipf.ts";

/** The laws of lengths. A new one is one file and one line here. */
export const LENGTH_LAWS = {
  wanted: "a length distribution",
  entries: [
    constantLengths,
    uniformLengths,
    exponentialLengths,
    gammaLengths,
    lognormalLengths,
    weibullLengths,
    paretoLengths,
    zipfLengths,
    empiricalLengths,
  ],
} as const satisfies PolicyTable;

/** Names of laws of lengths. */
export type LengthLawName = NameOf<typeof LENGTH_LAWS>;
