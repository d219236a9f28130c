import { checkBounds, checkPositive, unreachableMean } from "./check.ts";
import type { Bounds, Distribution } from "./distribution.ts";
import { withFill } from "./with_fill.ts";

/** Options of `uniform`: `min` and `max`, or `mean` and `std`, or all. */
export interface UniformOptions extends Bounds {
  /** Mean; default (min + max) / 2. */
  readonly mean?: number;
  /** Standard deviation before truncation, > 0; default as wide as the bounds allow. */
  readonly std?: number;
}

/**
 * Equally likely values on an interval around the mean. Half its width is sqrt(3) std, or less where
 * a bound is nearer: both sides shrink alike, so that the mean stays.
 *
 * @throws {RangeError} If an option is out of range, or neither `max` nor `mean` and `std` are given.
 *
 * @example
 * ```ts
 * import { uniform } from "./mod.ts";
 *
 * const die = uniform({ min: 1, max: 6, integer: true });
 * console.log(die.mean); // 3.5
 * ```
 */
export function uniform(options: UniformOptions): Distribution {
  const { min, max, integer } = checkBounds(options, "uniform");
  const mean = options.mean ?? (min + max) / 2;
  checkPositive(mean, "uniform", options.mean === undefined ? "max" : "mean");
  if (options.std !== undefined) checkPositive(options.std, "uniform", "std");
  if (!(mean >= min && mean <= max)) throw unreachableMean("uniform", mean, { min, max, integer });
  const edge = integer ? 0.5 : 0;
  let half = Math.min(mean - min + edge, max - mean + edge);
  if (options.std !== undefined) half = Math.min(half, Math.sqrt(3) * options.std);
  if (!integer) {
    const from = mean - half;
    return withFill(mean, (stream) => from + 2 * half * stream.next());
  }
  // Whole cells where the mean allows: an odd number of them around a whole mean, an even number
  // around a half one. Any other mean is kept to a fraction of a cell.
  if (Number.isInteger(mean)) half = Math.max(0.5, Math.floor(half - 0.5) + 0.5);
  else if (Number.isInteger(2 * mean)) half = Math.max(1, Math.floor(half));
  const from = mean - half;
  return withFill(
    mean,
    (stream) => Math.min(max, Math.floor(from + 2 * half * stream.next() + 0.5)),
  );
}
