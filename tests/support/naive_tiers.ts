import type { TierParts } from "../../lib/cluster/kv_tiers/kv_tier_parts.ts";

/** A request of a workload in which one follows when all of the one before is over. */
export interface LoneRequest {
  readonly atSeconds: number;
  /** Names of the blocks of its prompt, the last of which may be partly filled. */
  readonly blocks: readonly number[];
  readonly promptTokens: number;
  readonly outputTokens: number;
}

/** Tokens that a request had of the prefix cache and of each tier. */
export interface NaiveHits {
  readonly cached: number;
  readonly tiers: number[];
}

/** What a tier holds, the block used longest ago first. */
interface Held {
  readonly name: number;
  readonly usedAtSeconds: number;
}

/**
 * A prefix cache and the tiers behind it as lists of blocks, for requests that come one by one: the
 * rules of docs/kv-tiers.md block by block.
 */
export class NaiveTiers {
  readonly #blockTokens: number;
  readonly #tiers: readonly TierParts[];
  /** Free blocks of the engine in the order in which they are taken. */
  readonly #free: (number | null)[];
  readonly #held: Held[][];
  /** Whether what is loaded is there in the step that asks for it. */
  readonly #isInstant: boolean;
  /** Names that are being read, and of which tier. */
  readonly #pinned = new Map<number, number>();

  constructor(
    kvBlocks: number,
    blockTokens: number,
    tiers: readonly TierParts[],
    isInstant: boolean,
  ) {
    this.#isInstant = isInstant;
    this.#blockTokens = blockTokens;
    this.#tiers = tiers;
    this.#free = new Array<null>(kvBlocks).fill(null);
    this.#held = tiers.map(() => []);
  }

  /** Serves a request. */
  serve({ atSeconds: now, blocks, promptTokens, outputTokens }: LoneRequest): NaiveHits {
    const size = this.#blockTokens;
    const full = blocks.slice(0, Math.floor(promptTokens / size));
    this.#tiers.forEach(({ ttlSeconds }, i) => {
      this.#held[i] = this.#held[i].filter(({ usedAtSeconds }) => usedAtSeconds + ttlSeconds > now);
    });
    const most = Math.floor((promptTokens - 1) / size);
    let matched = 0;
    while (matched < most && this.#free.includes(full[matched])) matched++;
    const hits = this.#tiers.map(() => 0);
    let until = matched;
    for (; until < full.length; until++) {
      const tier = this.#held.findIndex((held) => held.some(({ name }) => name === full[until]));
      if (tier < 0) break;
      hits[tier] += size;
      this.#pinned.set(full[until], tier);
    }
    if (Math.min(until * size, promptTokens - 1) <= matched * size) {
      until = matched;
      hits.fill(0);
      this.#pinned.clear();
    }
    for (const name of full.slice(0, matched)) this.#free.splice(this.#free.indexOf(name), 1);
    // What makes room for blocks that come does not take the place of these while they come.
    const early = this.#isInstant ? matched : until;
    if (early > matched) this.#evict(0, this.#take(early - matched), now);
    this.#pinned.clear();
    this.#tiers.forEach((_, tier) => this.#touch(tier, full, now));
    // The prompt in one step, then the blocks of the decodes one by one.
    const ofPrompt = Math.ceil(promptTokens / size);
    this.#evict(0, this.#take(ofPrompt - early), now);
    // Blocks whose like is cached already have no name.
    const names = full.map((name, i) => i < matched || !this.#free.includes(name) ? name : null);
    this.#offer(0, full, full, now);
    const all = Math.ceil((promptTokens + outputTokens - 1) / size);
    for (let i = ofPrompt; i < all; i++) this.#evict(0, this.#take(1), now);
    // The last ones go first.
    this.#free.push(...new Array<null>(all - names.length).fill(null), ...names.reverse());
    return { cached: matched * size, tiers: hits };
  }

  /** Takes free blocks; returns the names that they lose. */
  #take(count: number): number[] {
    return this.#free.splice(0, count).filter((name) => name !== null);
  }

  #touch(tier: number, names: readonly number[], now: number): void {
    for (const name of names.toReversed()) {
      const place = this.#held[tier].findIndex((one) => one.name === name);
      if (place < 0) continue;
      this.#held[tier].splice(place, 1);
      this.#held[tier].push({ name, usedAtSeconds: now });
    }
  }

  /** What a tier lets go is for the next one. */
  #evict(tier: number, names: readonly number[], now: number): void {
    if (this.#tiers[tier]?.write === "evict") this.#store(tier, names, now);
  }

  /** A tier takes what it lacks; undefined if that is nothing, or too much. */
  #store(tier: number, names: readonly number[], now: number): number[] | undefined {
    const held = this.#held[tier];
    const missing = names.filter((name) => !held.some((one) => one.name === name));
    const lacking = Math.max(0, held.length + missing.length - this.#tiers[tier].blocks);
    const gone = held.filter(({ name }) => this.#pinned.get(name) !== tier).slice(0, lacking);
    if (missing.length === 0 || gone.length < lacking) return undefined;
    this.#held[tier] = held.filter((one) => !gone.includes(one));
    this.#held[tier].push(...missing.map((name) => ({ name, usedAtSeconds: now })));
    this.#evict(tier + 1, gone.map(({ name }) => name), now);
    return missing;
  }

  #offer(from: number, names: readonly number[], prompt: readonly number[], now: number): void {
    for (let tier = from; tier < this.#tiers.length; tier++) {
      if (this.#tiers[tier].write !== "through") continue;
      const taken = this.#store(tier, names, now);
      this.#touch(tier, prompt, now);
      if (taken === undefined) continue;
      return this.#offer(tier + 1, taken, prompt, now);
    }
  }
}
