import assert from "#assert";
import fc from "fast-check";
import { MinimumTree } from "./minimum_tree.ts";

Deno.test("MinimumTree finds what a search of all keys finds, ties by id", () => {
  const changes = fc.array(
    fc.tuple(fc.nat(40), fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Infinity))),
  );
  fc.assert(fc.property(changes, (rows) => {
    const tree = new MinimumTree(4);
    const keys = new Map<number, number>();
    for (const [id, key] of rows) {
      tree.set(id, key);
      keys.set(id, key);
      const smallest = Math.min(Infinity, ...keys.values());
      assert.equal(tree.minimum, smallest);
      const ids = [...keys].filter(([, value]) => value === smallest && value < Infinity)
        .map(([other]) => other);
      assert.equal(tree.minimumId(), ids.length > 0 ? Math.min(...ids) : -1);
    }
  }));
});
