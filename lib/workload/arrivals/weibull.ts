import { weibull } from "../../sim/distributions/weibull.ts";
import {
  ARRIVAL_RATE,
  type ArrivalProcess,
  type ArrivalsEntry,
  GAP_VARIATION,
} from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { renewal } from "./renewal.ts";

/** Options of `weibullArrivals`. */
export interface WeibullArrivalsOptions {
  /** Arrival rate, requests per second, > 0. */
  readonly ratePerSecond: number;
  /** Coefficient of variation of the gaps, > 0: 1 is Poisson, above 1 bursty, below 1 regular. */
  readonly cv: number;
}

/** `weibull` as files name it. */
export const weibullProcess: ArrivalsEntry<"weibull", WeibullArrivalsOptions> = {
  name: "weibull",
  describe: "Independent Weibull gaps of a given variation.",
  section: null,
  settings: { ratePerSecond: ARRIVAL_RATE, cv: GAP_VARIATION },
  cv: ({ cv }) => cv,
  create: weibullArrivals,
};

/**
 * Independent Weibull gaps of a given rate and coefficient of variation, the other family that fits
 * production traffic per client.
 *
 * @throws {RangeError} If an option is not a finite number above 0.
 * @source Y. Xiang et al., "ServeGen: workload characterization and generation of large language
 *   model serving in production", arXiv:2505.09999, section 3.
 */
export function weibullArrivals({ ratePerSecond, cv }: WeibullArrivalsOptions): ArrivalProcess {
  checkPositive(ratePerSecond, "weibull", "ratePerSecond");
  checkPositive(cv, "weibull", "cv");
  return renewal(weibull({ mean: 1 / ratePerSecond, std: cv / ratePerSecond }));
}
