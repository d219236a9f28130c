import assert from "#assert";
import fc from "fast-check";
import { Sequences, SequenceState } from "./sequences.ts";

/** What a walk through all slots finds. */
function longestByHand(sequences: Sequences): number {
  let longest = 0;
  for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
    if (sequences.state[slot] < SequenceState.decode) continue;
    longest = Math.max(longest, sequences.computedTokens(slot) + 1);
  }
  return longest;
}

Deno.test("the longest context is that of a walk through all sequences, whatever happens to them", () => {
  const event = fc.record({
    kind: fc.constantFrom("join", "join", "remove", "pause", "advance", "shift", "clear"),
    which: fc.nat(),
    tokens: fc.integer({ min: 1, max: 5000 }),
  });
  fc.assert(fc.property(fc.array(event, { maxLength: 60 }), (events) => {
    const sequences = new Sequences(32, 16);
    let slots: number[] = [];
    for (const { kind, which, tokens } of events) {
      const slot = slots[which % Math.max(1, slots.length)];
      if (kind === "join" && slots.length < 32) {
        const added = sequences.add(0, tokens, 0, 0);
        sequences.join(added, tokens, 100_000);
        slots.push(added);
      } else if (kind === "advance") {
        sequences.advance(1 + tokens % 40);
      } else if (kind === "clear" && which % 8 === 0) {
        for (const other of slots) sequences.remove(other);
        sequences.clear();
        slots = [];
      } else if (slot !== undefined && (kind === "remove" || kind === "pause")) {
        if (kind === "pause") sequences.pause(slot);
        sequences.remove(slot);
        slots = slots.filter((other) => other !== slot);
      } else if (slot !== undefined && kind === "shift") {
        sequences.shift(slot, 1 + tokens % 3);
      }
      assert.equal(sequences.longestContextTokens(), longestByHand(sequences));
    }
  }));
});
