import { placeOrderStatistics } from "./order_statistics.ts";

/** What `describe` says about a column; all but the count are NaN when it holds no number. */
export interface Description {
  /** Values that are not NaN. */
  readonly count: number;
  /** Arithmetic mean of these. */
  readonly mean: number;
  /** Smallest of these. */
  readonly min: number;
  /** Largest of these. */
  readonly max: number;
  /** One value per percentage asked for, in the order asked. */
  readonly percentiles: Float64Array;
}

/**
 * Count, mean, min, max and exact percentiles of a column, NaN left out. In the unit of the values.
 * Percentiles interpolate between neighbouring order statistics (type 7, NumPy's default).
 *
 * @param values not changed.
 * @param percentages each from 0 to 100, in any order.
 * @param scratch room for a copy, at least as long as `values`; pass one to spare an allocation.
 * @source Hyndman and Fan 1996, "Sample quantiles in statistical packages", definition 7
 *
 * @example
 * ```ts
 * import { describe } from "./quantiles.ts";
 *
 * const { mean, percentiles } = describe(Float64Array.of(4, 1, NaN, 3, 2), [50, 90]);
 * console.log(mean, percentiles); // 2.5, [2.5, 3.7]
 * ```
 */
export function describe(
  values: Float64Array,
  percentages: readonly number[],
  scratch: Float64Array = new Float64Array(values.length),
): Description {
  if (scratch.length < values.length) {
    throw new RangeError(
      `Cannot describe ${values.length} values with a scratch at least as long: ` +
        `current value is ${scratch.length}`,
    );
  }
  let count = 0;
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value !== value) continue; // NaN
    scratch[count++] = value;
    if (value < min) min = value;
    if (value > max) max = value;
    // Neumaier's compensated sum keeps the mean right to the last digits over millions of values.
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  if (max === Infinity || min === -Infinity) lost = 0;
  const result = percentilesInPlace(scratch, count, percentages);
  if (count === 0) return { count, mean: NaN, min: NaN, max: NaN, percentiles: result };
  return { count, mean: (sum + lost) / count, min, max, percentiles: result };
}

/**
 * Exact percentiles of a column, NaN left out; see `describe`, which this calls.
 *
 * @param percentages each from 0 to 100, in any order.
 * @param scratch room for a copy, at least as long as `values`.
 * @returns one value per percentage, NaN when the column holds no number.
 *
 * @example
 * ```ts
 * import { percentiles } from "./quantiles.ts";
 *
 * console.log(percentiles(Float64Array.of(4, 1, 3, 2), [50])); // [2.5]
 * ```
 */
export function percentiles(
  values: Float64Array,
  percentages: readonly number[],
  scratch?: Float64Array,
): Float64Array {
  return describe(values, percentages, scratch).percentiles;
}

function percentilesInPlace(
  values: Float64Array,
  count: number,
  percentages: readonly number[],
): Float64Array {
  const result = new Float64Array(percentages.length).fill(NaN);
  const position = percentages.map((percentage) => {
    if (!(percentage >= 0 && percentage <= 100)) {
      throw new RangeError(
        `Cannot take a percentile as a percentage from 0 to 100: current value is ${percentage}`,
      );
    }
    return percentage / 100 * (count - 1);
  });
  if (count === 0) return result;
  const ranks = new Set<number>();
  for (const p of position) ranks.add(Math.floor(p)).add(Math.ceil(p));
  placeOrderStatistics(values, count, [...ranks].sort((a, b) => a - b));
  position.forEach((p, i) => {
    const lower = values[Math.floor(p)];
    const upper = values[Math.ceil(p)];
    result[i] = lower === upper ? lower : lower + (p - Math.floor(p)) * (upper - lower);
  });
  return result;
}
