/**
 * Format of the numbers on an axis, as d3 has it: plain ones, with a prefix such as "k" where those
 * would be too long to stand beside one another.
 */
export function numberFormat(values: readonly number[]): "~r" | "~s" {
  const long = values.some((value) => {
    const size = Math.abs(value);
    return size < Infinity && size > 0 && (size >= 1e5 || size < 1e-4);
  });
  return long ? "~s" : "~r";
}
