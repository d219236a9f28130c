import { grownTo } from "../sim/grown.ts";

/** Slots for which there is room at first. */
const FIRST_SLOTS = 3;

/**
 * Decode steps after which the sequences of an engine end, the next one in front; of equal ones the
 * lowest slot. A heap of single numbers, step and slot in one: comparing takes one look, and nothing
 * has to be kept about places, since an entry whose sequence has left early is passed over when its
 * turn comes.
 */
export class EndSteps {
  /** Step after which the next sequence ends; Infinity when there is none. */
  firstStep = Infinity;
  /** Its slot; -1 when there is none. */
  firstSlot = -1;

  /** Step of each slot's end; -1 when it has none. */
  #stepOf = new Float64Array(FIRST_SLOTS).fill(-1);
  /** step * stride + slot, in heap order. Steps below 2^53 / stride are exact. */
  #heap = new Float64Array(2 * FIRST_SLOTS + 1);
  #size = 0;
  /** A power of two above all slots, so that parting step and slot is exact. */
  readonly #stride: number;

  /** @param slots Most slots; room is made for those that are given ends. */
  constructor(slots: number) {
    this.#stride = 2 ** (32 - Math.clz32(Math.max(2, slots) - 1));
  }

  /** Forgets all ends. */
  clear(): void {
    this.#stepOf.fill(-1);
    this.#size = 0;
    this.#look();
  }

  /** Gives a slot that has no end one, after `step` (>= 0). */
  set(slot: number, step: number): void {
    if (slot >= this.#stepOf.length) this.#grow(slot);
    // Before it is noted: were it among those that are kept, it would be first without being looked at.
    if (this.#size === this.#heap.length) this.#dropStale();
    this.#stepOf[slot] = step;
    const heap = this.#heap;
    const entry = step * this.#stride + slot;
    let hole = this.#size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (heap[parent] <= entry) break;
      heap[hole] = heap[parent];
      hole = parent;
    }
    heap[hole] = entry;
    if (hole === 0) this.#look();
  }

  /** Step of a slot's end; -1 when it has none. */
  of(slot: number): number {
    return this.#stepOf[slot];
  }

  /** Takes a slot's end out; nothing happens when it has none. */
  delete(slot: number): void {
    this.#stepOf[slot] = -1;
    if (slot !== this.firstSlot) return;
    this.#pop();
    this.#look();
  }

  /** Finds the first entry whose sequence is still there. */
  #look(): void {
    while (this.#size > 0) {
      const entry = this.#heap[0];
      const step = Math.floor(entry / this.#stride);
      const slot = entry - step * this.#stride;
      if (this.#stepOf[slot] === step) {
        this.firstStep = step;
        this.firstSlot = slot;
        return;
      }
      this.#pop();
    }
    this.firstStep = Infinity;
    this.firstSlot = -1;
  }

  #pop(): void {
    const heap = this.#heap;
    const size = --this.#size;
    const moved = heap[size];
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= size) break;
      if (child + 1 < size && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= moved) break;
      heap[hole] = heap[child];
      hole = child;
    }
    heap[hole] = moved;
  }

  #grow(slot: number): void {
    const before = this.#stepOf.length;
    this.#stepOf = grownTo(this.#stepOf, Math.max(2 * before, slot + 1)).fill(-1, before);
    this.#heap = grownTo(this.#heap, 2 * this.#stepOf.length + 1);
  }

  /** Makes room: at most one entry per slot is of use. */
  #dropStale(): void {
    const heap = this.#heap;
    let size = 0;
    this.#stepOf.forEach((step, slot) => {
      if (step >= 0) heap[size++] = step * this.#stride + slot;
    });
    // The entry to come is added by the caller; what is sorted is a heap.
    heap.subarray(0, size).sort();
    this.#size = size;
  }
}
