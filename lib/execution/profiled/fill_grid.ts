/**
 * A copy of a row-major grid whose missing cells (NaN) have a value: the mean of what linear interpolation
 * says along each axis on which there are measured cells on both sides, else the nearest cell on one side
 * of any axis, known or filled before. All missing only where nothing was measured.
 *
 * @param axes Coordinates of each axis, ascending, slowest first.
 */
export function fillGrid(values: Float64Array, axes: readonly (readonly number[])[]): Float64Array {
  const strides = axes.map((_, axis) =>
    axes.slice(axis + 1).reduce((size, knots) => size * knots.length, 1)
  );
  const filled = values.map((value, cell) => {
    if (!Number.isNaN(value)) return value;
    let sum = 0;
    let known = 0;
    for (let axis = 0; axis < axes.length; axis++) {
      const between = betweenCells(values, cell, strides[axis], axes[axis]);
      if (Number.isNaN(between)) continue;
      sum += between;
      known++;
    }
    return sum / known;
  });
  // Each round reaches one cell further out.
  for (let hasChanged = true; hasChanged;) {
    hasChanged = false;
    const before = filled.slice();
    for (let cell = 0; cell < filled.length; cell++) {
      if (!Number.isNaN(before[cell])) continue;
      const near = nearCell(before, cell, strides, axes);
      if (Number.isNaN(near)) continue;
      filled[cell] = near;
      hasChanged = true;
    }
  }
  return filled;
}

/** What the nearest measured cells on both sides along one axis say; NaN without both. */
function betweenCells(
  values: Float64Array,
  cell: number,
  stride: number,
  knots: readonly number[],
): number {
  const at = Math.floor(cell / stride) % knots.length;
  let low = at - 1;
  while (low >= 0 && Number.isNaN(values[cell + (low - at) * stride])) low--;
  let high = at + 1;
  while (high < knots.length && Number.isNaN(values[cell + (high - at) * stride])) high++;
  if (low < 0 || high >= knots.length) return NaN;
  const [from, to] = [values[cell + (low - at) * stride], values[cell + (high - at) * stride]];
  return from + (knots[at] - knots[low]) / (knots[high] - knots[low]) * (to - from);
}

/** The greatest of the neighbours that have a value: a time is not taken too small. */
function nearCell(
  values: Float64Array,
  cell: number,
  strides: readonly number[],
  axes: readonly (readonly number[])[],
): number {
  let near = NaN;
  for (let axis = 0; axis < axes.length; axis++) {
    const at = Math.floor(cell / strides[axis]) % axes[axis].length;
    for (const step of [-1, 1]) {
      if (at + step < 0 || at + step >= axes[axis].length) continue;
      const value = values[cell + step * strides[axis]];
      if (!(value <= near)) near = Number.isNaN(value) ? near : value;
    }
  }
  return near;
}
