import { log } from "../../stats/elementary/mod.ts";
import type { ArrivalProcess } from "./arrival_process.ts";
import { checkPositive } from "./check.ts";
import { withFill } from "./with_fill.ts";

/** Pieces that have numbers of their own. */
const LAST_PIECE = 2 ** 52;

/** Options of `rateCurve`. */
export interface RateCurveOptions {
  /** Rate of each piece, requests per second, >= 0, at least one above 0. */
  readonly ratesPerSecond: readonly number[];
  /** Length of every piece, seconds, > 0. Default 60. */
  readonly pieceSeconds?: number;
  /** Whether the curve starts again after its end (default true) or arrivals end with it. */
  readonly repeat?: boolean;
}

/**
 * Poisson arrivals whose rate is constant within each piece of a curve (a non-homogeneous Poisson
 * process), by the inverse of the integrated rate: one draw per arrival, exact across pieces.
 *
 * @throws {RangeError} If a rate is negative or not finite, none is above 0, or the length of a
 *   piece is not above 0.
 *
 * @example
 * ```ts
 * import { rateCurve } from "./mod.ts";
 *
 * const daily = rateCurve({ ratesPerSecond: [1, 4, 2], pieceSeconds: 8 * 3600 });
 * ```
 */
export function rateCurve(options: RateCurveOptions): ArrivalProcess {
  const { ratesPerSecond, pieceSeconds = 60, repeat = true } = options;
  checkPositive(pieceSeconds, "rate-curve", "pieceSeconds");
  const rates = Float64Array.from(ratesPerSecond);
  let sum = 0;
  rates.forEach((rate, i) => {
    if (!(rate >= 0) || rate === Infinity) {
      throw new RangeError(
        `Cannot use rate ${i} of rate-curve arrivals as a number >= 0: current value is ${rate}`,
      );
    }
    sum += rate;
  });
  if (!(sum > 0)) {
    throw new RangeError(
      `Cannot use rates of rate-curve arrivals as a curve with arrivals: current value is [${
        ratesPerSecond.slice(0, 5)
      }]`,
    );
  }
  const cycleSeconds = rates.length * pieceSeconds;
  const perCycle = sum * pieceSeconds;
  return withFill({
    meanRatePerSecond: repeat ? sum / rates.length : 0,
    ...(repeat && { periodSeconds: cycleSeconds }),
    next(stream, previousSeconds) {
      // Integrated rate that is left to pass until the next arrival.
      let left = -log(1 - stream.next());
      let at = previousSeconds;
      if (repeat && left > 2 * perCycle) {
        // Whole cycles at once: a low rate has many of them between two arrivals.
        const cycles = Math.floor(left / perCycle) - 1;
        left -= cycles * perCycle;
        at += cycles * cycleSeconds;
      }
      // Beyond this instant pieces cannot be told apart.
      if (!(at / pieceSeconds < LAST_PIECE)) return Infinity;
      let piece = Math.floor(at / pieceSeconds);
      for (;; piece++) {
        if (!repeat && piece >= rates.length) return Infinity;
        const rate = rates[piece % rates.length];
        const end = (piece + 1) * pieceSeconds;
        // Division may round an instant just below a boundary up to it.
        const available = Math.max(0, end - at) * rate;
        if (left < available) return Math.min(end, at + left / rate);
        left -= available;
        at = Math.max(at, end);
      }
    },
  });
}
