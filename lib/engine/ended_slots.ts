import { grown } from "../sim/grown.ts";

/** Slots of sequences that have ended and that the scheduler does not know of yet, in batch order. */
export class EndedSlots {
  count = 0;
  #slots = new Int32Array(8);

  /** Adds one, last. */
  add(slot: number): void {
    if (this.count === this.#slots.length) this.#slots = grown(this.#slots);
    this.#slots[this.count++] = slot;
  }

  /** Takes one out that is there. */
  delete(slot: number): void {
    const place = this.#slots.indexOf(slot);
    this.#slots.copyWithin(place, place + 1, this.count--);
  }

  /** Visits them in order and forgets them; returns how many there were. */
  takeAll(visit: (slot: number) => void): number {
    const { count } = this;
    for (let i = 0; i < count; i++) visit(this.#slots[i]);
    this.count = 0;
    return count;
  }
}
