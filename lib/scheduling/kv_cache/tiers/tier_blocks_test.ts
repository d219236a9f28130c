import { deepEqual, equal, ok, throws } from "#assert";
import fc from "fast-check";
import { prefixIdentity } from "../prefix_identity.ts";
import { type BlockRange, TierBlocks } from "./tier_blocks.ts";
import { blocksIn, lookUp, rangesOf, type TierPart, touchRequest } from "./tier_stack.ts";

/** A tier as a list of blocks, the one used longest ago first. */
class PlainTier {
  blocks: { readonly name: string; users: number; usedAt: number }[] = [];
  readonly capacity: number;
  readonly ttl: number;

  constructor(capacity: number, ttl: number) {
    this.capacity = capacity;
    this.ttl = ttl;
  }

  find(name: string) {
    return this.blocks.find((block) => block.name === name);
  }

  expire(now: number): void {
    this.blocks = this.blocks.filter(({ users, usedAt }) => users !== 0 || usedAt + this.ttl > now);
  }

  touch(names: readonly string[], now: number): void {
    for (const name of names.toReversed()) {
      const block = this.find(name);
      if (block === undefined) continue;
      this.blocks = [...this.blocks.filter((one) => one !== block), { ...block, usedAt: now }];
    }
  }

  /** Takes those that are missing in; the names that are, undefined without room. */
  store(names: readonly string[], now: number): string[] | undefined {
    const missing = names.filter((name) => this.find(name) === undefined);
    let lacking = this.blocks.length + missing.length - this.capacity;
    if (this.blocks.filter(({ users }) => users === 0).length < lacking) return undefined;
    this.blocks = this.blocks.filter(({ users }) => users !== 0 || lacking-- <= 0);
    for (const name of missing.toReversed()) this.blocks.push({ name, users: -1, usedAt: now });
    return missing;
  }
}

/** Prompts that begin alike: the request of number r is of the kind r. */
const PROMPTS = [
  [1, 2, 3, 4, 5, 6],
  [1, 2, 3, 7, 8],
  [1, 2, 3, 7, 9, 10, 11],
  [12, 13, 14, 15],
  [16],
  [17, 18, 19, 20, 21, 22, 23, 24],
];
const offsets = new Uint32Array(PROMPTS.length + 1);
PROMPTS.forEach((row, i) => offsets[i + 1] = offsets[i] + row.length);
const identity = prefixIdentity(
  { blockTokens: 4, offsets, hashes: Float64Array.from(PROMPTS.flat()) },
  4,
);

const namesOf = (request: number, from: number, to: number) =>
  PROMPTS[request].slice(from, to).map(String);

/** The names of ranges, by what the prompts have there. */
function namesIn(ranges: readonly BlockRange[]): string[] {
  return ranges.flatMap((range) => {
    for (let request = 0; request < PROMPTS.length; request++) {
      let start = 0;
      for (let place = identity.offsets[request]; place < identity.offsets[request + 1]; place++) {
        if (identity.runs[place] === range.run && start + range.to <= PROMPTS[request].length) {
          return namesOf(request, start + range.from, start + range.to);
        }
        start = identity.ends[place];
      }
    }
    throw new RangeError(`no prompt has ${JSON.stringify(range)}`);
  });
}

const request = fc.integer({ min: 0, max: PROMPTS.length - 1 });
const share = fc.integer({ min: 0, max: 8 });
const first = fc.constantFrom(0, 0, 0, 1, 3);
const operations = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("store"), request, from: first, to: share }),
    fc.record({ kind: fc.constant("store"), request, from: first, to: share }),
    fc.record({ kind: fc.constant("arrive"), which: fc.nat(), comes: fc.boolean() }),
    fc.record({ kind: fc.constant("arrive"), which: fc.nat(), comes: fc.constant(true) }),
    fc.record({ kind: fc.constant("touch"), request, to: share }),
    fc.record({ kind: fc.constant("read"), request, from: first }),
    fc.record({ kind: fc.constant("done"), which: fc.nat() }),
    fc.record({ kind: fc.constant("wait"), seconds: fc.integer({ min: 1, max: 4 }) }),
  ),
  { maxLength: 60, size: "max" },
);
const sizes = fc.record({
  capacity: fc.integer({ min: 0, max: 14 }),
  ttl: fc.constantFrom(Infinity, Infinity, 3, 8),
});

