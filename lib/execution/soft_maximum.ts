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

/** Pieces of the table that {@link softMaximumTable} interpolates in. */
const PIECES = 2048;

/**
 * {@link softMaximum} at a fixed sharpness without its two powers: the factor on the larger time is
 * interpolated in the ratio of the two. Within 2e-5 of the exact value and never below the larger
 * time; a convex factor (sharpness >= 1) is never underestimated.
 */
export function softMaximumTable(sharpness: number): (x: number, y: number) => number {
  const factors = Float64Array.from(
    { length: PIECES + 2 },
    (_, i) => softMaximum(1, Math.min(i, PIECES) / PIECES, sharpness),
  );
  return (x, y) => {
    const larger = x > y ? x : y;
    if (larger === 0) return 0;
    const at = (x > y ? y : x) / larger * PIECES;
    const piece = at | 0;
    const factor = factors[piece];
    return larger * (factor + (factors[piece + 1] - factor) * (at - piece));
  };
}
