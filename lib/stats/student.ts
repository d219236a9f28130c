import { exp, log, log1p } from "./elementary/mod.ts";
import { incompleteBeta } from "./incomplete_beta.ts";
import { logGamma } from "./log_gamma.ts";
import { normalQuantile } from "./normal.ts";

/**
 * Distribution function of Student's t: the probability of a value at most `t`.
 *
 * @param degrees degrees of freedom, > 0.
 * @source DLMF 8.17 (incomplete beta); Johnson, Kotz and Balakrishnan 1995, chapter 28
 *
 * @example
 * ```ts
 * import { studentCdf } from "./student.ts";
 *
 * console.log(studentCdf(1, 1)); // 0.75
 * ```
 */
export function studentCdf(t: number, degrees: number): number {
  const square = t * t;
  if (square < degrees) {
    // Near the centre the distance from 1/2 is computed, which the tail would lose to rounding.
    const half = 0.5 * incompleteBeta(0.5, degrees / 2, square / (degrees + square));
    return t > 0 ? 0.5 + half : 0.5 - half;
  }
  const tail = 0.5 * incompleteBeta(degrees / 2, 0.5, degrees / (degrees + square));
  return t > 0 ? 1 - tail : tail;
}

/**
 * Quantile of Student's t, exact to about 12 digits: the inverse of `studentCdf`.
 *
 * @param p probability between 0 and 1, both excluded.
 * @param degrees degrees of freedom, > 0.
 *
 * @example
 * ```ts
 * import { studentQuantile } from "./student.ts";
 *
 * console.log(studentQuantile(0.975, 9)); // 2.262157...
 * ```
 */
export function studentQuantile(p: number, degrees: number): number {
  if (!(p > 0 && p < 1 && degrees > 0)) {
    throw new RangeError(
      `Cannot take a t quantile as a probability between 0 and 1 with degrees of freedom > 0: ` +
        `current value is ${p} with ${degrees}`,
    );
  }
  if (p === 0.5) return 0;
  // The lower tail keeps its digits; the upper one mirrors it.
  if (p > 0.5) return -studentQuantile(1 - p, degrees);
  const logScale = logGamma((degrees + 1) / 2) - logGamma(degrees / 2) -
    0.5 * log(degrees * Math.PI);
  let high = normalQuantile(p); // t has heavier tails, so its quantile lies below
  let low = 2 * high - 1;
  while (studentCdf(low, degrees) > p) low *= 2;
  let t = high;
  for (let round = 0; round < 200; round++) {
    const excess = studentCdf(t, degrees) - p;
    if (excess > 0) high = t;
    else low = t;
    const density = exp(logScale - (degrees + 1) / 2 * log1p(t * t / degrees));
    let next = t - excess / density;
    // Newton's step, or half the bracket where the step leaves it.
    if (!(next > low && next < high)) next = (low + high) / 2;
    if (Math.abs(next - t) <= 1e-15 * Math.abs(next)) return next;
    t = next;
  }
  return t;
}
