import { log } from "../../stats/elementary/mod.ts";
import type { ArrivalProcess } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";

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
