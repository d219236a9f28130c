/**
 * A tournament over ids 0, 1, 2, ... with one key each. Setting a key climbs only as far as a minimum
 * changes, which makes it the better choice when most keys change between two looks at the smallest.
 * Equal keys come out by id.
 *
 * @example
 * ```ts
 * import { MinimumTree } from "simfaasinfer/network";
 * const tree = new MinimumTree();
 * tree.set(0, 7);
 * tree.set(5, 3);
 * console.log(tree.minimum, tree.minimumId()); // 3 5
 * ```
 */
export class MinimumTree {
  #leaves: number;
  /** Node i has the children 2i and 2i + 1; the leaves are the last half. */
  #keys: Float64Array;

  /** Makes a tree for about `capacity` keys; it grows as needed. */
  constructor(capacity = 16) {
    this.#leaves = 1;
    while (this.#leaves < capacity) this.#leaves *= 2;
    this.#keys = new Float64Array(2 * this.#leaves).fill(Infinity);
  }

  /** Smallest key; Infinity when no id has a finite one. */
  get minimum(): number {
    return this.#keys[1];
  }

  /** Id of the smallest key; -1 when no id has a finite one. */
  minimumId(): number {
    const keys = this.#keys;
    if (keys[1] === Infinity) return -1;
    let node = 1;
    while (node < this.#leaves) {
      node *= 2;
      if (keys[node + 1] < keys[node]) node++;
    }
    return node - this.#leaves;
  }

  /** Gives `id` (>= 0) the key; Infinity takes it out. */
  set(id: number, key: number): void {
    if (id >= this.#leaves) this.#grow(id);
    const keys = this.#keys;
    let node = this.#leaves + id;
    keys[node] = key;
    for (node >>= 1; node > 0; node >>= 1) {
      const left = keys[2 * node];
      const right = keys[2 * node + 1];
      const smaller = right < left ? right : left;
      if (keys[node] === smaller) return;
      keys[node] = smaller;
    }
  }

  #grow(id: number): void {
    let leaves = this.#leaves;
    while (leaves <= id) leaves *= 2;
    const keys = new Float64Array(2 * leaves).fill(Infinity);
    keys.set(this.#keys.subarray(this.#leaves), leaves);
    for (let node = leaves - 1; node > 0; node--) {
      keys[node] = Math.min(keys[2 * node], keys[2 * node + 1]);
    }
    this.#keys = keys;
    this.#leaves = leaves;
  }
}
