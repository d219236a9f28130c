import { equal } from "@std/assert";
import fc from "fast-check";
import { IndexedHeap } from "./indexed_heap.ts";

const operations = fc.array(
  fc.record({
    id: fc.integer({ min: 0, max: 40 }),
    /** The key to set; undefined deletes. */
    key: fc.option(fc.integer({ min: 0, max: 8 }), { nil: undefined }),
  }),
  { maxLength: 300 },
);

Deno.test("IndexedHeap has the least key of a map in front, of equal ones the least id", () => {
  fc.assert(
    fc.property(operations, fc.integer({ min: 1, max: 50 }), (steps, capacity) => {
      const heap = new IndexedHeap(capacity);
      const keys = new Map<number, number>();
      for (const { id, key } of steps) {
        if (key === undefined) {
          heap.delete(id);
          keys.delete(id);
        } else {
          heap.set(id, key);
          keys.set(id, key);
        }
        const order = [...keys].sort(([a, ka], [b, kb]) => ka - kb || a - b);
        equal(heap.size, order.length);
        equal(heap.firstId, order[0]?.[0] ?? -1);
        equal(heap.firstKey, order[0]?.[1] ?? Infinity);
      }
      // Taking all out one by one gives the whole order.
      const order = [...keys].sort(([a, ka], [b, kb]) => ka - kb || a - b);
      for (const [id] of order) {
        equal(heap.firstId, id);
        heap.delete(id);
      }
      equal(heap.size, 0);
    }),
    { seed: 1 },
  );
});

Deno.test("IndexedHeap ignores the deletion of an id that has no key, even beyond its room", () => {
  const heap = new IndexedHeap(2);
  heap.set(1, 5);
  heap.delete(0);
  heap.delete(1000);
  equal(heap.size, 1);
  equal(heap.firstId, 1);
});
