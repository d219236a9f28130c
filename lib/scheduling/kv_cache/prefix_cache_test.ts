import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { PrefixCache } from "./prefix_cache.ts";
import { PrefixHolders } from "./prefix_holders.ts";
import { type PrefixIdentity, prefixIdentity } from "./prefix_identity.ts";

const BLOCK = 4;
const CAPACITY = 12;

/** Prompts of eight kinds: those of a pair share their first three blocks. */
const HASHES = Array.from(
  { length: 8 },
  (_, kind) =>
    Array.from({ length: 7 }, (_, block) => (block < 3 ? kind >> 1 : kind + 10) * 10 + block),
);

/** Requests are numbered so that request r is of kind r mod 8. */
const REQUESTS = 800;
const identity = identityOf(Array.from({ length: REQUESTS }, (_, request) => HASHES[request % 8]));

function identityOf(rows: readonly (readonly number[])[]): PrefixIdentity {
  const offsets = new Uint32Array(rows.length + 1);
  rows.forEach((row, i) => offsets[i + 1] = offsets[i] + row.length);
  return prefixIdentity(
    { blockTokens: BLOCK, offsets, hashes: Float64Array.from(rows.flat()) },
    BLOCK,
  );
}

/** The cache as a list: free blocks in the order in which they are taken, each with what it holds. */
class PlainCache {
  free: (number | null)[] = new Array(CAPACITY).fill(null);
  /** Users of each identified block in use. */
  readonly users = new Map<number, number>();

  knows(hash: number): boolean {
    return this.users.has(hash) || this.free.includes(hash);
  }

  matched(request: number, tokens: number): number {
    const hashes = HASHES[request % 8].slice(0, Math.floor(tokens / BLOCK));
    const miss = hashes.findIndex((hash) => !this.knows(hash));
    return miss < 0 ? hashes.length : miss;
  }

  use(hash: number): void {
    const users = this.users.get(hash) ?? 0;
    if (users === 0) this.free.splice(this.free.indexOf(hash), 1);
    this.users.set(hash, users + 1);
  }

  leave(hash: number): void {
    const users = this.users.get(hash)! - 1;
    if (users > 0) return void this.users.set(hash, users);
    this.users.delete(hash);
    this.free.push(hash);
  }
}

interface Running {
  readonly request: number;
  readonly blocks: number;
  readonly list: number[];
  /** What its blocks hold: hashes, or null without identity. */
  holds: (number | null)[];
  readonly tokens: number;
  /** Tokens computed. */
  done: number;
}

const operations = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.integer({ min: 0, max: 7 }),
      tokens: fc.integer({ min: 1, max: 32 }),
      renews: fc.boolean(),
    }),
    fc.record({ go: fc.nat(), on: fc.integer({ min: 1, max: 9 }) }),
    fc.record({ end: fc.nat() }),
  ),
  { maxLength: 80 },
);

Deno.test("PrefixCache matches, shares and forgets as a list of least recently freed blocks does", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const holders = new PrefixHolders(identity);
      const cache = new PrefixCache(CAPACITY, BLOCK, identity, holders, 40);
      const plain = new PlainCache();
      const running: Running[] = [];
      for (const [number, step] of steps.entries()) {
        if ("kind" in step) {
          begin(cache, plain, running, number * 8 + step.kind, step.tokens, step.renews);
        } else if (running.length === 0) continue;
        else if ("go" in step) {
          const one = running[step.go % running.length];
          compute(cache, plain, one, one.done + step.on);
        } else {
          const [{ request, blocks, list, holds }] = running.splice(step.end % running.length, 1);
          cache.release(request, list, blocks);
          // Blocks beyond the identified ones go first, then the others from the last to the first.
          plain.free.push(...new Array(blocks - holds.length).fill(null));
          for (const hash of holds.reverse()) {
            if (hash === null) plain.free.push(null);
            else plain.leave(hash);
          }
        }
        equal(cache.free, plain.free.length);
        equal(cache.used, CAPACITY - plain.free.length);
        const known = plain.users.size + plain.free.filter((hash) => hash !== null).length;
        equal(cache.cachedBlocks, known);
        for (let kind = 0; kind < 8; kind++) {
          equal(cache.matchedBlocks(kind, 28), plain.matched(kind, 28));
          if (plain.matched(kind, 28) > 0) ok(holders.mayHold(kind, 40), "the index knows of it");
        }
        if (known === 0) ok(!holders.mayHold(0, 40), "and of nothing else");
      }
      cache.close();
      for (let kind = 0; kind < 8; kind++) ok(!holders.mayHold(kind, 40));
    }),
    { seed: 1, numRuns: 500 },
  );
});

