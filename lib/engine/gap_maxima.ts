/**
 * Answers "the longest gap since run number n" exactly, without touching any sequence while it
 * decodes: a stack of the runs whose longest gap no later run has exceeded, so that its entries
 * fall from the oldest to the youngest. It stays short, since each run removes the entries it exceeds.
 */
export class GapMaxima {
  /** Runs so far: the time axis of the stack. */
  #runs = 0;
  #stackRuns = new Float64Array(64);
  #stackGaps = new Float64Array(64);
  #size = 0;

  /** Number of the next run: a sequence that joins now has its first gap there. */
  get nextRun(): number {
    return this.#runs;
  }

  /** Longest gap of the run that ends next, seconds: a field, since an argument would be boxed. */
  longestSeconds = 0;

  /** Ends a run whose longest gap was {@link longestSeconds}. */
  endRun(): void {
    const { longestSeconds } = this;
    let size = this.#size;
    while (size > 0 && this.#stackGaps[size - 1] <= longestSeconds) size--;
    if (size === this.#stackRuns.length) this.#grow();
    this.#stackRuns[size] = this.#runs++;
    this.#stackGaps[size] = longestSeconds;
    this.#size = size + 1;
  }

  /** Longest gap of the runs from number `firstRun` on, seconds; 0 when there was none. */
  longestSince(firstRun: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#stackRuns[middle] < firstRun) low = middle + 1;
      else high = middle;
    }
    return low < this.#size ? this.#stackGaps[low] : 0;
  }

  /** Forgets all runs: nothing decodes any more, so nobody will ask about them. */
  clear(): void {
    this.#size = 0;
  }

  #grow(): void {
    const runs = new Float64Array(this.#stackRuns.length * 2);
    runs.set(this.#stackRuns);
    const gaps = new Float64Array(runs.length);
    gaps.set(this.#stackGaps);
    this.#stackRuns = runs;
    this.#stackGaps = gaps;
  }
}
