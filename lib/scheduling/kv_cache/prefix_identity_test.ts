import { equal, ok, throws } from "@std/assert";
import { prefixIdentity } from "./prefix_identity.ts";

/** Three requests in blocks of 8 tokens: 0 and 1 share 16 tokens, 2 shares nothing. */
const prefix = {
  blockTokens: 8,
  offsets: Uint32Array.of(0, 4, 7, 9),
  hashes: Float64Array.of(901, 902, 903, 904, 901, 902, 913, 921, 922),
};

/** Leading blocks that two requests have in common. */
function shared(blockTokens: number, a: number, b: number): number {
  const identity = prefixIdentity(prefix, blockTokens);
  const limit = Math.min(identity.blocks(a), identity.blocks(b));
  let count = 0;
  while (count < limit && identity.block(a, count) === identity.block(b, count)) count++;
  return count;
}

Deno.test("prefixIdentity() in the trace's own blocks is the trace's hashes", () => {
  const identity = prefixIdentity(prefix, 8);
  equal(identity.blocks(0), 4);
  equal(identity.block(1, 2), 913);
  equal(shared(8, 0, 1), 2);
  equal(shared(8, 0, 2), 0);
});

Deno.test("prefixIdentity() in smaller blocks shares as many tokens, each block having its own identity", () => {
  equal(shared(2, 0, 1) * 2, 16);
  equal(shared(2, 0, 2), 0);
  const identity = prefixIdentity(prefix, 2);
  equal(identity.blocks(0), 16);
  const seen = new Set<number>();
  for (let i = 0; i < 16; i++) seen.add(identity.block(0, i));
  equal(seen.size, 16);
});

Deno.test("prefixIdentity() in larger blocks shares full blocks alone", () => {
  equal(shared(16, 0, 1), 1);
  const identity = prefixIdentity(prefix, 16);
  equal(identity.blocks(1), 1, "the half block at the end has no identity");
  // A chained hash at a block's end stands for all tokens before it.
  equal(shared(32, 0, 1), 0);
});

Deno.test("prefixIdentity() refuses blocks that do not divide one another", () => {
  throws(() => prefixIdentity(prefix, 12), /as KV blocks: current value is 12/);
  ok(prefixIdentity(prefix, 1));
});
