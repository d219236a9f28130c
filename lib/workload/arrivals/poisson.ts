import { log } from "../../stats/elementary/mod.ts";
import { ARRIVAL_RATE, type ArrivalProcess, type ArrivalsEntry } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";

/** `poisson` as files name it. */
export const poissonProcess: ArrivalsEntry<"poisson", { readonly ratePerSecond: number }> = {
  name: "poisson",
  describe: "Independent exponential gaps.",
  section: null,
  settings: { ratePerSecond: ARRIVAL_RATE },
  cv: () => 1,
  create: poisson,
};

/**
 * Poisson arrivals: independent exponential gaps.
 *
 * @throws {RangeError} If the rate is not a finite number above 0.
 *
 * @example
 * ```ts
 * import { randomStreams } from "../../sim/random_streams.ts";
 * import { poisson } from "./mod.ts";
 *
 * const arrivals = poisson({ ratePerSecond: 32 });
 * const firstSeconds = arrivals.next(randomStreams(1).take("arrivals"), 0);
 * ```
 */
export function poisson(options: { readonly ratePerSecond: number }): ArrivalProcess {
  const { ratePerSecond } = options;
  checkPositive(ratePerSecond, "poisson", "ratePerSecond");
  const gap = 1 / ratePerSecond;
  return {
    meanRatePerSecond: ratePerSecond,
    next: (stream, previousSeconds) => previousSeconds - gap * log(1 - stream.next()),
    fill(target, stream, previousSeconds) {
      let at = previousSeconds;
      for (let i = 0; i < target.length; i++) target[i] = at -= gap * log(1 - stream.next());
    },
  };
}
