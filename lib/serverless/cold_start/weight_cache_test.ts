import assert from "#assert";
import fc from "fast-check";
import { greedyDual, leastFrequentlyUsed, leastRecentlyUsed } from "./eviction.ts";
import { WeightCache } from "./weight_cache.ts";

/** A node with room for two models of 10 bytes in memory. */
function twoModels(cache: WeightCache) {
  cache.addNode({ dramBytes: 20, ssdBytes: 0 });
  return cache;
}

function use(cache: WeightCache, key: string, now: number) {
  cache.pin(0, "dram", key, now);
  cache.unpin(0, "dram", key);
}

Deno.test("WeightCache gives up the least recently used model", () => {
  const cache = twoModels(new WeightCache(leastRecentlyUsed));
  cache.hold(0, "dram", "a", 10, 0);
  cache.hold(0, "dram", "b", 10, 1);
  use(cache, "a", 2);
  cache.hold(0, "dram", "c", 10, 3);
  assert.deepEqual(["a", "b", "c"].map((key) => cache.tier(0, key)), ["dram", "remote", "dram"]);
});

Deno.test("WeightCache gives up the least frequently used model", () => {
  const cache = twoModels(new WeightCache(leastFrequentlyUsed));
  cache.hold(0, "dram", "a", 10, 0);
  cache.hold(0, "dram", "b", 10, 1);
  for (const now of [2, 3]) use(cache, "a", now);
  use(cache, "b", 9);
  cache.hold(0, "dram", "c", 10, 10);
  assert.deepEqual(["a", "b", "c"].map((key) => cache.tier(0, key)), ["dram", "remote", "dram"]);
});

Deno.test("WeightCache keeps what is dear to get again, and forgets old popularity", () => {
  const cache = new WeightCache(greedyDual);
  cache.addNode({ dramBytes: 20 * 2 ** 30, ssdBytes: 0 });
  const gib10 = 10 * 2 ** 30;
  cache.reserve(0, "dram", "dear", gib10, 0, 100);
  cache.commit(0, "dram", "dear");
  cache.reserve(0, "dram", "cheap", gib10, 1, 10);
  cache.commit(0, "dram", "cheap");
  // Worths are 10 and 1; each cheap newcomer raises the clock by 1 until the dear one is no better.
  for (let i = 0; i < 8; i++) {
    cache.reserve(0, "dram", `new-${i}`, gib10, 2 + i, 10);
    cache.commit(0, "dram", `new-${i}`);
    assert.equal(cache.tier(0, "dear"), "dram", `after ${i}`);
  }
  for (let i = 8; i < 12; i++) {
    cache.reserve(0, "dram", `new-${i}`, gib10, 2 + i, 10);
    cache.commit(0, "dram", `new-${i}`);
  }
  assert.equal(cache.tier(0, "dear"), "remote");
});

Deno.test("WeightCache keeps pinned and loading models and says when nothing fits", () => {
  const cache = twoModels(new WeightCache());
  cache.hold(0, "dram", "held", 10, 0);
  cache.pin(0, "dram", "held", 0);
  assert.equal(cache.reserve(0, "dram", "loading", 10, 1), 0);
  assert.equal(cache.tier(0, "loading"), "remote");
  assert.equal(cache.reserve(0, "dram", "third", 10, 2), -1);
  cache.commit(0, "dram", "loading");
  assert.equal(cache.tier(0, "loading"), "dram");
  assert.equal(cache.reserve(0, "dram", "third", 10, 3), 10);
  assert.equal(cache.tier(0, "held"), "dram");
});

Deno.test("WeightCache keeps an account of bytes over time, whatever comes and goes", () => {
  const step = fc.record({
    seconds: fc.double({ min: 0, max: 100, noNaN: true }),
    action: fc.constantFrom("hold", "load", "abandon", "drop", "clear"),
    key: fc.integer({ min: 0, max: 3 }),
    bytes: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
    const cache = new WeightCache();
    const node = cache.addNode({ dramBytes: 100, ssdBytes: 50 });
    cache.addNode({ dramBytes: 100, ssdBytes: 0 });
    const loading = new Set<string>();
    let now = 0;
    let byteSeconds = 0;
    for (const { seconds, action, key, bytes } of steps) {
      byteSeconds += cache.usedBytes(node, "dram") * seconds;
      now += seconds;
      const name = `m${key}`;
      if (action === "hold" && !loading.has(name)) cache.hold(node, "dram", name, bytes, now);
      if (action === "load" && !loading.has(name) && !cache.has(node, "dram", name)) {
        if (cache.reserve(node, "dram", name, bytes, now) >= 0) loading.add(name);
      }
      if (action === "abandon" && loading.delete(name)) cache.abandon(node, "dram", name, now);
      if (action === "drop") cache.drop(node, "dram", name, now);
      if (action === "clear") {
        cache.clearNode(node, now);
        loading.clear();
      }
    }
    const later = byteSeconds + cache.usedBytes(node, "dram") * 7;
    const close = (actual: number, expected: number) =>
      assert.ok(Math.abs(actual - expected) <= 1e-9 * (1 + expected), `${actual}, ${expected}`);
    close(cache.byteSeconds("dram", now), byteSeconds);
    close(cache.byteSeconds("dram", now + 7), later);
    assert.equal(cache.byteSeconds("ssd", now), 0);
  }));
});

Deno.test("WeightCache counts look-ups per tier", () => {
  const cache = new WeightCache();
  cache.addNode({ dramBytes: 10, ssdBytes: 10 });
  cache.hold(0, "dram", "a", 10, 0);
  cache.hold(0, "ssd", "b", 10, 0);
  for (const key of ["a", "b", "b", "c"]) cache.lookUp(0, key);
  const { lookups, dramHits, ssdHits } = cache.counts();
  assert.deepEqual([lookups, dramHits, ssdHits], [4, 1, 2]);
});

Deno.test("WeightCache never holds more than its room, under any policy", () => {
  const steps = fc.array(
    fc.record({ key: fc.nat(9), bytes: fc.integer({ min: 1, max: 40 }), pin: fc.boolean() }),
    { maxLength: 60 },
  );
  for (const policy of [leastRecentlyUsed, leastFrequentlyUsed, greedyDual]) {
    fc.assert(fc.property(steps, (rows) => {
      const cache = new WeightCache(policy);
      cache.addNode({ dramBytes: 100, ssdBytes: 0 });
      const pinned = new Set<string>();
      rows.forEach(({ key, bytes, pin }, now) => {
        const name = `m${key}`;
        cache.hold(0, "dram", name, bytes, now);
        if (pin && cache.has(0, "dram", name)) {
          cache.pin(0, "dram", name, now);
          pinned.add(name);
        }
        assert.ok(cache.usedBytes(0, "dram") <= 100);
        for (const held of pinned) assert.ok(cache.has(0, "dram", held), "a pinned model stays");
      });
    }));
  }
});
