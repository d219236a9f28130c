import { deepEqual, ok } from "#assert";
import fc from "fast-check";
import type { TierParts } from "../../lib/cluster/kv_tiers/kv_tier_parts.ts";
import { simulateCluster } from "../../lib/cluster/simulate.ts";
import { prefixIdentity } from "../../lib/scheduling/kv_cache/prefix_identity.ts";
import { type LoneRequest, NaiveTiers } from "../support/naive_tiers.ts";
import { withTiers } from "../support/random_tiers.ts";
import { smallCluster } from "../support/small_cluster.ts";

const BLOCK = 4;
/** More than any request and its transfers take, seconds. */
const GAP_SECONDS = 1000;

const tiers = fc.tuple(
  fc.constantFrom<readonly TierParts["kind"][]>(
    ["host"],
    ["host", "disk"],
    ["host", "disk", "store"],
    ["disk", "store"],
  ),
  fc.array(
    fc.record({
      blocks: fc.constantFrom(2, 7, 15, 40),
      ttlSeconds: fc.constantFrom(Infinity, Infinity, 2.5 * GAP_SECONDS, 6.5 * GAP_SECONDS),
      write: fc.constantFrom<TierParts["write"]>("through", "evict"),
    }),
    { minLength: 3, maxLength: 3 },
  ),
  fc.boolean(),
).map(([kinds, all, takesTime]) =>
  kinds.map((kind, i): TierParts => ({
    kind,
    ...all[i],
    // What makes room for a load may still be on its way in when the load is over: lists know no time.
    write: takesTime ? "through" : all[i].write,
    bytesPerSecond: takesTime && i === 0 ? 300 : Infinity,
    setupSeconds: takesTime ? 0.1 : 0,
  }))
);

/** Prompts of five families, cut and continued at random. */
const requests = fc.array(
  fc.record({
    gap: fc.integer({ min: 1, max: 3 }),
    family: fc.integer({ min: 0, max: 4 }),
    common: fc.integer({ min: 0, max: 9 }),
    own: fc.integer({ min: 0, max: 3 }),
    partial: fc.integer({ min: 0, max: BLOCK - 1 }),
    output: fc.integer({ min: 1, max: 12 }),
  }),
  { minLength: 10, maxLength: 40, size: "max" },
).map((drawn) => {
  let at = 0;
  return drawn.map(({ gap, family, common, own, partial, output }, i): LoneRequest => {
    at += gap * GAP_SECONDS;
    const blocks = [
      ...Array.from({ length: common }, (_, k) => 100 * family + k),
      ...Array.from({ length: own }, (_, k) => 1000 + 10 * i + k),
    ];
    const promptTokens = Math.max(1, blocks.length * BLOCK + partial);
    return { atSeconds: at, blocks, promptTokens, outputTokens: output };
  });
});

/** What each request had of the cache and of each tier, in the simulator. */
function simulated(rows: readonly LoneRequest[], kvBlocks: number, parts: readonly TierParts[]) {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach(({ blocks }, i) => offsets[i + 1] = offsets[i] + blocks.length);
  const hashes = Float64Array.from(rows.flatMap(({ blocks }) => [...blocks]));
  const identity = prefixIdentity({ blockTokens: BLOCK, offsets, hashes }, BLOCK);
  const cluster = smallCluster(
    rows.map((
      { atSeconds, promptTokens, outputTokens },
    ) => [atSeconds, promptTokens, outputTokens]),
    { engine: { kvBlocks, blockTokens: BLOCK, prefix: identity }, cluster: { sampleSeconds: 1e4 } },
  );
  const bindsLinks = parts[0].setupSeconds > 0;
  const test = {
    tiers: parts,
    blockBytes: 10,
    storageBytesPerSecond: 400,
    bindsLinks,
    areAsked: false,
  };
  const { columns, kvTiers } = simulateCluster(withTiers(cluster, test));
  return rows.map((_, i) => ({
    cached: columns.cachedTokens[i],
    tiers: parts.map(({ kind }) => kvTiers!.find((tier) => tier.kind === kind)!.hitTokens[i]),
  }));
}

Deno.test("tiers serve each request what lists of blocks serve it, token for token", () => {
  let hits = 0;
  fc.assert(
    fc.property(requests, tiers, fc.integer({ min: 18, max: 40 }), (rows, parts, kvBlocks) => {
      const naive = new NaiveTiers(kvBlocks, BLOCK, parts, parts[0].setupSeconds === 0);
      const wanted = rows.map((row) => naive.serve(row));
      deepEqual(simulated(rows, kvBlocks, parts), wanted);
      hits += wanted.reduce((sum, row) => sum + row.tiers.reduce((one, two) => one + two, 0), 0);
    }),
    { numRuns: 150 },
  );
  ok(hits > 1000, `${hits} tokens`);
});