Deno.test("TierBlocks stores, finds, keeps and forgets as a list of least recently used blocks does", () => {
  let hits = 0, refused = 0, evicted = 0, expired = 0;
  fc.assert(
    fc.property(operations, fc.array(sizes, { minLength: 1, maxLength: 3 }), (steps, all) => {
      const tiers = all.map(({ capacity, ttl }) => new TierBlocks(capacity, ttl));
      const plain = all.map(({ capacity, ttl }) => new PlainTier(capacity, ttl));
      const coming: { tier: number; ranges: BlockRange[]; names: string[] }[] = [];
      const read: TierPart[][] = [];
      let now = 0;
      for (const [number, step] of steps.entries()) {
        plain.forEach((tier) => tier.expire(now));
        tiers.forEach((tier) => tier.expire(now));
        if (step.kind === "wait") now += step.seconds;
        else if (step.kind === "store") {
          const tier = number % tiers.length;
          const names = namesOf(step.request, step.from, step.to);
          const found = plain[tier].store(names, now);
          const ranges: BlockRange[] = [];
          for (const range of rangesOf(identity, step.request, step.from, step.to)) {
            tiers[tier].missing(range, ranges);
          }
          const room = tiers[tier].makeRoom(blocksIn(ranges));
          equal(room === undefined, found === undefined);
          if (found === undefined) {
            refused++;
            continue;
          }
          deepEqual(namesIn(ranges), found);
          for (const range of ranges.toReversed()) tiers[tier].expect(range, now);
          if (ranges.length > 0) coming.push({ tier, ranges, names: found });
          evicted += blocksIn(room!);
        } else if (step.kind === "arrive" && coming.length > 0) {
          const [{ tier, ranges, names }] = coming.splice(step.which % coming.length, 1);
          for (const range of ranges) {
            if (step.comes) tiers[tier].arrive(range);
            else tiers[tier].giveUp(range);
          }
          for (const name of names) plain[tier].find(name)!.users = 0;
          if (!step.comes) {
            plain[tier].blocks = plain[tier].blocks.filter(({ name }) => !names.includes(name));
          }
        } else if (step.kind === "touch") {
          for (const tier of tiers) touchRequest(tier, identity, step.request, step.to, now);
          for (const tier of plain) tier.touch(namesOf(step.request, 0, step.to), now);
        } else if (step.kind === "read") {
          const parts = lookUp(tiers, identity, step.request, step.from, 99, now);
          const names = parts.map(({ tier, range }) => [tier, ...namesIn([range])]);
          const wanted: [number, string][] = [];
          for (const name of namesOf(step.request, step.from, 99)) {
            const tier = plain.findIndex((one) => (one.find(name)?.users ?? -1) >= 0);
            if (tier < 0) break;
            wanted.push([tier, name]);
          }
          deepEqual(names.flatMap(([tier, ...list]) => list.map((one) => [tier, one])), wanted);
          for (const { tier, range } of parts) tiers[tier].pin(range);
          for (const [tier, name] of wanted) plain[tier].find(name)!.users++;
          if (parts.length > 0) read.push(parts);
          hits += wanted.length;
        } else if (step.kind === "done" && read.length > 0) {
          for (const { tier, range } of read.splice(step.which % read.length, 1)[0]) {
            tiers[tier].unpin(range);
            for (const name of namesIn([range])) plain[tier].find(name)!.users--;
          }
        }
        tiers.forEach((tier, i) => {
          tier.check();
          equal(tier.used, plain[i].blocks.length);
          equal(tier.arriving, plain[i].blocks.filter(({ users }) => users < 0).length);
        });
      }
      expired += tiers.reduce((sum, tier) => sum + tier.expired, 0);
    }),
    { numRuns: 300 },
  );
  ok(hits > 0 && refused > 0 && evicted > 0 && expired > 0, `${[hits, refused, evicted, expired]}`);
});

Deno.test("TierBlocks: the first block of a prompt outlives those behind it", () => {
  const tier = new TierBlocks(6);
  for (const range of rangesOf(identity, 0, 0, 6)) tier.expect(range, 0);
  equal(tier.makeRoom(1), undefined, "what is on its way in stays");
  for (const range of rangesOf(identity, 0, 0, 6)) tier.arrive(range);
  touchRequest(tier, identity, 0, 6, 1);
  deepEqual(namesIn(tier.makeRoom(2)!), ["5", "6"]);
  deepEqual(lookUp([tier], identity, 0, 0, 6, 1).flatMap(({ range }) => namesIn([range])), [
    "1",
    "2",
    "3",
    "4",
  ]);
  equal(tier.evicted, 2);
});

Deno.test("TierBlocks refuses what it has no room for, and blocks that it does not have", () => {
  const tier = new TierBlocks(3);
  throws(() => tier.expect({ run: 0, from: 0, to: 4 }, 0), /in a tier of 3/);
  throws(() => tier.pin({ run: 0, from: 0, to: 1 }), /as ones of the tier/);
  throws(() => new TierBlocks(1.5), RangeError);
  throws(() => new TierBlocks(1, 0), RangeError);
});
