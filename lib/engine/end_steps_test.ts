import { equal } from "#assert";
import fc from "fast-check";
import { EndSteps } from "./end_steps.ts";

const SLOTS = 6;

Deno.test("EndSteps has the next end in front, of equal ones the lowest slot, like a sorted list", () => {
  const operations = fc.array(
    fc.record({
      slot: fc.integer({ min: 0, max: SLOTS - 1 }),
      /** Steps from now to the end; undefined takes the slot out. */
      steps: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
      /** Steps that pass before, as far as nobody ends in them. */
      passed: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 200 },
  );
  fc.assert(
    fc.property(operations, (list) => {
      const ends = new EndSteps(SLOTS);
      const expected = new Map<number, number>();
      let now = 0;
      for (const { slot, steps, passed } of list) {
        now = Math.min(now + passed, ends.firstStep);
        if (steps === undefined || expected.has(slot)) {
          ends.delete(slot);
          expected.delete(slot);
        }
        if (steps !== undefined) {
          ends.set(slot, now + steps);
          expected.set(slot, now + steps);
        }
        const [first] = [...expected].sort(([a, x], [b, y]) => x - y || a - b);
        equal(ends.firstSlot, first?.[0] ?? -1);
        equal(ends.firstStep, first?.[1] ?? Infinity);
      }
      while (ends.firstSlot >= 0) {
        equal(expected.get(ends.firstSlot), ends.firstStep);
        expected.delete(ends.firstSlot);
        ends.delete(ends.firstSlot);
      }
      equal(expected.size, 0);
    }),
    { seed: 1, numRuns: 1000 },
  );
});

Deno.test("EndSteps keeps its order over many ends that are taken back", () => {
  const ends = new EndSteps(2);
  ends.set(0, 1_000_000);
  for (let step = 1; step < 1000; step++) {
    ends.set(1, 1000 + step % 7);
    ends.delete(1);
  }
  equal(ends.firstSlot, 0);
  equal(ends.firstStep, 1_000_000);
});

Deno.test("an end that comes when the heap is full and is the first one is found", () => {
  for (let stale = 0; stale < 12; stale++) {
    const ends = new EndSteps(3);
    ends.set(0, 100);
    for (let i = 0; i < stale; i++) {
      ends.set(1, 1000 - i);
      ends.delete(1);
    }
    ends.set(2, 50);
    equal(ends.firstStep, 50, `${stale} stale entries`);
    equal(ends.firstSlot, 2);
  }
});
