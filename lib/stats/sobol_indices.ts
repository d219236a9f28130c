import type { Interval } from "./intervals.ts";
import { SOBOL_DIMENSIONS, sobolPoints, type UniformSource } from "./sobol_sequence.ts";

/** Factors that {@link saltelliSample} has at most: two matrices of points each. */
export const MOST_SOBOL_FACTORS: number = SOBOL_DIMENSIONS / 2;

/**
 * Where a function is evaluated for its Sobol indices. `byFactor[i]` has the points of `a` with the
 * coordinate of factor i from `b`.
 */
export interface SaltelliSample<Point> {
  /** Points of the first matrix. */
  readonly a: readonly Point[];
  /** Points of the second one, independent of the first. */
  readonly b: readonly Point[];
  /** By factor the points that differ from `a` in it alone. */
  readonly byFactor: readonly (readonly Point[])[];
}

/** What part of the variance of a measure a factor has. */
export interface SobolIndex {
  /** By itself: variance of the mean given the factor, over all variance. */
  readonly first: Interval;
  /** With everything that it takes part in: mean variance given all other factors, over all variance. */
  readonly total: Interval;
}

/**
 * Points of Saltelli's scheme in the unit cube, from Sobol's sequence with a digital shift: two
 * independent matrices, and one for each factor, `count * (factors + 2)` points together.
 *
 * @param factors 1 to 32.
 * @param count Points of a matrix, a power of two, so that each coordinate is evenly covered.
 * @source A. Saltelli et al. 2010, "Variance based sensitivity analysis of model output", Computer Physics
 *   Communications 181(2)
 */
export function saltelliSample(
  factors: number,
  count: number,
  random: UniformSource,
): SaltelliSample<Float64Array> {
  const points = sobolPoints(2 * factors, count, random);
  const a = points.map((point) => point.slice(0, factors));
  const b = points.map((point) => point.slice(factors));
  const byFactor = Array.from({ length: factors }, (_, factor) =>
    a.map((point, i) => {
      const own = point.slice();
      own[factor] = b[i][factor];
      return own;
    }));
  return { a, b, byFactor };
}

/** Options of {@link sobolIndices}. */
export interface SobolIndicesOptions {
  /** Draws the resamples of the bootstrap. */
  readonly random: UniformSource;
  /** Confidence of the intervals, between 0 and 1; default 0.95. */
  readonly level?: number;
  /** Resamples, >= 1; default 500. */
  readonly resamples?: number;
}

/**
 * First-order and total-effect indices from the values of a function at a {@link SaltelliSample}, each
 * with the percentile interval of a bootstrap over the points of the matrices. A factor that changes
 * nothing has indices of exactly 0. Of a function that is constant nothing can be said: all are NaN.
 *
 * @source First order: Saltelli et al. 2010, table 2 (b), on centred values; total: M. J. W. Jansen 1999,
 *   Computer Physics Communications 117; bootstrap: G. E. B. Archer, A. Saltelli and I. M. Sobol 1997,
 *   Journal of Statistical Computation and Simulation 58(2)
 */
export function sobolIndices(
  { a, b, byFactor }: SaltelliSample<number>,
  { random, level = 0.95, resamples = 500 }: SobolIndicesOptions,
): SobolIndex[] {
  const count = a.length;
  const isSample = count >= 2 && b.length === count &&
    byFactor.every((values) => values.length === count) &&
    [a, b, ...byFactor].every((values) => values.every(Number.isFinite));
  if (!isSample) {
    throw new RangeError(
      `Cannot compute Sobol indices as of lists of one length, finite and of two values or more: ` +
        `current value is ${[a, b, ...byFactor].map((values) => values.length).join(", ")} values`,
    );
  }
  const all = Int32Array.from({ length: count }, (_, i) => i);
  const rows = Array.from(
    { length: resamples },
    () => all.map(() => Math.floor(random.next() * count)),
  );
  const estimates = [all, ...rows].map((chosen) => indicesOf({ a, b, byFactor }, chosen));
  return byFactor.map((_, factor) => ({
    first: intervalOf(estimates.map(({ first }) => first[factor]), level),
    total: intervalOf(estimates.map(({ total }) => total[factor]), level),
  }));
}

/** The indices from some of the rows of the matrices. */
function indicesOf({ a, b, byFactor }: SaltelliSample<number>, rows: Int32Array) {
  const count = rows.length;
  let mean = 0;
  for (const i of rows) mean += (a[i] + b[i]) / (2 * count);
  let variance = 0;
  for (const i of rows) variance += ((a[i] - mean) ** 2 + (b[i] - mean) ** 2) / (2 * count);
  const first = byFactor.map((own) => {
    let sum = 0;
    for (const i of rows) sum += (b[i] - mean) * (own[i] - a[i]);
    return sum / count / variance;
  });
  const total = byFactor.map((own) => {
    let sum = 0;
    for (const i of rows) sum += (a[i] - own[i]) ** 2;
    return sum / (2 * count) / variance;
  });
  return { first, total };
}

/** The estimate of the whole sample, and the percentiles of those of the resamples. */
function intervalOf([estimate, ...resampled]: readonly number[], level: number): Interval {
  // A resample of equal values has no variance, and says nothing.
  const sorted = resampled.filter(Number.isFinite).sort((one, other) => one - other);
  const at = (share: number) => {
    if (sorted.length === 0) return NaN;
    const position = share * (sorted.length - 1);
    const below = Math.floor(position);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  };
  const [lower, upper] = [at((1 - level) / 2), at((1 + level) / 2)];
  return { estimate, lower, upper, halfWidth: (upper - lower) / 2, level };
}

/**
 * The indices of a function on a full grid, exact: levels of a factor count equally.
 *
 * @param values Of all combinations, the last factor varies fastest.
 * @param levels Levels of each factor; their product is the number of values.
 * @returns First-order and total-effect index of each factor; NaN where all values are equal.
 */
export function gridIndices(
  values: readonly number[],
  levels: readonly number[],
): { readonly first: number; readonly total: number }[] {
  const cells = levels.reduce((product, one) => product * one, 1);
  if (cells !== values.length || !values.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot decompose the variance on a grid as of ${cells} finite values: current value is ` +
        `${values.length} values`,
    );
  }
  const mean = meanOf(values);
  const variance = meanOf(values.map((value) => (value - mean) ** 2));
  return levels.map((own, factor) => {
    const stride = levels.slice(factor + 1).reduce((product, one) => product * one, 1);
    const byLevel = groupMeans(values, own, (i) => Math.floor(i / stride) % own);
    const byOthers = groupMeans(
      values,
      cells / own,
      (i) => Math.floor(i / (stride * own)) * stride + i % stride,
    );
    const explained = meanOf(byLevel.map((one) => (one - mean) ** 2));
    const byAllOthers = meanOf(byOthers.map((one) => (one - mean) ** 2));
    return { first: explained / variance, total: (variance - byAllOthers) / variance };
  });
}

function groupMeans(
  values: readonly number[],
  groups: number,
  groupOf: (index: number) => number,
): number[] {
  const sums = new Array<number>(groups).fill(0);
  for (const [i, value] of values.entries()) sums[groupOf(i)] += value;
  return sums.map((sum) => sum * groups / values.length);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
