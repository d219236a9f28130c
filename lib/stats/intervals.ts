import { incompleteBeta } from "./incomplete_beta.ts";
import { normalQuantile } from "./normal.ts";
import { orderStatistics } from "./order_statistics.ts";
import { studentQuantile } from "./student.ts";

/** A two-sided confidence interval, in the unit of the values. */
export interface Interval {
  /** Point estimate. */
  readonly estimate: number;
  /** Lower end; -Infinity when the sample is too small to bound it. */
  readonly lower: number;
  /** Upper end; Infinity when the sample is too small to bound it. */
  readonly upper: number;
  /** Half of upper - lower. */
  readonly halfWidth: number;
  /** Confidence asked for, such as 0.95. */
  readonly level: number;
}

/**
 * Student's t interval for the mean of independent values, such as one per replication. Exact for
 * normal values.
 *
 * @param values at least 1, all finite; a single one gives an unbounded interval.
 * @param level confidence between 0 and 1.
 * @source Law 2015, "Simulation modeling and analysis", 5th edition, section 4.5
 *
 * @example
 * ```ts
 * import { meanInterval } from "./intervals.ts";
 *
 * const { estimate, halfWidth } = meanInterval([1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55,
 *   0.5, 1.09], 0.9);
 * console.log(estimate, halfWidth); // 1.343 and 0.24 (Law 2015, example 4.26)
 * ```
 */
export function meanInterval(values: ArrayLike<number>, level = 0.95): Interval {
  requireLevel(level);
  const { mean, standardError } = meanAndError(values);
  if (values.length === 1) return around(mean, Infinity, level);
  return around(mean, studentQuantile(0.5 + level / 2, values.length - 1) * standardError, level);
}

/**
 * Interval for the mean of `after - before`, value by value. With common random numbers (both
 * values of a pair from the same streams) it is far narrower than two separate intervals.
 *
 * @param before values of the first system, one per replication.
 * @param after values of the second system in the same order.
 * @source Law 2015, "Simulation modeling and analysis", 5th edition, section 10.2.1
 *
 * @example
 * ```ts
 * import { pairedInterval } from "./intervals.ts";
 *
 * console.log(pairedInterval([1, 2, 3], [2, 3, 4])); // exactly 1, half-width 0
 * ```
 */
export function pairedInterval(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  level = 0.95,
): Interval {
  if (before.length !== after.length) {
    throw new RangeError(
      `Cannot pair values as two lists of one length: ` +
        `current value is ${before.length} and ${after.length}`,
    );
  }
  return meanInterval(Float64Array.from(before, (value, i) => after[i] - value), level);
}

/**
 * Distribution-free interval for a quantile of independent values: two order statistics whose
 * ranks are set by the binomial distribution, at most (1 - level) / 2 of error on either side.
 *
 * @param values at least 1, none NaN; not changed.
 * @param q the quantile, between 0 and 1.
 * @returns the estimate is the type-7 quantile; an end that the sample is too small to bound is
 *   infinite.
 * @source David and Nagaraja 2003, "Order statistics", 3rd edition, section 7.1
 *
 * @example
 * ```ts
 * import { quantileInterval } from "./intervals.ts";
 *
 * const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
 * console.log(quantileInterval(ten, 0.5)); // 2 to 9: 97.9 % confidence, the least above 95 %
 * ```
 */
export function quantileInterval(values: ArrayLike<number>, q: number, level = 0.95): Interval {
  requireLevel(level);
  if (!(q > 0 && q < 1)) {
    throw new RangeError(`Cannot bound a quantile as between 0 and 1: current value is ${q}`);
  }
  const count = values.length;
  requireValues(values);
  const tail = (1 - level) / 2;
  // belowAtMost(k) = P(at most k of the values lie below the quantile)
  const belowAtMost = (k: number) =>
    k < 0 ? 0 : k >= count ? 1 : incompleteBeta(count - k, k + 1, 1 - q);
  // Rising in k: the number of ranks k >= 0 with belowAtMost(k) <= tail, and with the rest > tail.
  const lowRank = countWhile(count, (k) => belowAtMost(k) <= tail) - 1;
  const highRank = countWhile(count, (k) => 1 - belowAtMost(k) > tail);
  const position = q * (count - 1);
  const floor = Math.floor(position);
  const ceil = Math.ceil(position);
  const [below, above, lowest, highest] = orderStatistics(
    Float64Array.from(values),
    [floor, ceil, Math.max(lowRank, 0), Math.min(highRank, count - 1)],
  );
  const lower = lowRank >= 0 ? lowest : -Infinity;
  const upper = highRank < count ? highest : Infinity;
  const estimate = below + (position - floor) * (above - below);
  return { estimate, lower, upper, halfWidth: (upper - lower) / 2, level };
}

/**
 * Wilson's score interval for a proportion, such as SLO attainment; sound also near 0 and 1.
 *
 * @param successes 0 to trials.
 * @param trials >= 1.
 * @source Wilson 1927, JASA 22(158); Brown, Cai and DasGupta 2001, Statistical Science 16(2)
 *
 * @example
 * ```ts
 * import { wilsonInterval } from "./intervals.ts";
 *
 * console.log(wilsonInterval(0, 10)); // 0 to 0.2775
 * ```
 */
export function wilsonInterval(successes: number, trials: number, level = 0.95): Interval {
  requireLevel(level);
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(
      `Cannot bound a proportion as successes from 0 to the trials, trials >= 1: ` +
        `current value is ${successes} of ${trials}`,
    );
  }
  const share = successes / trials;
  const squared = normalQuantile(0.5 + level / 2) ** 2;
  const centre = (share + squared / (2 * trials)) / (1 + squared / trials);
  const halfWidth = Math.sqrt(squared * (share * (1 - share) + squared / (4 * trials)) / trials) /
    (1 + squared / trials);
  const lower = successes === 0 ? 0 : centre - halfWidth;
  const upper = successes === trials ? 1 : centre + halfWidth;
  return { estimate: share, lower, upper, halfWidth: (upper - lower) / 2, level };
}

function around(estimate: number, halfWidth: number, level: number): Interval {
  return { estimate, lower: estimate - halfWidth, upper: estimate + halfWidth, halfWidth, level };
}

function meanAndError(values: ArrayLike<number>): { mean: number; standardError: number } {
  const count = values.length;
  requireValues(values);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  return { mean, standardError: Math.sqrt(squares / (count - 1) / count) };
}

/** How many of 0 .. count - 1 fulfil a condition that holds for the first ones only. */
function countWhile(count: number, condition: (k: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (condition(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function requireLevel(level: number): void {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot make an interval as a level in (0, 1): current value is ${level}`);
  }
}

function requireValues(values: ArrayLike<number>): void {
  if (values.length === 0) {
    throw new RangeError(`Cannot make an interval as of at least one value: current value is []`);
  }
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) continue;
    throw new RangeError(
      `Cannot make an interval as of finite values: current value is ${values[i]} at ${i}`,
    );
  }
}
