import { expm1, log } from "../../stats/elementary/mod.ts";
import { checkBounds, checkPositive, unreachableMean } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";

/** Mean of an exponential of rate 1 limited to (0, x): 1 - x / (e^x - 1). */
function limitedMean(x: number): number {
  return x < 1e-3 ? x / 2 - x * x / 12 : 1 - x / expm1(x);
}

/** Mean of a geometric 0, 1, ... with ratio e^-rate limited to below `count`. */
function limitedGeometricMean(rate: number, count: number): number {
  const whole = 1 / expm1(rate);
  return count === Infinity ? whole : whole - count / expm1(rate * count);
}

/** The rate at which the falling `meanAt` equals `mean`. Undefined where no rate > 0 does. */
function solveRate(meanAt: (rate: number) => number, mean: number): number | undefined {
  let low = 1 / mean;
  let high = low;
  for (let i = 0; !(meanAt(low) >= mean); i++, low /= 2) if (i > 40) return undefined;
  for (let i = 0; !(meanAt(high) <= mean); i++, high *= 2) if (i > 40) return undefined;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (meanAt(middle) > mean) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * Exponential values, limited to [min, max] by the inverse of the truncated law: one draw and one
 * logarithm each. The rate is solved so that the truncated mean is `mean`; with `integer` the values
 * are those of a truncated geometric law, and its mean is exact as well.
 *
 * @throws {RangeError} If an option is out of range, or the mean is not below (min + max) / 2, which
 *   is the limit of the truncated law as its rate goes to 0.
 *
 * @example
 * ```ts
 * import { randomStreams } from "../random_streams.ts";
 * import { exponential } from "./mod.ts";
 *
 * const promptTokens = exponential({ mean: 512, min: 1, max: 8192, integer: true });
 * const tokens = new Int32Array(1000);
 * promptTokens.fillInt32(tokens, randomStreams(1).take("prompt_tokens"));
 * ```
 */
export function exponential(options: Bounds & { readonly mean: number }): Distribution {
  const { mean } = options;
  checkPositive(mean, "exponential", "mean");
  const bounds = checkBounds(options, "exponential");
  const { min, max, integer } = bounds;
  const excess = mean - min;
  if (!(excess > 0)) throw unreachableMean("exponential", mean, bounds);
  const width = max - min + (integer ? 1 : 0);
  const rate = solveRate(
    integer
      ? (r) => limitedGeometricMean(r, width)
      : (r) => width === Infinity ? 1 / r : limitedMean(r * width) / r,
    excess,
  );
  // A rate this small is the uniform limit: the mean asked for lies beyond it.
  if (rate === undefined || rate * width < 1e-6) {
    throw unreachableMean("exponential", mean, bounds);
  }
  const covered = -expm1(-rate * width);
  const scale = -1 / rate;
  if (!integer) {
    return {
      mean,
      sample: (stream) => min + scale * log(1 - covered * stream.next()),
      fillInt32(target, stream) {
        for (let i = 0; i < target.length; i++) {
          target[i] = Math.floor(min + scale * log(1 - covered * stream.next()) + 0.5);
        }
      },
    };
  }
  return {
    mean,
    sample: (stream) => Math.min(max, min + Math.floor(scale * log(1 - covered * stream.next()))),
    // The stored number is cut to a whole one, which is the floor of a positive number.
    fillInt32(target, stream) {
      for (let i = 0; i < target.length; i++) {
        const value = min + scale * log(1 - covered * stream.next());
        target[i] = value < max ? value : max;
      }
    },
  };
}
