/**
 * Value of a cell of a grid or, where it is NaN, the mean of what the nearest measured cells on both
 * sides give along each axis by linear interpolation. NaN if no axis has cells on both sides.
 *
 * @param at Value of cell (i, j).
 * @param xs Coordinates of the rows, ascending, in the space to interpolate in.
 * @param ys Coordinates of the columns.
 */
export function cellOrNeighbours(
  at: (i: number, j: number) => number,
  i: number,
  j: number,
  xs: readonly number[],
  ys: readonly number[],
): number {
  const own = at(i, j);
  if (!Number.isNaN(own)) return own;
  const alongX = between((k) => at(k, j), i, xs);
  const alongY = between((k) => at(i, k), j, ys);
  if (Number.isNaN(alongX)) return alongY;
  if (Number.isNaN(alongY)) return alongX;
  return (alongX + alongY) / 2;
}

/**
 * A copy of a row-major grid with its inner missing cells filled by {@link cellOrNeighbours}.
 * Cells beyond the measured ones stay NaN.
 */
export function fillMissing(
  values: Float64Array,
  xs: readonly number[],
  ys: readonly number[],
): Float64Array {
  const at = (i: number, j: number) => values[i * ys.length + j];
  return values.map((value, cell) =>
    Number.isNaN(value)
      ? cellOrNeighbours(at, Math.floor(cell / ys.length), cell % ys.length, xs, ys)
      : value
  );
}

function between(at: (k: number) => number, k: number, knots: readonly number[]): number {
  let low = k - 1;
  while (low >= 0 && Number.isNaN(at(low))) low--;
  let high = k + 1;
  while (high < knots.length && Number.isNaN(at(high))) high++;
  if (low < 0 || high >= knots.length) return NaN;
  const weight = (knots[k] - knots[low]) / (knots[high] - knots[low]);
  return at(low) + weight * (at(high) - at(low));
}
