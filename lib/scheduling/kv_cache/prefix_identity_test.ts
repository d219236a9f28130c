import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { type PrefixIdentity, prefixIdentity } from "./prefix_identity.ts";

/** Three requests in blocks of 8 tokens: 0 and 1 share 16 tokens, 2 shares nothing. */
const prefix = {
  blockTokens: 8,
  offsets: Uint32Array.of(0, 4, 7, 9),
  hashes: Float64Array.of(901, 902, 903, 904, 901, 902, 913, 921, 922),
};

/** The run and the place in it of each block of a request. */
function blocksOf(identity: PrefixIdentity, request: number): string[] {
  const { offsets, runs, ends } = identity;
  const blocks: string[] = [];
  for (let place = offsets[request]; place < offsets[request + 1]; place++) {
    for (let k = 0; blocks.length < ends[place]; k++) blocks.push(`${runs[place]}.${k}`);
  }
  equal(blocks.length, identity.blocks(request));
  return blocks;
}

/** Leading blocks that two requests have in common. */
function shared(blockTokens: number, a: number, b: number): number {
  const identity = prefixIdentity(prefix, blockTokens);
  const [first, second] = [blocksOf(identity, a), blocksOf(identity, b)];
  const limit = Math.min(first.length, second.length);
  let count = 0;
  while (count < limit && first[count] === second[count]) count++;
  return count;
}

Deno.test("prefixIdentity() in the trace's own blocks shares what the hashes share", () => {
  const identity = prefixIdentity(prefix, 8);
  equal(identity.blocks(0), 4);
  deepEqual(blocksOf(identity, 0), ["0.0", "0.1", "1.0", "1.1"]);
  deepEqual(blocksOf(identity, 1), ["0.0", "0.1", "2.0"]);
  deepEqual([...identity.isShared], [1, 0, 0, 0]);
  equal(shared(8, 0, 1), 2);
  equal(shared(8, 0, 2), 0);
});

Deno.test("prefixIdentity() in smaller blocks shares as many tokens, each block having its own identity", () => {
  equal(shared(2, 0, 1) * 2, 16);
  equal(shared(2, 0, 2), 0);
  const identity = prefixIdentity(prefix, 2);
  equal(identity.blocks(0), 16);
  equal(new Set(blocksOf(identity, 0)).size, 16);
});

Deno.test("prefixIdentity() in larger blocks shares full blocks alone", () => {
  equal(shared(16, 0, 1), 1);
  const identity = prefixIdentity(prefix, 16);
  equal(identity.blocks(1), 1, "the half block at the end has no identity");
  // A chained hash at a block's end stands for all tokens before it.
  equal(shared(32, 0, 1), 0);
});

Deno.test("prefixIdentity() gives equal places to equal hashes and to no others, whatever they are", () => {
  const rows = fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { maxLength: 7 }), {
    maxLength: 9,
  });
  const isChain = fc.boolean();
  fc.assert(fc.property(rows, isChain, fc.constantFrom(1, 1e9), (drawn, chained, factor) => {
    // Chained: the number of a block stands for all before it. Otherwise numbers may come anywhere.
    const named = drawn.map((row) =>
      row.map((_, k) => chained ? row.slice(0, k + 1).join() : `${row[k]}`)
    );
    const ids = new Map<string, number>();
    for (const name of named.flat()) if (!ids.has(name)) ids.set(name, factor * (ids.size + 3));
    const offsets = new Uint32Array(named.length + 1);
    named.forEach((row, i) => offsets[i + 1] = offsets[i] + row.length);
    const hashes = Float64Array.from(named.flat(), (name) => ids.get(name)!);
    const identity = prefixIdentity({ blockTokens: 8, offsets, hashes }, 8);
    const places = new Map<string, string>();
    named.forEach((row, i) => {
      const blocks = blocksOf(identity, i);
      equal(blocks.length, row.length);
      row.forEach((name, k) => {
        if (!places.has(name)) places.set(name, blocks[k]);
        equal(places.get(name), blocks[k]);
      });
    });
    equal(new Set(places.values()).size, places.size);
  }));
});

Deno.test("prefixIdentity() refuses blocks that do not divide one another", () => {
  throws(() => prefixIdentity(prefix, 12), /as KV blocks: current value is 12/);
  ok(prefixIdentity(prefix, 1));
});
