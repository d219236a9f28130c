/** Value at an index, continued along the last 64 entries beyond the end. */
export function lookUp(values: Float64Array, index: number): number {
  const last = values.length - 1;
  if (index <= last) return values[index];
  const span = Math.min(64, last);
  return values[last] + (index - last) * Math.max(0, values[last] - values[last - span]) / span;
}
