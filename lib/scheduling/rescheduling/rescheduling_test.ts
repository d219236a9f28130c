import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { consolidate } from "./consolidate.ts";
import { freeness, freenessOf } from "./freeness.ts";
import type { MovableLoad, ReschedulingPolicy } from "./policy.ts";

const calm: MovableLoad = {
  id: 0,
  kvBlocks: 100,
  freeBlocks: 100,
  running: 0,
  waiting: 0,
  firstWaitingBlocks: 0,
  lastBlocks: 0,
  urgent: 0,
  preempted: 0,
  isLeaving: false,
  isMoving: false,
};

function decided(policy: ReschedulingPolicy, loads: Partial<MovableLoad>[]): [number, number][] {
  const pairs: [number, number][] = [];
  policy.decide(
    loads.map((load, id) => ({ ...calm, id, ...load })),
    (source, target) => pairs.push([source, target]),
  );
  return pairs;
}

const busy = { running: 10, lastBlocks: 6 };
const llumnix = freeness({ threshold: 3, headroomBlocks: 0 });

Deno.test("the instance that runs out first gives to the one that does last", () => {
  deepEqual(
    decided(llumnix, [
      { ...busy, freeBlocks: 20 },
      { ...busy, freeBlocks: 60 },
      { ...busy, freeBlocks: 10 },
      { ...busy, freeBlocks: 80 },
    ]),
    [[2, 3], [0, 1]],
  );
});

Deno.test("what waits at the head of a queue makes room for itself", () => {
  const loads = [{ ...busy, freeBlocks: 50 }, { ...busy, freeBlocks: 90 }];
  deepEqual(decided(llumnix, loads), []);
  loads[0] = { ...loads[0], ...{ waiting: 1, firstWaitingBlocks: 60 } };
  deepEqual(decided(llumnix, loads), [[0, 1]]);
});

Deno.test("urgent requests keep their head-room", () => {
  const loads = [{ ...busy, freeBlocks: 40, urgent: 1 }, { ...busy, freeBlocks: 90 }];
  deepEqual(decided(llumnix, loads), []);
  deepEqual(decided(freeness({ threshold: 3, headroomBlocks: 20 }), loads), [[0, 1]]);
});

Deno.test("an instance that is to stop is emptied, and nothing moves into it", () => {
  deepEqual(
    decided(llumnix, [{ ...busy, freeBlocks: 90, isLeaving: true }, { ...busy, freeBlocks: 40 }]),
    [[0, 1]],
  );
  deepEqual(
    decided(llumnix, [{ ...busy, freeBlocks: 5 }, { freeBlocks: 100, isLeaving: true }]),
    [],
  );
});

Deno.test("consolidation empties the emptiest where the others have room for all of it", () => {
  const policy = consolidate({ fillTo: 0.6 });
  const loads = [
    { running: 2, lastBlocks: 5, freeBlocks: 90 },
    { running: 8, lastBlocks: 5, freeBlocks: 50 },
    { running: 5, lastBlocks: 5, freeBlocks: 70 },
  ];
  deepEqual(decided(policy, loads), [[0, 1]]);
  deepEqual(decided(policy, loads.map((load) => ({ ...load, freeBlocks: 42 }))), []);
  deepEqual(decided(policy, loads.slice(0, 1)), []);
});

const loads = fc.array(
  fc.record({
    freeBlocks: fc.nat(100),
    running: fc.nat(12),
    waiting: fc.nat(3),
    firstWaitingBlocks: fc.nat(30),
    lastBlocks: fc.nat(20),
    urgent: fc.nat(2),
    preempted: fc.nat(1),
    isLeaving: fc.boolean(),
    isMoving: fc.boolean(),
  }),
  { maxLength: 8 },
);

for (
  const policy of [
    llumnix,
    freeness({ threshold: 1, headroomBlocks: 10 }),
    consolidate({ fillTo: 0.6 }),
  ]
) {
  Deno.test(`${policy.name}: who moves runs, and goes where it has room and nobody is to leave`, () => {
    fc.assert(fc.property(loads, (cases) => {
      const seen = new Set<number>();
      for (const [source, target] of decided(policy, cases)) {
        for (const id of [source, target]) {
          ok(!seen.has(id) && !cases[id].isMoving);
          seen.add(id);
        }
        ok(cases[source].running > 0 && !cases[target].isLeaving);
        ok(cases[target].freeBlocks >= cases[source].lastBlocks);
      }
    }));
  });
}

Deno.test("a move by freeness is from below the threshold to above it", () => {
  fc.assert(fc.property(loads, (cases) => {
    const free = (id: number) => freenessOf({ ...calm, ...cases[id] }, 0);
    for (const [source, target] of decided(llumnix, cases)) {
      ok(free(target) > 3 && cases[target].preempted === 0);
      ok(free(source) < 3 || cases[source].preempted > 0);
    }
  }));
});

Deno.test("freeness has no end where nobody runs", () => {
  equal(freenessOf(calm, 10), Infinity);
  equal(freenessOf({ ...calm, isLeaving: true }, 10), -Infinity);
});
