import { Sequences } from "./sequences.ts";

/** Of each size, so many are kept at most. */
const MOST = 64;

/**
 * The columns of engines that have stopped, for those that start: where instances come and go by the
 * thousand, making them anew would be most of what an instance costs.
 */
export class SpareSequences {
  readonly #spare = new Map<string, Sequences[]>();

  /** Empty columns for an engine. */
  take(slots: number, blockTokens: number): Sequences {
    return this.#spare.get(`${slots} ${blockTokens}`)?.pop() ?? new Sequences(slots, blockTokens);
  }

  /** Takes the columns of an engine back that uses them no more. */
  giveBack(sequences: Sequences): void {
    const key = `${sequences.slots} ${sequences.blockTokens}`;
    let spare = this.#spare.get(key);
    if (spare === undefined) this.#spare.set(key, spare = []);
    if (spare.length >= MOST) return;
    sequences.clear();
    spare.push(sequences);
  }
}
