import { orderStatistics, UPPER_HALF_PLACE } from "./order_statistics.ts";
import { CompensatedSum, described, type Description, ranksAround } from "./quantiles.ts";

/** A column in parts, one after the other, as often as it is asked for. A part may be overwritten. */
export type ColumnParts = () => Iterable<Float64Array>;

/** Place of the half of a float64 that holds sign, exponent and the first bits of the mantissa. */
const UPPER_HALF = UPPER_HALF_PLACE;

/** Values that are held at once: 64 MiB of them. */
const MOST_AT_ONCE = 2 ** 23;

/** Upper bits of a value's binary form by which values are counted first, and then ever lower ones. */
const DIGIT_BITS = 16;
const DIGITS = 2 ** DIGIT_BITS;
/** Digits of a float64. */
const DEPTH = 64 / DIGIT_BITS;

/** Values whose binary forms begin alike, and the ranks among them that are looked for. */
interface Group {
  /** The digits that they share, the uppermost first. */
  readonly digits: readonly number[];
  readonly count: number;
  /** Ranks among the values of the group, ascending, and where their values go. */
  readonly ranks: readonly { readonly rank: number; readonly place: number }[];
}

/**
 * What `describe` says of a column that is not in memory as a whole, to the last bit: the column is
 * read several times, and no more than `mostAtOnce` values of it are held. Values are counted by the
 * upper bits of their binary form, whose order is theirs, and those alone are looked into that share
 * these bits with a value that is wanted; more than can be held are counted by further bits.
 *
 * @param percentages each from 0 to 100, in any order.
 *
 * @example
 * ```ts
 * import { describeParts } from "./describe_parts.ts";
 *
 * const parts = () => [Float64Array.of(4, 1), Float64Array.of(NaN, 3, 2)];
 * console.log(describeParts(parts, [50]).percentiles); // [2.5]
 * ```
 */
export function describeParts(
  parts: ColumnParts,
  percentages: readonly number[],
  mostAtOnce: number = MOST_AT_ONCE,
): Description {
  const sum = new CompensatedSum();
  const counts = new Float64Array(DIGITS);
  let count = 0;
  const keys = new Keys();
  for (const values of parts()) {
    keys.read(values);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value !== value) continue;
      count++;
      sum.add(value);
      counts[keys.digit(i, 0)]++;
    }
  }
  const ranks = ranksAround(percentages, count);
  const found = new Float64Array(ranks.length);
  const wanted = ranks.map((rank, place) => ({ rank, place })).sort((a, b) => a.rank - b.rank);
  let groups = groupsOf([], counts, count === 0 ? [] : wanted);
  while (groups.length > 0) groups = placeSome(parts, groups, found, mostAtOnce);
  return described(count, sum.value, found, percentages);
}

/** Binary forms of values, as whole numbers whose order is that of the values. */
class Keys {
  #halves: Int32Array = new Int32Array(0);

  /** Looks at values, whatever they share their memory with. */
  read({ buffer, byteOffset, length }: Float64Array): void {
    this.#halves = new Int32Array(buffer, byteOffset, 2 * length);
  }

  /** Sixteen bits of a value's key: 0 for the uppermost ones, 3 for the last. */
  digit(index: number, depth: number): number {
    const upper = this.#halves[2 * index + UPPER_HALF];
    // Negative values fall as their bits rise: all of these are turned round, of others the sign.
    const turn = upper >> 31;
    const half = depth < 2
      ? upper ^ (turn | -0x80000000)
      : this.#halves[2 * index + 1 - UPPER_HALF] ^ turn;
    return depth % 2 === 0 ? half >>> DIGIT_BITS : half & (DIGITS - 1);
  }

  /** Whether a value's key begins with digits. */
  begins(index: number, digits: readonly number[]): boolean {
    for (let depth = 0; depth < digits.length; depth++) {
      if (this.digit(index, depth) !== digits[depth]) return false;
    }
    return true;
  }
}

/** The groups, one digit longer than `digits`, that have a wanted rank. */
function groupsOf(
  digits: readonly number[],
  counts: Float64Array,
  wanted: Group["ranks"],
): Group[] {
  const groups: Group[] = [];
  let digit = 0, before = 0;
  let ranks: { rank: number; place: number }[] = [];
  for (const { rank, place } of wanted) {
    while (rank >= before + counts[digit]) {
      before += counts[digit++];
      ranks = [];
    }
    if (ranks.length === 0) {
      groups.push({ digits: [...digits, digit], count: counts[digit], ranks });
    }
    ranks.push({ rank: rank - before, place });
  }
  return groups;
}

/**
 * Reads the column once more for as many groups as can be held, or for one that cannot. Returns the
 * groups that are left.
 */
function placeSome(
  parts: ColumnParts,
  groups: readonly Group[],
  found: Float64Array,
  mostAtOnce: number,
): Group[] {
  const [first] = groups;
  if (first.digits.length < DEPTH && first.count > mostAtOnce) {
    return [
      ...groupsOf(first.digits, countDigits(parts, first.digits), first.ranks),
      ...groups.slice(1),
    ];
  }
  const held: Group[] = [];
  let size = 0;
  for (const group of groups) {
    // Of values that are all the same one is enough.
    const own = group.digits.length === DEPTH ? 1 : group.count;
    if (held.length > 0 && size + own > mostAtOnce) break;
    if (own > mostAtOnce) break;
    held.push(group);
    size += own;
  }
  const members = held.map(({ digits, count }) =>
    new Float64Array(digits.length === DEPTH ? 1 : count)
  );
  collect(parts, held, members);
  held.forEach(({ digits, ranks }, i) => {
    const own = digits.length === DEPTH ? ranks.map(() => 0) : ranks.map(({ rank }) => rank);
    orderStatistics(members[i], own).forEach((value, nth) => found[ranks[nth].place] = value);
  });
  return groups.slice(held.length);
}

/** How many values that begin with digits have which next one. */
function countDigits(parts: ColumnParts, digits: readonly number[]): Float64Array {
  const counts = new Float64Array(DIGITS);
  const keys = new Keys();
  for (const values of parts()) {
    keys.read(values);
    for (let i = 0; i < values.length; i++) {
      if (values[i] === values[i] && keys.begins(i, digits)) counts[keys.digit(i, digits.length)]++;
    }
  }
  return counts;
}

/** Fills in the members of groups, as many of each as there is room for. */
function collect(parts: ColumnParts, groups: readonly Group[], members: readonly Float64Array[]) {
  const next = new Int32Array(groups.length);
  // The first digit tells most values apart from all groups.
  const isFirst = new Uint8Array(DIGITS);
  for (const { digits } of groups) isFirst[digits[0]] = 1;
  const keys = new Keys();
  for (const values of parts()) {
    keys.read(values);
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      if (value !== value || isFirst[keys.digit(i, 0)] === 0) continue;
      for (let g = 0; g < groups.length; g++) {
        if (!keys.begins(i, groups[g].digits)) continue;
        if (next[g] < members[g].length) members[g][next[g]++] = value;
        break;
      }
    }
  }
}
