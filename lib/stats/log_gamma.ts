import { log } from "./elementary/mod.ts";

/** Coefficients B(2k) / (2k (2k - 1)) of Stirling's series, B the Bernoulli numbers. */
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
];

/**
 * Natural logarithm of the gamma function, to about 15 digits.
 *
 * @param x > 0.
 * @source DLMF 5.11.1 (Stirling's series), after raising the argument above 10 by DLMF 5.5.1
 *
 * @example
 * ```ts
 * import { logGamma } from "./log_gamma.ts";
 *
 * console.log(Math.exp(logGamma(5))); // 24, within rounding
 * ```
 */
export function logGamma(x: number): number {
  if (!(x > 0)) {
    throw new RangeError(`Cannot take log gamma as of a number > 0: current value is ${x}`);
  }
  let product = 1;
  while (x < 10) product *= x++;
  const square = x * x;
  let series = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series / square + STIRLING[k];
  return (x - 0.5) * log(x) - x + 0.5 * log(2 * Math.PI) + series / x -
    log(product);
}
