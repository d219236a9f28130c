import { orderStatistics } from "./order_statistics.ts";

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
export function describe(values: Float64Array, percentages: readonly number[]): Description {
  let numbers = values;
  let sum = sumOf(values);
  // One value that is no number makes the sum none.
  if (Number.isNaN(sum)) {
    numbers = values.filter((value) => !Number.isNaN(value));
    sum = sumOf(numbers);
  }
  const count = numbers.length;
  const ranks = ranksAround(percentages, count);
  return described(count, sum, count === 0 ? [] : orderStatistics(numbers, ranks), percentages);
}

/** Ranks of the least and the greatest of `count` values, and of the two around each percentile. */
export function ranksAround(percentages: readonly number[], count: number): number[] {
  const positions = percentages.map((percentage) => positionOf(percentage, count));
  return [0, count - 1, ...positions.flatMap((at) => [Math.floor(at), Math.ceil(at)])];
}

/**
 * A description of `count` values.
 *
 * @param sum Their sum, where all are finite.
 * @param found Those with the ranks that {@link ranksAround} names.
 */
export function described(
  count: number,
  sum: number,
  found: ArrayLike<number>,
  percentages: readonly number[],
): Description {
  if (count === 0) {
    const none = new Float64Array(percentages.length).fill(NaN);
    return { count, mean: NaN, min: NaN, max: NaN, percentiles: none };
  }
  const [min, max] = [found[0], found[1]];
  const percentiles = Float64Array.from(percentages, (percentage, i) => {
    const position = positionOf(percentage, count);
    const lower = found[2 * i + 2];
    const upper = found[2 * i + 3];
    return lower === upper ? lower : lower + (position - Math.floor(position)) * (upper - lower);
  });
  const isFinite = min > -Infinity && max < Infinity;
  return { count, mean: (isFinite ? sum : min + max) / count, min, max, percentiles };
}

/**
 * Exact percentiles of a column, NaN left out; see `describe`, which this calls.
 *
 * @param percentages each from 0 to 100, in any order.
 * @returns one value per percentage, NaN when the column holds no number.
 *
 * @example
 * ```ts
 * import { percentiles } from "./quantiles.ts";
 *
 * console.log(percentiles(Float64Array.of(4, 1, 3, 2), [50])); // [2.5]
 * ```
 */
export function percentiles(values: Float64Array, percentages: readonly number[]): Float64Array {
  return describe(values, percentages).percentiles;
}

/** Place of a percentile among the sorted values, from 0 to count - 1. */
function positionOf(percentage: number, count: number): number {
  if (!(percentage >= 0 && percentage <= 100)) {
    throw new RangeError(
      `Cannot take a percentile as a percentage from 0 to 100: current value is ${percentage}`,
    );
  }
  return percentage / 100 * (count - 1);
}

/** Neumaier's compensated sum keeps a mean right to the last digits over millions of values. */
export class CompensatedSum {
  #sum = 0;
  #lost = 0;

  /** Adds a value. */
  add(value: number): void {
    const next = this.#sum + value;
    this.#lost += Math.abs(this.#sum) >= Math.abs(value)
      ? (this.#sum - next) + value
      : (value - next) + this.#sum;
    this.#sum = next;
  }

  /** The sum of what was added. */
  get value(): number {
    return this.#sum + this.#lost;
  }
}

/** The same of values at once. */
function sumOf(values: Float64Array): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
    sum = next;
  }
  return sum + lost;
}
