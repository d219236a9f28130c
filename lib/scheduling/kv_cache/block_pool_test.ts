import { equal, throws } from "#assert";
import fc from "fast-check";
import { BlockPool } from "./block_pool.ts";

Deno.test("BlockPool: free + used = capacity after any takes and gives; the peak is the most in use", () => {
  const counts = fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 100 });
  fc.assert(
    fc.property(counts, (changes) => {
      const pool = new BlockPool(12, 16);
      let used = 0, peak = 0;
      for (const change of changes) {
        if (used + change < 0 || used + change > 12) continue;
        if (change >= 0) pool.take(change);
        else pool.give(-change);
        used += change;
        peak = Math.max(peak, used);
        equal(pool.used, used);
        equal(pool.free, 12 - used);
        equal(pool.peakUsed, peak);
      }
    }),
    { seed: 1 },
  );
});

Deno.test("BlockPool.blocksFor() is the least number of blocks that hold the tokens", () => {
  const pool = new BlockPool(10, 16);
  equal([0, 1, 16, 17, 32, 33].map((tokens) => pool.blocksFor(tokens)).join(), "0,1,1,2,2,3");
});

Deno.test("BlockPool never lends more than it has nor takes back more than it lent", () => {
  const pool = new BlockPool(3, 16);
  pool.take(2);
  throws(() => pool.take(2), /Cannot take 2 KV blocks: current value of free is 1/);
  equal(pool.used, 2, "unchanged");
  throws(() => pool.give(3), /Cannot hold more free KV blocks than 3: current value is 4/);
});

Deno.test("BlockPool refuses sizes that are no whole numbers above 0", () => {
  for (const capacity of [0, -1, 1.5, NaN]) throws(() => new BlockPool(capacity, 16), RangeError);
  for (const tokens of [0, 2.5]) throws(() => new BlockPool(4, tokens), RangeError);
});
