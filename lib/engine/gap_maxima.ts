import { grown } from "../sim/grown.ts";

/**
 * Answers "the longest gap since leap number n" exactly, without touching any sequence while it
 * decodes: a stack of the leaps whose longest gap no later leap has exceeded, so that its entries
 * fall from the oldest to the youngest. It stays short, since each leap removes the entries it exceeds.
 */
export class GapMaxima {
  /** Leaps so far: the time axis of the stack. */
  #leaps = 0;
  #stackLeaps = new Float64Array(8);
  #stackGaps = new Float64Array(8);
  #size = 0;

  /** Number of the next leap: a sequence that joins now has its first gap there. */
  get nextLeap(): number {
    return this.#leaps;
  }

  /** Longest gap of the leap that ends next, seconds: a field, since an argument would be boxed. */
  longestSeconds = 0;

  /** Ends a leap whose longest gap was {@link longestSeconds}. */
  endLeap(): void {
    const { longestSeconds } = this;
    let size = this.#size;
    while (size > 0 && this.#stackGaps[size - 1] <= longestSeconds) size--;
    if (size === this.#stackLeaps.length) this.#grow();
    this.#stackLeaps[size] = this.#leaps++;
    this.#stackGaps[size] = longestSeconds;
    this.#size = size + 1;
  }

  /** Longest gap of the leaps from number `firstLeap` on, seconds; 0 when there was none. */
  longestSince(firstLeap: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#stackLeaps[middle] < firstLeap) low = middle + 1;
      else high = middle;
    }
    return low < this.#size ? this.#stackGaps[low] : 0;
  }

  /** Forgets all leaps: nothing decodes any more, so nobody will ask about them. */
  clear(): void {
    this.#size = 0;
  }

  #grow(): void {
    this.#stackLeaps = grown(this.#stackLeaps);
    this.#stackGaps = grown(this.#stackGaps);
  }
}
