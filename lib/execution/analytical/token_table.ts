/**
 * Values of a smooth function at 0..last. Computed at every argument up to 256 and at 64 per octave
 * beyond, linear between: exact at these knots, and never below a convex lower bound that the function
 * keeps. At 0 the value is 0.
 */
export function tokenTable(value: (tokens: number) => number, last: number): Float64Array {
  const table = new Float64Array(last + 1);
  let from = 1;
  table[1] = value(1);
  while (from < last) {
    const step = from < 256 ? 1 : 2 ** (25 - Math.clz32(from));
    const to = Math.min(last, from + step);
    const end = value(to);
    const start = table[from];
    for (let m = from + 1; m <= to; m++) {
      table[m] = start + (end - start) * (m - from) / (to - from);
    }
    from = to;
  }
  return table;
}

/** Entry of a table, continued along its last 64 entries beyond the end. */
export function lookUp(table: Float64Array, index: number): number {
  const last = table.length - 1;
  if (index <= last) return table[index];
  const span = Math.min(64, last);
  return table[last] + (index - last) * (table[last] - table[last - span]) / span;
}
