/** Sequences of a batch as the search for the longest one walks through them. */
interface Batch {
  /** Decode steps taken since the engine's start. */
  readonly step: number;
  /** First slot, -1 when there is none, and the one after each. */
  readonly first: number;
  readonly next: ArrayLike<number>;
  isInBatch(slot: number): boolean;
  computedTokens(slot: number): number;
}

/**
 * The longest context of a decode batch. All contexts grow by a token a step, so what is kept is how many
 * tokens the longest one is ahead of the steps; it is looked for again only when that one has left.
 */
export class LongestContext {
  #ahead = -Infinity;
  #isKnown = true;

  /** A sequence of so many computed tokens joins before `step`. */
  joined(tokens: number, step: number): void {
    if (tokens - step > this.#ahead) this.#ahead = tokens - step;
  }

  /** A sequence of so many computed tokens leaves. */
  left(tokens: number, step: number): void {
    if (tokens - step >= this.#ahead) this.#isKnown = false;
  }

  /** A sequence has gained other tokens than the others, or all are gone. */
  forget(): void {
    this.#isKnown = false;
  }

  /** KV entries that the next decode step attends to for the longest sequence; 0 without any. */
  tokens(batch: Batch): number {
    if (!this.#isKnown) {
      this.#ahead = -Infinity;
      for (let slot = batch.first; slot >= 0; slot = batch.next[slot]) {
        if (batch.isInBatch(slot)) this.joined(batch.computedTokens(slot), batch.step);
      }
      this.#isKnown = true;
    }
    return this.#ahead === -Infinity ? 0 : this.#ahead + batch.step + 1;
  }
}
