/**
 * The smallest key of ids 0, 1, 2, ..., kept while keys change one at a time: a knock-out tournament
 * whose every match stands in an array, so that a change replays the matches of one id, O(log n)
 * without moving anything. Equal keys come out by id. Ids without a key stand at Infinity.
 *
 * @source Knuth, The Art of Computer Programming, volume 3, section 5.4.1 (tree selection)
 *
 * @example
 * ```ts
 * import { WinnerTree } from "./winner_tree.ts";
 * const ends = new WinnerTree();
 * ends.set(3, 5);
 * ends.set(1, 9);
 * ends.set(3, 10);
 * console.log(ends.firstId, ends.firstKey); // 1 9
 * ```
 */
export class WinnerTree {
  /**
   * Key of each id, for keys that are computed in a hot loop: write the key of an id that has been
   * set before, then call {@link update}. A key as an argument would be boxed at every call.
   */
  keyOf: Float64Array;
  /** A power of two above all ids. */
  #leaves: number;
  /** Winner of each match: the root at 1, the players of match m at 2m and 2m + 1. */
  #winners: Int32Array;

  /** Makes a tree with room for ids below `capacity` (>= 1); it grows as needed. */
  constructor(capacity = 16) {
    this.#leaves = 2 ** (32 - Math.clz32(Math.max(2, capacity) - 1));
    this.keyOf = new Float64Array(this.#leaves).fill(Infinity);
    this.#winners = drawn(this.#leaves);
  }

  /** Id of the smallest key; -1 when there is none. */
  get firstId(): number {
    const first = this.#winners[1];
    return this.keyOf[first] < Infinity ? first : -1;
  }

  /** Smallest key; Infinity when there is none. */
  get firstKey(): number {
    return this.keyOf[this.#winners[1]];
  }

  /** Whether all keys but the first id's are above the first id's. */
  get isFirstAlone(): boolean {
    const winners = this.#winners;
    const first = winners[1];
    const key = this.keyOf[first];
    for (let player = this.#leaves + first; player > 1; player >>= 1) {
      // Who lost against the first in this match was the best of its part of the field.
      if (this.keyOf[winners[player ^ 1]] <= key) return false;
    }
    return true;
  }

  /** Gives `id` (>= 0) the key, whether or not it had one. */
  set(id: number, key: number): void {
    while (id >= this.#leaves) this.#grow();
    this.keyOf[id] = key;
    this.update(id);
  }

  /** Takes the key of `id` away; nothing happens when it has none. */
  delete(id: number): void {
    if (id < this.#leaves && this.keyOf[id] < Infinity) this.set(id, Infinity);
  }

  /** Replays the matches of `id` after its key in {@link keyOf} has changed. */
  update(id: number): void {
    const winners = this.#winners;
    const keys = this.keyOf;
    for (let match = (this.#leaves + id) >> 1; match > 0; match >>= 1) {
      const left = winners[2 * match];
      const right = winners[2 * match + 1];
      // The left player has the lower id, so it wins a draw.
      const winner = keys[left] <= keys[right] ? left : right;
      // Another's victory that stood before stands further up as well.
      if (winner === winners[match] && winner !== id) return;
      winners[match] = winner;
    }
  }

  #grow(): void {
    const keys = this.keyOf;
    this.#leaves *= 2;
    this.keyOf = new Float64Array(this.#leaves).fill(Infinity);
    this.keyOf.set(keys);
    this.#winners = drawn(this.#leaves);
    for (let id = 0; id < keys.length; id++) this.update(id);
  }
}

/** The draw: each id at its leaf; without any key the lowest id wins everything. */
function drawn(leaves: number): Int32Array {
  const winners = new Int32Array(2 * leaves);
  for (let id = 0; id < leaves; id++) winners[leaves + id] = id;
  for (let match = leaves - 1; match > 0; match--) winners[match] = winners[2 * match];
  return winners;
}
