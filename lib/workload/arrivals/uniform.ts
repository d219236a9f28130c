import { ARRIVAL_RATE, type ArrivalProcess, type ArrivalsEntry } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { withFill } from "./with_fill.ts";

/** `uniform` as files name it. */
export const uniformProcess: ArrivalsEntry<"uniform", { readonly ratePerSecond: number }> = {
  name: "uniform",
  aliases: ["constant"],
  describe: "A constant gap.",
  section: null,
  settings: { ratePerSecond: ARRIVAL_RATE },
  cv: () => 0,
  create: uniformArrivals,
};

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
