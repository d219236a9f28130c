import type { GapSketch } from "../stats/gap_sketch.ts";

/**
 * Gaps between tokens of one engine's sequences. All decoding sequences gain their tokens together,
 * so a gap is shared by the whole batch: the sketch takes it once with the batch's size as weight,
 * and a stack of decreasing maxima answers "the longest gap since this sequence joined" exactly,
 * without touching any sequence while it decodes.
 */
export class TokenGaps {
  readonly #sketch: GapSketch;
  /** Decode runs recorded so far: the time axis of the stack. */
  #runs = 0;
  /** Runs whose longest gap no later run has exceeded, oldest (and longest) first. */
  #stackRuns = new Float64Array(64);
  #stackGaps = new Float64Array(64);
  #stackSize = 0;

  constructor(sketch: GapSketch) {
    this.#sketch = sketch;
  }

  /** Number of the next decode run: a sequence that joins now has its first gap there. */
  get nextRun(): number {
    return this.#runs;
  }

  /** Records one gap of one sequence, outside the common run. */
  addSingle(gapSeconds: number): void {
    this.#sketch.add(gapSeconds, 1);
  }

  /** Records gaps first + k increment, k < count, each of `weight` sequences; increment >= 0. */
  addGaps(firstSeconds: number, incrementSeconds: number, count: number, weight: number): void {
    if (count === 1) return this.#sketch.add(firstSeconds, weight);
    this.#sketch.addRun(firstSeconds, incrementSeconds, count, weight);
  }

  /** Ends a decode run whose longest gap was `longestSeconds`. */
  endRun(longestSeconds: number): void {
    let size = this.#stackSize;
    while (size > 0 && this.#stackGaps[size - 1] <= longestSeconds) size--;
    if (size === this.#stackRuns.length) this.#grow();
    this.#stackRuns[size] = this.#runs++;
    this.#stackGaps[size] = longestSeconds;
    this.#stackSize = size + 1;
  }

  /** Longest gap of the runs from number `firstRun` on, seconds; 0 when there was none. */
  longestSince(firstRun: number): number {
    let low = 0;
    let high = this.#stackSize;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#stackRuns[middle] < firstRun) low = middle + 1;
      else high = middle;
    }
    return low < this.#stackSize ? this.#stackGaps[low] : 0;
  }

  /** Forgets all runs: nothing decodes any more, so nobody will ask about them. */
  clear(): void {
    this.#stackSize = 0;
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
