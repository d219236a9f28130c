import { gamma } from "../../sim/distributions/gamma.ts";
import {
  ARRIVAL_RATE,
  type ArrivalProcess,
  type ArrivalsEntry,
  GAP_VARIATION,
} from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { renewal } from "./renewal.ts";

/** Options of `gammaArrivals`. */
export interface GammaArrivalsOptions {
  /** Arrival rate, requests per second, > 0. */
  readonly ratePerSecond: number;
  /** Coefficient of variation of the gaps, > 0: 1 is Poisson, above 1 bursty, below 1 regular. */
  readonly cv: number;
}

/** `gamma` as files name it. */
export const gammaProcess: ArrivalsEntry<"gamma", GammaArrivalsOptions> = {
  name: "gamma",
  describe: "Independent gamma gaps of a given variation.",
  section: null,
  settings: { ratePerSecond: ARRIVAL_RATE, cv: GAP_VARIATION },
  cv: ({ cv }) => cv,
  create: gammaArrivals,
};

/**
 * Independent gamma gaps of a given rate and coefficient of variation.
 *
 * @throws {RangeError} If an option is not a finite number above 0.
 */
export function gammaArrivals({ ratePerSecond, cv }: GammaArrivalsOptions): ArrivalProcess {
  checkPositive(ratePerSecond, "gamma", "ratePerSecond");
  checkPositive(cv, "gamma", "cv");
  return renewal(gamma({ mean: 1 / ratePerSecond, std: cv / ratePerSecond }));
}
