import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { Leap } from "./leap.ts";
import { Sequences } from "./sequences.ts";

const SLOTS = 6;

/** A sequence as anybody would write it down. */
interface Plain {
  readonly request: number;
  readonly reserved: number;
  tokens: number;
  /** Decode steps that are left; undefined while the prompt is being computed. */
  left: number | undefined;
}

const operations = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("add" as const),
      tokens: fc.integer({ min: 1, max: 40 }),
      steps: fc.integer({ min: 1, max: 50 }),
      reserved: fc.constantFrom(0, 0, 0, 20),
    }),
    fc.record({ kind: fc.constant("remove" as const), pick: fc.nat() }),
    fc.record({ kind: fc.constant("advance" as const), steps: fc.integer({ min: 1, max: 70 }) }),
  ),
  { maxLength: 60 },
);

/** KV blocks that a step needs before it starts, when sequences of these lengths take it. */
function needed(lengths: readonly number[], blockTokens: number): number {
  return lengths.filter((tokens) => tokens % blockTokens === 0).length;
}

Deno.test("Sequences counts contexts, blocks and ends as a list of sequences does", () => {
  fc.assert(
    fc.property(operations, fc.constantFrom(1, 2, 7, 16), (steps, blockTokens) => {
      const sequences = new Sequences(SLOTS, blockTokens);
      const plain = new Map<number, Plain>();
      let requests = 0;
      for (const step of steps) {
        const slots = [...plain.keys()];
        if (step.kind === "add" && plain.size < SLOTS) {
          const { tokens, reserved } = step;
          const slot = sequences.add(requests, tokens, 0, reserved);
          ok(!plain.has(slot), "the slot was free");
          plain.set(slot, { request: requests++, reserved, tokens, left: step.steps });
          sequences.join(slot, tokens, step.steps);
        } else if (step.kind === "remove" && slots.length > 0) {
          const slot = slots[step.pick % slots.length];
          sequences.remove(slot);
          plain.delete(slot);
        } else if (step.kind === "advance" && slots.length > 0) {
          const count = Math.min(step.steps, sequences.ends.firstStep - sequences.step);
          sequences.advance(count);
          for (const one of plain.values()) {
            one.tokens += count;
            one.left! -= count;
          }
          // Those that have ended leave.
          for (const [slot, { left }] of plain) {
            if (left! > 0) continue;
            equal(sequences.ends.firstStep, sequences.step);
            sequences.remove(slot);
            plain.delete(slot);
          }
        }
        check(sequences, plain, blockTokens);
      }
    }),
    { seed: 1 },
  );
});

function check(sequences: Sequences, plain: Map<number, Plain>, blockTokens: number): void {
  const all = [...plain.values()];
  const order: number[] = [];
  for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
    order.push(sequences.request[slot]);
  }
  deepEqual(order, all.map(({ request }) => request), "in order of admission");
  equal(sequences.count, all.length);
  equal(sequences.decoding, all.length);
  equal(sequences.contextTokens, all.reduce((sum, { tokens }) => sum + tokens + 1, 0));
  const least = Math.min(...all.map(({ left }) => left!));
  equal(sequences.ends.firstStep - sequences.step, least);
  for (const [slot, { tokens, reserved }] of plain) {
    equal(sequences.computedTokens(slot), tokens);
    equal(sequences.blocksHeld(slot), reserved > 0 ? reserved : Math.ceil(tokens / blockTokens));
  }
  const growing = all.filter(({ reserved }) => reserved === 0).map(({ tokens }) => tokens);
  const at = (ahead: number) => needed(growing.map((tokens) => tokens + ahead), blockTokens);
  equal(sequences.blocksNeeded, at(0));
  let through = 0;
  for (let ahead = 1; ahead <= 40; ahead++) {
    through += at(ahead);
    equal(sequences.blocksNeededThrough(ahead), through);
  }
  for (const free of [0, 1, 5, 30]) {
    let steps = 1;
    for (let used = 0; steps < 50 && (used += at(steps)) <= free; steps++);
    equal(sequences.stepsWithin(free, 50), steps, `${free} free blocks`);
  }
}

Deno.test("Sequences.countBlocks() finds the sum over steps of the blocks in use times their duration", () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: SLOTS });
  fc.assert(
    fc.property(
      lengths,
      fc.constantFrom(1, 4, 16),
      fc.integer({ min: 1, max: 120 }),
      (tokens, blockTokens, steps) => {
        const sequences = new Sequences(SLOTS, blockTokens);
        tokens.forEach((length, request) => {
          sequences.join(sequences.add(request, length, length, 0), length, 1000);
        });
        const leap = new Leap();
        leap.begin(3, 0.02, 1e-5, steps);
        let used = 10;
        let expected = 0;
        for (let k = 0; k < steps; k++) {
          if (k > 0) used += needed(tokens.map((length) => length + k), blockTokens);
          expected += used * (leap.seconds(k + 1) - leap.seconds(k));
        }
        sequences.countBlocks(leap, steps, 10);
        const found = sequences.blockSeconds;
        ok(Math.abs(found - expected) <= 1e-9 * expected, `${found}, expected ${expected}`);
      },
    ),
    { seed: 1 },
  );
});
