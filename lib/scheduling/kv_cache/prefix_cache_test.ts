import { equal, ok } from "@std/assert";
import fc from "fast-check";
import { PrefixCache } from "./prefix_cache.ts";
import type { PrefixIdentity } from "./prefix_identity.ts";

const BLOCK = 4;
const CAPACITY = 12;

/** Prompts of eight kinds: those of a pair share their first three blocks. */
const HASHES = Array.from(
  { length: 8 },
  (_, kind) =>
    Array.from({ length: 7 }, (_, block) => (block < 3 ? kind >> 1 : kind + 10) * 10 + block),
);

/** Requests are numbered so that request r is of kind r mod 8. */
const identity: PrefixIdentity = {
  blocks: (request) => HASHES[request % 8].length,
  block: (request, index) => HASHES[request % 8][index],
};

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
  readonly holds: (number | null)[];
}

const operations = fc.array(
  fc.oneof(
    fc.record({ kind: fc.integer({ min: 0, max: 7 }), tokens: fc.integer({ min: 1, max: 32 }) }),
    fc.record({ end: fc.nat() }),
  ),
  { maxLength: 80 },
);

Deno.test("PrefixCache matches, shares and forgets as a list of least recently freed blocks does", () => {
  fc.assert(
    fc.property(operations, (steps) => {
      const cache = new PrefixCache(CAPACITY, BLOCK, identity);
      const plain = new PlainCache();
      const running: Running[] = [];
      for (const [number, step] of steps.entries()) {
        if ("kind" in step) begin(cache, plain, running, number * 8 + step.kind, step.tokens);
        else if (running.length > 0) {
          const [{ blocks, list, holds }] = running.splice(step.end % running.length, 1);
          cache.release(list, blocks);
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
        }
      }
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
): void {
  const matched = cache.matchedBlocks(request, tokens - 1);
  equal(matched, plain.matched(request, tokens - 1));
  const freeAmong = HASHES[request % 8].slice(0, matched).filter((h) => plain.free.includes(h));
  equal(cache.freeAmong(request, matched), freeAmong.length);
  const blocks = cache.blocksFor(tokens);
  if (blocks - matched > cache.free - freeAmong.length) return;
  const list: number[] = [];
  const holds: (number | null)[] = HASHES[request % 8].slice(0, matched);
  cache.share(request, matched, list);
  for (const hash of holds) plain.use(hash!);
  cache.take(blocks - matched);
  plain.free.splice(0, blocks - matched);
  cache.identify(request, tokens, list);
  const full = HASHES[request % 8].slice(0, Math.floor(tokens / BLOCK));
  for (const hash of full.slice(matched)) {
    const isDuplicate = plain.knows(hash);
    holds.push(isDuplicate ? null : hash);
    if (!isDuplicate) plain.users.set(hash, 1);
  }
  ok(list.length === holds.length);
  running.push({ request, blocks, list, holds });
}

Deno.test("PrefixCache: a prompt that comes again finds its full blocks, until others need the room", () => {
  const cache = new PrefixCache(CAPACITY, BLOCK, identity);
  const list: number[] = [];
  cache.take(7);
  cache.identify(0, 27, list);
  equal(cache.matchedBlocks(0, 27), 6, "27 tokens fill six blocks of four");
  cache.release(list, 7);
  equal(cache.used, 0, "a cached block that nobody uses is free");
  equal(cache.matchedBlocks(0, 27), 6);
  equal(cache.matchedBlocks(1, 27), 3, "what another prompt shares");
  cache.take(CAPACITY - 4);
  equal(cache.matchedBlocks(0, 27), 4, "its last blocks are forgotten first");
});
