/**
 * A minimum heap over ids 0, 1, 2, ... with one key each and O(log n) change of a key. Equal keys
 * come out by id, so the order never depends on history.
 *
 * @example
 * ```ts
 * import { IndexedHeap } from "simfaasinfer";
 * const heap = new IndexedHeap();
 * heap.set(3, 5);
 * heap.set(1, 9);
 * heap.set(3, 10);
 * console.log(heap.firstId, heap.firstKey); // 1 9
 * ```
 */
export class IndexedHeap {
  #size = 0;
  #ids: Int32Array;
  /**
   * Keys in heap order, beside the ids, so that comparing needs no second look-up. Beyond the size
   * they are Infinity, so that looking at the first one needs no test.
   */
  #keys: Float64Array;
  /** Place of each id in the heap, -1 when absent. */
  #places: Int32Array;

  /** Makes a heap with room for ids below `capacity` (>= 1); it grows as needed. */
  constructor(capacity = 16) {
    this.#ids = new Int32Array(capacity);
    this.#keys = new Float64Array(capacity).fill(Infinity);
    this.#places = new Int32Array(capacity).fill(-1);
  }

  /** Ids that have a key. */
  get size(): number {
    return this.#size;
  }

  /** Id of the smallest key; -1 when empty. */
  get firstId(): number {
    return this.#size > 0 ? this.#ids[0] : -1;
  }

  /** Smallest key; Infinity when empty. */
  get firstKey(): number {
    return this.#keys[0];
  }

  /** Gives `id` (>= 0) the key, whether or not it had one. */
  set(id: number, key: number): void {
    if (id >= this.#places.length) this.#grow(id);
    const place = this.#places[id];
    if (place < 0) this.#rise(this.#size++, id, key);
    else if (key < this.#keys[place]) this.#rise(place, id, key);
    else this.#sink(place, id, key);
  }

  /** Takes `id` out; nothing happens when it has no key. */
  delete(id: number): void {
    const place = id < this.#places.length ? this.#places[id] : -1;
    if (place < 0) return;
    this.#places[id] = -1;
    const last = --this.#size;
    const movedId = this.#ids[last];
    const movedKey = this.#keys[last];
    this.#keys[last] = Infinity;
    if (place === last) return;
    const parent = (place - 1) >> 1;
    if (place > 0 && this.#after(parent, movedId, movedKey)) this.#rise(place, movedId, movedKey);
    else this.#sink(place, movedId, movedKey);
  }

  /** Whether the entry at `place` comes after (key, id). */
  #after(place: number, id: number, key: number): boolean {
    const other = this.#keys[place];
    return other > key || (other >= key && this.#ids[place] > id);
  }

  #rise(from: number, id: number, key: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.#after(parent, id, key)) break;
      this.#put(hole, this.#ids[parent], this.#keys[parent]);
      hole = parent;
    }
    this.#put(hole, id, key);
  }

  #sink(from: number, id: number, key: number): void {
    const size = this.#size;
    let hole = from;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      const right = child + 1;
      if (right < size && this.#after(child, this.#ids[right], this.#keys[right])) child = right;
      if (this.#after(child, id, key)) break;
      this.#put(hole, this.#ids[child], this.#keys[child]);
      hole = child;
    }
    this.#put(hole, id, key);
  }

  #put(place: number, id: number, key: number): void {
    this.#ids[place] = id;
    this.#keys[place] = key;
    this.#places[id] = place;
  }

  #grow(id: number): void {
    const capacity = Math.max(2 * this.#places.length, id + 1);
    const places = new Int32Array(capacity).fill(-1);
    places.set(this.#places);
    const ids = new Int32Array(capacity);
    ids.set(this.#ids);
    const keys = new Float64Array(capacity).fill(Infinity);
    keys.set(this.#keys);
    this.#places = places;
    this.#ids = ids;
    this.#keys = keys;
  }
}