/** Admits a request if its blocks are there, as an engine does. */
function begin(
  cache: PrefixCache,
  plain: PlainCache,
  running: Running[],
  request: number,
  tokens: number,
  renews: boolean,
): void {
  const cached = cache.matchedBlocks(request, tokens - 1);
  equal(cached, plain.matched(request, tokens - 1));
  // The last block may be computed again.
  const matched = renews && cached > 0 ? cached - 1 : cached;
  const freeAmong = HASHES[request % 8].slice(0, matched).filter((h) => plain.free.includes(h));
  equal(cache.freeAmong(request, matched), freeAmong.length);
  const blocks = cache.blocksFor(tokens);
  if (blocks - matched > cache.free - freeAmong.length) return;
  const list: number[] = [];
  const holds: (number | null)[] = HASHES[request % 8].slice(0, matched);
  cache.share(request, matched, list);
  for (const hash of holds) plain.use(hash!);
  if (matched < cached) {
    cache.renew(request, matched);
    const place = plain.free.indexOf(HASHES[request % 8][matched]);
    if (place >= 0) plain.free[place] = null;
  }
  cache.take(blocks - matched);
  plain.free.splice(0, blocks - matched);
  running.push({ request, blocks, list, holds, tokens, done: matched * BLOCK });
}

/** Gives the blocks that are computed by then their identity. */
function compute(cache: PrefixCache, plain: PlainCache, one: Running, done: number): void {
  one.done = Math.min(done, one.tokens);
  cache.identify(one.request, one.done, one.list);
  const full = HASHES[one.request % 8].slice(0, Math.floor(one.done / BLOCK));
  for (const hash of full.slice(one.holds.length)) {
    const isDuplicate = plain.knows(hash);
    one.holds.push(isDuplicate ? null : hash);
    if (!isDuplicate) plain.users.set(hash, 1);
  }
  equal(one.list.reduce((sum, blocks) => sum + Math.abs(blocks), 0), one.holds.length);
}

Deno.test("PrefixCache: a prompt that comes again finds its full blocks, until others need the room", () => {
  const cache = new PrefixCache(CAPACITY, BLOCK, identity);
  const list: number[] = [];
  cache.take(7);
  cache.identify(0, 27, list);
  equal(cache.matchedBlocks(0, 27), 6, "27 tokens fill six blocks of four");
  cache.release(0, list, 7);
  equal(cache.used, 0, "a cached block that nobody uses is free");
  equal(cache.matchedBlocks(0, 27), 6);
  equal(cache.matchedBlocks(1, 27), 3, "what another prompt shares");
  cache.take(CAPACITY - 4);
  equal(cache.matchedBlocks(0, 27), 4, "its last blocks are forgotten first");
});

Deno.test("PrefixCache: a prompt of its own is found again by its request alone, and only after a preemption", () => {
  const own = identityOf([[1, 2, 3], [7, 8, 9]]);
  const cache = new PrefixCache(CAPACITY, BLOCK, own);
  const run = (comesBack: boolean) => {
    const held: number[] = [];
    cache.take(4);
    cache.identify(0, 13, held, comesBack);
    cache.release(0, held, 4);
  };
  run(false);
  deepEqual([cache.matchedBlocks(0, 13), cache.cachedBlocks], [0, 0]);
  run(true);
  deepEqual([cache.matchedBlocks(0, 13), cache.cachedBlocks], [3, 3]);
  equal(cache.matchedBlocks(1, 13), 0);
  const held: number[] = [];
  cache.share(0, 2, held);
  deepEqual([cache.used, cache.freeAmong(0, 3)], [2, 1]);
  cache.take(CAPACITY - 2);
  deepEqual([cache.matchedBlocks(0, 13), cache.free], [2, 0], "the blocks in use stay");
});

Deno.test("PrefixCache: what is kept is taken last, oldest first, and what is dropped is found by nobody", () => {
  const cache = new PrefixCache(CAPACITY, BLOCK, identity);
  const run = (request: number, freed?: "keep" | "drop") => {
    const held: number[] = [];
    cache.take(4);
    cache.identify(request, 16, held);
    cache.release(request, held, 4, freed);
  };
  const found = (...requests: number[]) => requests.map((one) => cache.matchedBlocks(one, 16));
  run(0, "keep");
  run(2);
  run(4, "drop");
  deepEqual(found(0, 2, 4), [4, 4, 0]);
  equal(cache.free, CAPACITY);
  cache.take(6);
  deepEqual(found(0, 2), [4, 2], "dropped ones first, then those freed in order");
  cache.take(3);
  deepEqual(found(0, 2), [3, 0], "the last block of the kept prompt");
  cache.give(9);
  const held: number[] = [];
  cache.share(0, 3, held);
  cache.release(0, held, 3);
  cache.take(9);
  deepEqual(found(0), [3], "kept no more, and used last");
  cache.take(1);
  deepEqual(found(0), [2]);
});
