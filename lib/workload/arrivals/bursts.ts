import { log } from "../../stats/elementary/mod.ts";
import { quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import type { ArrivalProcess, ArrivalsEntry } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { withFill } from "./with_fill.ts";

/** Periods that have numbers of their own. */
const LAST_PERIOD = 2 ** 52;

/** Options of `bursts`. */
export interface BurstsOptions {
  /** Rate between bursts, requests per second, >= 0. */
  readonly baseRatePerSecond: number;
  /** Rate in a burst, requests per second, > 0. */
  readonly burstRatePerSecond: number;
  /** Seconds from the start of one burst to the start of the next, > 0. */
  readonly periodSeconds: number;
  /** Length of each burst, seconds, in (0, periodSeconds]. */
  readonly burstSeconds: number;
}

/** `synthetic` as files name it. */
export const burstsProcess: ArrivalsEntry<"synthetic", BurstsOptions> = {
  name: "synthetic",
  aliases: ["bursts", "burst"],
  describe: "Poisson arrivals that alternate between two rates.",
  section: "burst",
  settings: {
    baseRatePerSecond: quantity("requests per second", {
      key: "base_rate",
      min: 0,
      default: 2,
      describe: "Rate between bursts, requests per second.",
    }),
    burstRatePerSecond: quantity("requests per second", {
      key: "burst_rate",
      above: 0,
      default: 20,
      describe: "Rate during a burst, requests per second.",
    }),
    periodSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: 300,
      describe: "Time from the start of one burst to the start of the next, seconds.",
    }),
    burstSeconds: quantity("seconds", {
      key: "length",
      above: 0,
      default: 30,
      describe: "Duration of a burst, seconds; at most `period`.",
    }),
  },
  check: ({ burstSeconds, periodSeconds }) =>
    burstSeconds <= periodSeconds ? [] : [{
      option: "burstSeconds",
      wanted: "a part of the period",
      allowed: `<= period, which is ${periodSeconds}`,
    }],
  create: bursts,
};

/**
 * Poisson arrivals whose rate alternates: each period begins with base traffic and ends with a burst
 * of `burstSeconds`.
 *
 * @throws {RangeError} If a rate or a length is out of range.
 *
 * @example
 * ```ts
 * import { bursts } from "./mod.ts";
 *
 * bursts({ baseRatePerSecond: 2, burstRatePerSecond: 40, periodSeconds: 300, burstSeconds: 20 });
 * ```
 */
export function bursts(options: BurstsOptions): ArrivalProcess {
  const { baseRatePerSecond, burstRatePerSecond, periodSeconds, burstSeconds } = options;
  if (baseRatePerSecond !== 0) checkPositive(baseRatePerSecond, "bursts", "baseRatePerSecond");
  checkPositive(burstRatePerSecond, "bursts", "burstRatePerSecond");
  checkPositive(periodSeconds, "bursts", "periodSeconds");
  checkPositive(burstSeconds, "bursts", "burstSeconds");
  if (burstSeconds > periodSeconds) {
    throw new RangeError(
      `Cannot use burstSeconds of bursts arrivals as at most periodSeconds ${periodSeconds}: current value is ${burstSeconds}`,
    );
  }
  const calmSeconds = periodSeconds - burstSeconds;
  const perPeriod = baseRatePerSecond * calmSeconds + burstRatePerSecond * burstSeconds;
  return withFill({
    meanRatePerSecond: perPeriod / periodSeconds,
    periodSeconds,
    next(stream, previousSeconds) {
      // Integrated rate that is left to pass until the next arrival.
      let left = -log(1 - stream.next());
      let at = previousSeconds;
      if (left > 2 * perPeriod) {
        // Whole periods at once: a low rate has many of them between two arrivals.
        const periods = Math.floor(left / perPeriod) - 1;
        left -= periods * perPeriod;
        at += periods * periodSeconds;
      }
      // Beyond this instant periods cannot be told apart.
      if (!(at / periodSeconds < LAST_PERIOD)) return Infinity;
      for (let period = Math.floor(at / periodSeconds);; period++) {
        const burstStart = period * periodSeconds + calmSeconds;
        const calm = Math.max(0, burstStart - at) * baseRatePerSecond;
        if (left < calm) return Math.min(burstStart, at + left / baseRatePerSecond);
        left -= calm;
        at = Math.max(at, burstStart);
        const end = (period + 1) * periodSeconds;
        const burst = Math.max(0, end - at) * burstRatePerSecond;
        if (left < burst) return Math.min(end, at + left / burstRatePerSecond);
        left -= burst;
        at = Math.max(at, end);
      }
    },
  });
}
