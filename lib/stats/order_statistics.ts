/** Buckets of a range of values: few enough for the counts to stay in a core's cache. */
const BUCKET_BITS = 14;
/** Up to so many values are simply sorted. */
const SORTED_AT_ONCE = 2048;

const ONE = new Uint32Array(Float64Array.of(1).buffer);
/** Place of the half of a float64 that holds sign, exponent and the first bits of the mantissa. */
const UPPER_HALF = ONE[1] !== 0 ? 1 : 0;

/** The same for others: the engine knows the value of a constant that no other module sees. */
export const UPPER_HALF_PLACE: number = UPPER_HALF;

/**
 * The values with the given ranks, as a full sort would place them. Linear time; no input is worse
 * than sorting it. Values fall into buckets by the upper bits of their binary form, whose order is
 * theirs, and only the buckets that hold a wanted rank are looked into.
 *
 * @param values not changed; no NaN.
 * @param ranks each from 0 to values.length - 1, in any order; rank 0 is the smallest value.
 * @returns one value per rank, in the order of the ranks.
 *
 * @example
 * ```ts
 * import { orderStatistics } from "./order_statistics.ts";
 *
 * console.log(orderStatistics(Float64Array.of(5, 1, 4, 2, 3), [0, 3])); // [1, 4]
 * ```
 */
export function orderStatistics(values: Float64Array, ranks: readonly number[]): Float64Array {
  for (const rank of ranks) {
    if (!(Number.isInteger(rank) && rank >= 0 && rank < values.length)) {
      throw new RangeError(
        `Cannot take an order statistic as a rank from 0 below a count of ${values.length}: ` +
          `current value is ${rank}`,
      );
    }
  }
  const found = new Float64Array(ranks.length);
  const order = ranks.map((_, i) => i).sort((a, b) => ranks[a] - ranks[b]);
  placeRanks(values, order.map((i) => ranks[i]), (nth, value) => found[order[nth]] = value);
  return found;
}

/** Tells `place` the value of each of the ascending ranks. */
function placeRanks(
  values: Float64Array,
  ranks: readonly number[],
  place: (nth: number, value: number) => void,
): void {
  if (ranks.length === 0) return;
  const { least, most } = rangeOfKeys(values);
  if (values.length <= SORTED_AT_ONCE || least === most) {
    const sorted = isConstant(values) ? values : values.slice().sort();
    ranks.forEach((rank, nth) => place(nth, sorted[rank]));
    return;
  }
  const shift = Math.max(0, 32 - Math.clz32(most - least) - BUCKET_BITS);
  const counts = new Uint32Array(((most - least) >>> shift) + 1);
  countBuckets(values, least, shift, counts);
  const wanted = bucketsOfRanks(counts, ranks);
  const members = membersOf(values, least, shift, counts, wanted.map((group) => group.bucket));
  wanted.forEach(({ first, ranksWithin }, group) => {
    placeRanks(members[group], ranksWithin, (nth, value) => place(first + nth, value));
  });
}

/** Ranks that fall into one bucket, counted from its start; `first` is the place of the first one. */
interface BucketRanks {
  readonly bucket: number;
  readonly first: number;
  readonly ranksWithin: number[];
}

/** Groups ascending ranks by the bucket they fall into. */
function bucketsOfRanks(counts: Uint32Array, ranks: readonly number[]): BucketRanks[] {
  const groups: BucketRanks[] = [];
  let bucket = 0;
  let before = 0;
  ranks.forEach((rank, nth) => {
    while (rank >= before + counts[bucket]) before += counts[bucket++];
    if (groups.at(-1)?.bucket !== bucket) groups.push({ bucket, first: nth, ranksWithin: [] });
    groups.at(-1)!.ranksWithin.push(rank - before);
  });
  return groups;
}

/** Upper half of the value at `index`, as an integer whose order is that of the values. */
function keyAt(halves: Int32Array, index: number): number {
  const half = halves[2 * index + UPPER_HALF];
  // Negative values fall as their bits rise: all of these but the sign are turned round.
  return half ^ ((half >> 31) >>> 1);
}

function halvesOf(values: Float64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, 2 * values.length);
}

function rangeOfKeys(values: Float64Array): { least: number; most: number } {
  const halves = halvesOf(values);
  let least = 0x7fffffff;
  let most = -0x80000000;
  for (let i = 0; i < values.length; i++) {
    const key = keyAt(halves, i);
    if (key < least) least = key;
    if (key > most) most = key;
  }
  return { least, most };
}

function countBuckets(
  values: Float64Array,
  least: number,
  shift: number,
  counts: Uint32Array,
): void {
  const halves = halvesOf(values);
  for (let i = 0; i < values.length; i++) counts[(keyAt(halves, i) - least) >>> shift]++;
}

/** The values that fall into each of the wanted buckets, in one pass. */
function membersOf(
  values: Float64Array,
  least: number,
  shift: number,
  counts: Uint32Array,
  wanted: readonly number[],
): Float64Array[] {
  const halves = halvesOf(values);
  /** Place of the next member of each wanted bucket; 0 for the others. */
  const next = new Uint32Array(counts.length);
  let size = 1;
  const ends = wanted.map((bucket) => {
    next[bucket] = size;
    return size += counts[bucket];
  });
  const members = new Float64Array(size);
  for (let i = 0; i < values.length; i++) {
    const bucket = (keyAt(halves, i) - least) >>> shift;
    if (next[bucket] > 0) members[next[bucket]++] = values[i];
  }
  return wanted.map((bucket, i) => members.subarray(ends[i] - counts[bucket], ends[i]));
}

function isConstant(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) if (values[i] !== values[0]) return false;
  return true;
}
