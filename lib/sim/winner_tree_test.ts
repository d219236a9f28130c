import { equal } from "#assert";
import fc from "fast-check";
import { WinnerTree } from "./winner_tree.ts";

const operations = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 40 }),
    /** The key to set; undefined deletes. */
    key: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
  }),
  { maxLength: 300 },
);

Deno.test("WinnerTree has the least key of a map in front, of equal ones the least id", () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: 1, max: 50 }), (steps, capacity) => {
      const tree = new WinnerTree(capacity);
      const keys = new Map<number, number>();
      for (const { id, key } of steps) {
        if (key === undefined) {
          tree.delete(id);
          keys.delete(id);
        } else if (keys.has(id) && key % 2 === 0) {
          tree.keyOf[id] = key;
          tree.update(id);
          keys.set(id, key);
        } else {
          tree.set(id, key);
          keys.set(id, key);
        }
        const order = [...keys].sort(([a, ka], [b, kb]) => ka - kb || a - b);
        equal(tree.firstKey, order[0]?.[1] ?? Infinity);
        equal(tree.firstId, order[0]?.[0] ?? -1);
        if (order.length === 0) continue;
        equal(tree.isFirstAlone, order[1]?.[1] !== order[0][1]);
      }
      // Taking all out one by one gives the whole order.
      const order = [...keys].sort(([a, ka], [b, kb]) => ka - kb || a - b);
      for (const [id] of order) {
        equal(tree.firstId, id);
        tree.delete(id);
      }
      equal(tree.firstKey, Infinity);
      equal(tree.firstId, -1);
    }),
    { seed: 1 },
  );
});

Deno.test("WinnerTree ignores the deletion of an id that has no key, even beyond its room", () => {
  const tree = new WinnerTree(2);
  tree.set(1, 5);
  tree.delete(0);
  tree.delete(1000);
  equal(tree.firstKey, 5);
  equal(tree.firstId, 1);
});
