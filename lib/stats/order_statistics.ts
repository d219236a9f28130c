/**
 * Moves the values with the given ranks to their sorted places within `values[0 .. count)`, as a
 * full sort would, and leaves the rest in no particular order. Linear time on average; no input is
 * worse than sorting. The values must hold no NaN.
 *
 * @param values reordered in place.
 * @param count how many of the values take part, up to `values.length`.
 * @param ranks ascending, each from 0 to count - 1; rank 0 is the smallest value.
 *
 * @source Floyd and Rivest 1975, "Algorithm 489: the algorithm SELECT" (CACM 18(3))
 *
 * @example
 * ```ts
 * import { placeOrderStatistics } from "./order_statistics.ts";
 *
 * const values = Float64Array.of(5, 1, 4, 2, 3);
 * placeOrderStatistics(values, 5, [0, 3]);
 * console.log(values[0], values[3]); // 1 4
 * ```
 */
export function placeOrderStatistics(
  values: Float64Array,
  count: number,
  ranks: readonly number[],
): void {
  for (let i = 0; i < ranks.length; i++) {
    if (!(Number.isInteger(ranks[i]) && ranks[i] >= (i > 0 ? ranks[i - 1] : 0))) {
      throw new RangeError(
        `Cannot place order statistics as ascending ranks from 0: current value is ${ranks[i]}`,
      );
    }
  }
  if (count > values.length || (ranks.length > 0 && ranks[ranks.length - 1] >= count)) {
    throw new RangeError(
      `Cannot place order statistics as ranks below a count of ${count}: ` +
        `current value is ${ranks[ranks.length - 1]} among ${values.length} values`,
    );
  }
  placeRanks(values, 0, count - 1, ranks, 0, ranks.length);
}

/** Places ranks[from .. to), all within [left, right], the most central one first. */
function placeRanks(
  values: Float64Array,
  left: number,
  right: number,
  ranks: readonly number[],
  from: number,
  to: number,
): void {
  if (from >= to || left >= right) return;
  const centre = (left + right) / 2;
  let middle = from;
  while (
    middle + 1 < to && Math.abs(ranks[middle + 1] - centre) <= Math.abs(ranks[middle] - centre)
  ) middle++;
  const rank = ranks[middle];
  select(values, left, right, rank);
  placeRanks(values, left, rank - 1, ranks, from, middle);
  placeRanks(values, rank + 1, right, ranks, middle + 1, to);
}

/** Puts the value of `rank` in place, smaller ones to its left, larger ones to its right. */
function select(values: Float64Array, left: number, right: number, rank: number): void {
  let rounds = 0;
  while (left < right) {
    if (rank === left) return swap(values, rank, indexOfSmallest(values, left, right));
    if (rank === right) return swap(values, rank, indexOfLargest(values, left, right));
    // Partitioning halves the range in almost every round; a range that resists is sorted.
    if (++rounds > 64) {
      values.subarray(left, right + 1).sort();
      return;
    }
    if (right - left > 600) narrow(values, left, right, rank);
    const pivot = values[rank];
    let i = left;
    let j = right;
    while (i <= j) {
      while (values[i] < pivot) i++;
      while (values[j] > pivot) j--;
      if (i <= j) swap(values, i++, j--);
    }
    if (rank <= j) right = j;
    else if (rank >= i) left = i;
    else return;
  }
}

/** Selects within a sample around `rank` first, so that values[rank] becomes a very good pivot. */
function narrow(values: Float64Array, left: number, right: number, rank: number): void {
  const size = right - left + 1;
  const offset = rank - left + 1;
  const log = Math.log(size);
  const sample = 0.5 * Math.exp(2 * log / 3);
  const spread = 0.5 * Math.sqrt(log * sample * (size - sample) / size) *
    Math.sign(offset - size / 2);
  const from = Math.max(left, Math.floor(rank - offset * sample / size + spread));
  const to = Math.min(right, Math.floor(rank + (size - offset) * sample / size + spread));
  select(values, from, to, rank);
}

function indexOfSmallest(values: Float64Array, left: number, right: number): number {
  let index = left;
  for (let i = left + 1; i <= right; i++) if (values[i] < values[index]) index = i;
  return index;
}

function indexOfLargest(values: Float64Array, left: number, right: number): number {
  let index = left;
  for (let i = left + 1; i <= right; i++) if (values[i] > values[index]) index = i;
  return index;
}

function swap(values: Float64Array, i: number, j: number): void {
  const value = values[i];
  values[i] = values[j];
  values[j] = value;
}
