import { exp, log } from "../../stats/elementary/mod.ts";

/**
 * Replaces a row by the nearest non-decreasing one in the least-squares sense of logarithms: neighbours
 * in the wrong order become their geometric mean (pool adjacent violators). Values are positive.
 */
export function makeNonDecreasing(row: Float64Array): void {
  const sums: number[] = [];
  const counts: number[] = [];
  for (const value of row) {
    let sum = log(value);
    let count = 1;
    while (sums.length > 0 && sums[sums.length - 1] / counts[counts.length - 1] > sum / count) {
      sum += sums.pop()!;
      count += counts.pop()!;
    }
    sums.push(sum);
    counts.push(count);
  }
  let at = 0;
  for (let block = 0; block < sums.length; block++) {
    // A block of one keeps its value to the bit.
    if (counts[block] > 1) {
      row.fill(exp(sums[block] / counts[block]), at, at + counts[block]);
    }
    at += counts[block];
  }
}
