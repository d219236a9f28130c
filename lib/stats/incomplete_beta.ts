import { exp, log, log1p } from "./elementary/mod.ts";
import { logGamma } from "./log_gamma.ts";

/** Convergents of the continued fraction before it is given up; it needs O(sqrt(max(a, b))). */
const MAX_ROUNDS = 100_000;
/** Stands for a denominator of 0 in Lentz's method. */
const TINY = 1e-300;

/**
 * Regularised incomplete beta function I_x(a, b), 0 to 1, to about 14 digits: the probability that
 * a Beta(a, b) variable is at most x. Binomial, Student's and F probabilities are made of it.
 *
 * @param a shape, > 0.
 * @param b shape, > 0.
 * @param x from 0 to 1.
 * @source DLMF 8.17.22 (continued fraction), evaluated by the modified Lentz method (DLMF 3.10)
 *
 * @example
 * ```ts
 * import { incompleteBeta } from "./incomplete_beta.ts";
 *
 * console.log(incompleteBeta(2, 3, 0.5)); // 0.6875
 * ```
 */
export function incompleteBeta(a: number, b: number, x: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) {
    throw new RangeError(
      `Cannot evaluate the incomplete beta function as shapes > 0 and x from 0 to 1: ` +
        `current value is a ${a}, b ${b}, x ${x}`,
    );
  }
  if (x === 0 || x === 1) return x;
  // The fraction converges fast below the mean; above it the mirrored function is evaluated.
  if (x > (a + 1) / (a + b + 2)) return 1 - lowerTail(b, a, 1 - x);
  return lowerTail(a, b, x);
}

function lowerTail(a: number, b: number, x: number): number {
  const logFront = a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) -
    logGamma(b);
  let c = 1;
  let d = 1 / nonZero(1 - (a + b) * x / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MAX_ROUNDS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= c * d;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-16) break;
  }
  return Math.min(1, exp(logFront) * fraction / a);
}

function nonZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
