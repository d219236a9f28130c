import type { ArrivalProcess } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { withFill } from "./with_fill.ts";

/**
 * A constant rate: arrivals at 1 / rate, 2 / rate, ... Draws nothing from the stream. Instants are
 * multiples of the gap, not sums of gaps, so that no rounding error builds up.
 *
 * @throws {RangeError} If the rate is not a finite number above 0.
 */
export function uniformArrivals(options: { readonly ratePerSecond: number }): ArrivalProcess {
  const { ratePerSecond } = options;
  checkPositive(ratePerSecond, "uniform", "ratePerSecond");
  return withFill({
    meanRatePerSecond: ratePerSecond,
    next: (_stream, previousSeconds) =>
      (Math.round(previousSeconds * ratePerSecond) + 1) / ratePerSecond,
  });
}
