/** Rows at most, as far as {@link sortedByKey} can number them. */
const MOST_ROWS = 2 ** 21;

/**
 * Rows in the order of their keys, equal ones as they are. Key and row are one whole number of 53 bits,
 * so that numbers are sorted and no function is called for each comparison.
 *
 * @param keys A key for each of `rows`.
 */
export function sortedByKey(rows: Uint32Array, keys: Float32Array): Uint32Array {
  const bits = new Uint32Array(keys.buffer);
  const both = Float64Array.from(rows, (_, i) => {
    // The bits of floating-point numbers, so turned that they ascend as the numbers do.
    const ascending = bits[i] >= 2 ** 31 ? 2 ** 32 - 1 - bits[i] : bits[i] + 2 ** 31;
    return ascending * MOST_ROWS + i;
  }).sort();
  return Uint32Array.from(both, (one) => rows[one % MOST_ROWS]);
}
