import type { RequestColumns } from "../metrics/run_tables.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import { grown } from "../sim/grown.ts";
import { GapMaxima } from "./gap_maxima.ts";
import type { Leap } from "./leap.ts";
import { type Sequences, SequenceState } from "./sequences.ts";

/** Slots for which there is room at first. */
const FIRST_FRESH = 8;

/**
 * Gaps between tokens of one engine's sequences. All decoding sequences gain their tokens together,
 * so a gap is shared by the whole batch: the sketch takes a leap's gaps at once, with the batch's size
 * as weight. Only a sequence's first gap may differ, when its last token is older than the leap.
 */
export class TokenGaps {
  readonly #sketch: GapSketch;
  readonly #sequences: Sequences;
  readonly #columns: RequestColumns;
  readonly #maxima = new GapMaxima();
  /** End of the last decode step, seconds. */
  #lastDecodeAtSeconds = 0;
  /** Slots that joined the decode batch since its last step. */
  #fresh = new Int32Array(FIRST_FRESH);
  #freshCount = 0;
  /** Steps of the leap in progress whose gaps are recorded already. */
  #recordedSteps = 0;

  constructor(sketch: GapSketch, sequences: Sequences, columns: RequestColumns) {
    this.#sketch = sketch;
    this.#sequences = sequences;
    this.#columns = columns;
  }

  /** A sequence joined the decode batch. */
  join(slot: number): void {
    if (this.#freshCount === this.#fresh.length) this.#fresh = grown(this.#fresh);
    this.#fresh[this.#freshCount++] = slot;
    this.#sequences.firstLeap[slot] = this.#maxima.nextLeap;
  }

  /** Records one gap of one sequence, outside the common leaps. */
  addSingle(slot: number, gapSeconds: number): void {
    this.#sketch.add(gapSeconds, 1);
    const longest = this.#sequences.longestGapSeconds;
    if (gapSeconds > longest[slot]) longest[slot] = gapSeconds;
  }

  /** Records the gaps of a decode leap that has ended, before its sequences advance. */
  addLeap(leap: Leap): void {
    const { steps, firstStepSeconds, incrementSeconds, startAtSeconds } = leap;
    const { decoding } = this.#sequences;
    const last = firstStepSeconds + incrementSeconds * (steps - 1);
    const isUniform = this.#isUniform(startAtSeconds);
    if (isUniform && this.#recordedSteps === 0) {
      this.#sketch.addRun(leap, decoding);
    } else {
      this.#addSteps(this.#sketch, leap, this.#recordedSteps, steps);
    }
    this.#maxima.longestSeconds = last;
    if (!isUniform) this.#endLeapAfterStall(leap);
    this.#maxima.endLeap();
    this.#recordedSteps = 0;
    this.#freshCount = 0;
    this.#lastDecodeAtSeconds = leap.endsAtSeconds;
  }

  /** Records the gaps of the first `steps` steps of a leap in progress apart from those to come. */
  addBegun(leap: Leap, steps: number, apart: GapSketch): void {
    this.#addSteps(apart, leap, this.#recordedSteps, steps);
    this.#recordedSteps = steps;
  }

  /** Longest gap of the sequence in `slot` so far, seconds. */
  longest(slot: number): number {
    const { request, state, firstLeap, longestGapSeconds } = this.#sequences;
    const before = this.#columns.maxTbtSeconds[request[slot]];
    let longest = longestGapSeconds[slot];
    if (state[slot] === SequenceState.decode) {
      longest = Math.max(longest, this.#maxima.longestSince(firstLeap[slot]));
    }
    return before > longest ? before : longest;
  }

  /** Notes where a preempted sequence stood, so that its next gap is measured from its last token. */
  suspend(slot: number): void {
    const { request, state, lastTokenAtSeconds } = this.#sequences;
    if (state[slot] !== SequenceState.decode) return;
    const fresh = this.#fresh.subarray(0, this.#freshCount).indexOf(slot);
    if (fresh >= 0) this.#fresh[fresh] = this.#fresh[--this.#freshCount];
    // The completion column holds the last token's instant until the request completes.
    this.#columns.completedAtSeconds[request[slot]] = fresh >= 0
      ? lastTokenAtSeconds[slot]
      : this.#lastDecodeAtSeconds;
    const longest = this.longest(slot);
    if (longest > 0) this.#columns.maxTbtSeconds[request[slot]] = longest;
  }

  /** `count` tokens arrive together: the gaps between them are zero. */
  addTogether(count: number): void {
    if (count > 1) this.#sketch.add(0, count - 1);
  }

  /** Nothing decodes any more. */
  clear(): void {
    this.#maxima.clear();
    this.#freshCount = 0;
  }

  /** Whether everybody's last token came when the leap started. */
  #isUniform(startAtSeconds: number): boolean {
    const old = this.#sequences.decoding - this.#freshCount;
    if (old > 0 && startAtSeconds > this.#lastDecodeAtSeconds) return false;
    for (let i = 0; i < this.#freshCount; i++) {
      if (this.#sequences.lastTokenAtSeconds[this.#fresh[i]] < startAtSeconds) return false;
    }
    return true;
  }

  /** Records the gaps that end with the steps from number `from` up to, not including, `to`. */
  #addSteps(sketch: GapSketch, leap: Leap, from: number, to: number): void {
    const { firstStepSeconds, incrementSeconds, startAtSeconds } = leap;
    const { decoding, lastTokenAtSeconds } = this.#sequences;
    if (from === 0 && to > 0 && !this.#isUniform(startAtSeconds)) {
      // After a stall first gaps reach back to each one's last token.
      const old = decoding - this.#freshCount;
      if (old > 0) sketch.add(this.#oldGapSeconds(leap), old);
      for (let i = 0; i < this.#freshCount; i++) {
        sketch.add(startAtSeconds - lastTokenAtSeconds[this.#fresh[i]] + firstStepSeconds, 1);
      }
      from = 1;
    }
    if (to <= from) return;
    sketch.addRun({
      firstStepSeconds: firstStepSeconds + incrementSeconds * from,
      incrementSeconds,
      steps: to - from,
    }, decoding);
  }

  /** First gap of a leap for sequences that have decoded before, seconds. */
  #oldGapSeconds({ startAtSeconds, firstStepSeconds }: Leap): number {
    return startAtSeconds - this.#lastDecodeAtSeconds + firstStepSeconds;
  }

  /** Notes the longest gaps of a leap after a stall. */
  #endLeapAfterStall(leap: Leap): void {
    const last = this.#maxima.longestSeconds;
    const { steps, firstStepSeconds, startAtSeconds } = leap;
    const { decoding, lastTokenAtSeconds, longestGapSeconds, firstLeap } = this.#sequences;
    for (let i = 0; i < this.#freshCount; i++) {
      const slot = this.#fresh[i];
      const first = startAtSeconds - lastTokenAtSeconds[slot] + firstStepSeconds;
      const longest = steps > 1 ? Math.max(first, last) : first;
      if (longest > longestGapSeconds[slot]) longestGapSeconds[slot] = longest;
      firstLeap[slot] = this.#maxima.nextLeap + 1;
    }
    const old = decoding - this.#freshCount;
    if (old > 0) this.#maxima.longestSeconds = Math.max(this.#oldGapSeconds(leap), last);
  }
}
