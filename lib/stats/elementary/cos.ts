import { over, type Pair, pair, plus, product, times } from "./pair.ts";

/** pi / 2 in three parts, 53 bits each. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;
/** Largest argument: a quarter turn counts to less than 2^21, so that the reduction stays exact. */
const LARGEST = 2 ** 20;
/**
 * Cosine, rounded from a sum of about 100 bits and so nearly always to the nearest number; the same
 * bytes in every engine, where `Math.cos` may differ. For a few calls, not for inner loops.
 *
 * @param x radians, at most 2^20 in size.
 * @throws {RangeError} If x is larger, or not a number.
 *
 * @example
 * ```ts
 * import { cos } from "./mod.ts";
 *
 * console.log(cos(Math.PI)); // -1
 * ```
 */
export function cos(x: number): number {
  if (!(Math.abs(x) <= LARGEST)) {
    throw new RangeError(`Cannot take a cosine as of -2^20 to 2^20 radians: current value is ${x}`);
  }
  const quarters = Math.round(x / HALF_PI[0]);
  let rest: Pair = pair(x);
  for (const part of HALF_PI) rest = plus(rest, product(-quarters, part));
  // The series of the cosine begins with 1, that of the sine with x.
  const isSine = quarters % 2 !== 0;
  const square = times(rest, rest);
  let series: Pair = pair(1);
  for (let n = isSine ? 27 : 26; n > 1; n -= 2) {
    const term = over(times(square, series), -n * (n - 1));
    series = plus(pair(1), term);
  }
  const value = isSine ? times(rest, series).high : series.high;
  const turn = ((quarters % 4) + 4) % 4;
  return turn === 1 || turn === 2 ? -value : value;
}
