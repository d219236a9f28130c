/**
 * Soft maximum (x^p + y^p)^(1/p) of two times, at least the larger one: kernels that are bound by two
 * resources overlap them imperfectly.
 *
 * @param x Seconds, >= 0.
 * @param y Seconds, >= 0.
 * @param sharpness Exponent p > 0; Infinity is the maximum, 1 the sum.
 */
export function softMaximum(x: number, y: number, sharpness: number): number {
  const larger = x > y ? x : y;
  if (larger === 0) return 0;
  const smaller = x > y ? y : x;
  return larger * Math.pow(1 + Math.pow(smaller / larger, sharpness), 1 / sharpness);
}
