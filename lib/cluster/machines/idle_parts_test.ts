import { deepEqual } from "#assert";
import fc from "fast-check";
import { IdleParts } from "./idle_parts.ts";

const NODES = 3;

/** Instances fall idle and are called; one on two nodes has a part on each. */
const happenings = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 9 }),
    nodes: fc.uniqueArray(fc.integer({ min: 0, max: NODES - 1 }), { minLength: 1, maxLength: 2 }),
    later: fc.constantFrom(0, 0, 1),
  }),
  { maxLength: 60 },
);

Deno.test("IdleParts are what is idle of each machine, the longest first, then the lowest number", () => {
  fc.assert(fc.property(happenings, (list) => {
    const parts = new IdleParts(NODES);
    const idle = new Map<number, { since: number; nodes: readonly number[] }>();
    let now = 0;
    for (const { id, nodes, later } of list) {
      now += later;
      const before = idle.get(id);
      if (before === undefined) {
        parts.add(id, 7, nodes.map((node) => ({ node, gpus: 2, dramBytes: id })), now);
        idle.set(id, { since: now, nodes });
      } else {
        const ranks = before.nodes.flatMap((node) => [{ node, gpu: 0 }, { node, gpu: 1 }]);
        parts.remove(id, ranks);
        idle.delete(id);
      }
      for (let node = 0; node < NODES; node++) {
        const there = [...idle].filter((one) => one[1].nodes.includes(node))
          .sort(([a, { since }], [b, other]) => since - other.since || a - b);
        deepEqual(
          parts.on(node),
          there.map(([instanceId, { since }]) => ({
            instanceId,
            functionId: 7,
            gpus: 2,
            dramBytes: instanceId,
            idleSinceSeconds: since,
          })),
        );
      }
    }
  }));
});
