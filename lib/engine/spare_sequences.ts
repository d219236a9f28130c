import { Sequences } from "./sequences.ts";

/** Of each kind, so many are kept at most. */
const MOST = 64;

/**
 * The columns of engines that have stopped, for those that start: where instances come and go by the
 * thousand, making them anew would be most of what an instance costs.
 */
export class SpareSequences {
  readonly #spare = new Map<string, Sequences[]>();

  /** Empty columns for an engine. */
  take(slots: number, blockTokens: number, notesBlocks: boolean): Sequences {
    return this.#spare.get(kindOf({ slots, blockTokens, notesBlocks }))?.pop() ??
      new Sequences(slots, blockTokens, notesBlocks);
  }

  /** Takes the columns of an engine back that uses them no more. */
  giveBack(sequences: Sequences): void {
    const key = kindOf(sequences);
    let spare = this.#spare.get(key);
    if (spare === undefined) this.#spare.set(key, spare = []);
    if (spare.length >= MOST) return;
    sequences.clear();
    spare.push(sequences);
  }
}

/** Columns of one kind can stand in for one another. */
function kindOf(
  { slots, blockTokens, notesBlocks }: Pick<Sequences, "slots" | "blockTokens" | "notesBlocks">,
): string {
  return `${slots} ${blockTokens} ${notesBlocks}`;
}

/** The sequences of a new engine: those of one that has stopped, or new ones. */
export function sequencesOf(
  { maxSequences, blockTokens, speculation }: {
    readonly maxSequences: number;
    readonly blockTokens: number;
    readonly speculation?: unknown;
  },
  spare: SpareSequences | undefined,
): Sequences {
  const notesBlocks = speculation !== undefined;
  return spare?.take(maxSequences, blockTokens, notesBlocks) ??
    new Sequences(maxSequences, blockTokens, notesBlocks);
}
