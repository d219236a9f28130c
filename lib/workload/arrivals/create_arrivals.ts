import type { ArrivalProcess } from "./arrival_process.ts";
import { bursts, type BurstsOptions } from "./bursts.ts";
import { gammaArrivals, type GammaArrivalsOptions } from "./gamma.ts";
import { poisson } from "./poisson.ts";
import { rateCurve, type RateCurveOptions } from "./rate_curve.ts";
import { uniformArrivals } from "./uniform.ts";
import { weibullArrivals, type WeibullArrivalsOptions } from "./weibull.ts";

/** The arrival processes by name. A new one is one file and one line here. */
export const ARRIVALS = {
  poisson: (options: { readonly ratePerSecond: number }) => poisson(options),
  uniform: (options: { readonly ratePerSecond: number }) => uniformArrivals(options),
  gamma: (options: GammaArrivalsOptions) => gammaArrivals(options),
  weibull: (options: WeibullArrivalsOptions) => weibullArrivals(options),
  bursts: (options: BurstsOptions) => bursts(options),
  "rate-curve": (options: RateCurveOptions) => rateCurve(options),
} as const satisfies Record<string, (options: never) => ArrivalProcess>;

/** Names that `createArrivals` knows. */
export type ArrivalsName = keyof typeof ARRIVALS;

/** An arrival process as plain data: its name and that process's options. */
export type ArrivalsSpec = {
  [Name in ArrivalsName]:
    & { readonly process: Name }
    & Parameters<(typeof ARRIVALS)[Name]>[0];
}[ArrivalsName];

/**
 * The arrival process that a configuration describes.
 *
 * @throws {RangeError} If the name is unknown or an option out of range.
 *
 * @example
 * ```ts
 * import { createArrivals } from "./mod.ts";
 *
 * createArrivals({ process: "gamma", ratePerSecond: 10, cv: 4 });
 * ```
 */
export function createArrivals(spec: ArrivalsSpec): ArrivalProcess {
  if (!Object.hasOwn(ARRIVALS, spec.process)) {
    throw new RangeError(
      `Cannot use arrivals as one of ${
        Object.keys(ARRIVALS).join(", ")
      }: current value is "${spec.process}"`,
    );
  }
  // The name selects the options' type, which the compiler cannot follow through a table.
  const create = ARRIVALS[spec.process] as (options: ArrivalsSpec) => ArrivalProcess;
  return create(spec);
}
