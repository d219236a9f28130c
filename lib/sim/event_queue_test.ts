import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { EventQueue } from "./event_queue.ts";

interface Event {
  readonly time: number;
  readonly priority: number;
  readonly sequence: number;
}

/** Pushes and pops in any order; few distinct instants, so that most events coincide. */
const operations = fc.array(
  fc.oneof(
    fc.record({
      time: fc.constantFrom(0, 0.1, 0.1 + 2 ** -53, 1, 1, 7, Infinity),
      priority: fc.integer({ min: 0, max: 15 }),
    }),
    fc.constant("pop" as const),
  ),
  { maxLength: 400 },
);

Deno.test("EventQueue pops by time, then priority, then in order of pushing", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const queue = new EventQueue(1);
      const pending: Event[] = [];
      let sequence = 0;
      for (const step of steps) {
        if (step !== "pop") {
          queue.push(step.time, step.priority, step.priority + 100, sequence, ~sequence);
          pending.push({ ...step, sequence: sequence++ });
        } else {
          pending.sort((a, b) =>
            a.time - b.time || a.priority - b.priority || a.sequence - b.sequence
          );
          const expected = pending.shift();
          equal(queue.pop(), expected !== undefined);
          if (expected === undefined) continue;
          deepEqual(
            [queue.timeSeconds, queue.kind, queue.a, queue.b],
            [expected.time, expected.priority + 100, expected.sequence, ~expected.sequence],
          );
        }
        equal(queue.size, pending.length);
        equal(queue.nextSeconds, Math.min(Infinity, ...pending.map(({ time }) => time)));
      }
    }),
    { seed: 1 },
  );
});

Deno.test("EventQueue refuses an event at no instant, and stays as it was", () => {
  const queue = new EventQueue();
  queue.push(1, 0, 0);
  throws(() => queue.push(NaN, 0, 0), {
    name: "RangeError",
    message: "Cannot push an event at an instant: current value is NaN",
  });
  equal(queue.size, 1);
});
