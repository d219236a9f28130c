import type { Sequences } from "./sequences.ts";

/** The occupied slots in order of admission. A slot may be emptied while it is looked at. */
export function* slotsOf(sequences: Sequences): Generator<number> {
  for (let slot = sequences.first; slot >= 0;) {
    const next = sequences.next[slot];
    yield slot;
    slot = next;
  }
}
