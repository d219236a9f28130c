import { type CacheEntry, type EvictionPolicy, leastRecentlyUsed } from "./eviction.ts";
import type { WeightTier } from "./stages.ts";

/** A tier that a node can hold weights in. */
export type CachedTier = Exclude<WeightTier, "remote">;

/** Room of one node. */
export interface WeightRoom {
  /** Host memory set aside for weights, bytes. */
  readonly dramBytes: number;
  /** Local disk set aside for weights, bytes. */
  readonly ssdBytes: number;
}

/** How starts found their weights. */
export interface WeightCacheCounts {
  /** Starts (per node) that looked. */
  readonly lookups: number;
  /** Of those, found in host memory. */
  readonly dramHits: number;
  /** Of those, found on the local disk and not in memory. */
  readonly ssdHits: number;
  /** Models given up to make room, over both tiers. */
  readonly evictions: number;
  /** Bytes given up. */
  readonly evictedBytes: number;
}

class Tier {
  readonly entries = new Map<string, CacheEntry>();
  readonly policy: EvictionPolicy;
  readonly capacityBytes: number;
  usedBytes = 0;
  #byteSeconds = 0;
  #sinceSeconds = 0;

  constructor(capacityBytes: number, policy: EvictionPolicy) {
    this.capacityBytes = capacityBytes;
    this.policy = policy;
  }

  /** Integral of the bytes taken until `now`, byte-seconds. */
  byteSeconds(now: number): number {
    return this.#byteSeconds + this.usedBytes * Math.max(0, now - this.#sinceSeconds);
  }

  /** Takes so many bytes more, or fewer. */
  change(bytes: number, now: number): void {
    this.#byteSeconds = this.byteSeconds(now);
    this.#sinceSeconds = now;
    this.usedBytes += bytes;
  }
}

/**
 * Weights held on nodes: host memory and local disk, each with a capacity and an eviction policy.
 * Entries are pinned while they load, are read or are held by an instance; pinned ones stay.
 *
 * @example
 * ```ts
 * import { WeightCache } from "./weight_cache.ts";
 * const cache = new WeightCache();
 * const node = cache.addNode({ dramBytes: 100e9, ssdBytes: 0 });
 * cache.hold(node, "dram", "llama", 16e9, 0);
 * console.log(cache.tier(node, "llama"), cache.tier(node, "opt")); // dram remote
 * ```
 */
export class WeightCache {
  readonly #policy: () => EvictionPolicy;
  readonly #nodes: Record<CachedTier, Tier>[] = [];
  #lookups = 0;
  #dramHits = 0;
  #ssdHits = 0;
  #evictions = 0;
  #evictedBytes = 0;

  /** @param policy Makes the eviction policy of one tier of one node; least recently used unless given. */
  /** Makes an empty cache; each memory of each node gets an eviction policy of its own. */
  constructor(policy: () => EvictionPolicy = leastRecentlyUsed) {
    this.#policy = policy;
  }

  /** Adds a node and returns its id (0, 1, 2, ...). */
  addNode(room: WeightRoom): number {
    for (const bytes of [room.dramBytes, room.ssdBytes]) {
      if (!(bytes >= 0)) {
        throw new RangeError(
          `Cannot set aside room for weights as bytes >= 0: current value is ${bytes}`,
        );
      }
    }
    this.#nodes.push({
      dram: new Tier(room.dramBytes, this.#policy()),
      ssd: new Tier(room.ssdBytes, this.#policy()),
    });
    return this.#nodes.length - 1;
  }

  /** Nearest place of the complete weights; does not count as a use. */
  tier(node: number, key: string): WeightTier {
    const { dram, ssd } = this.#nodes[node];
    if (dram.entries.get(key)?.complete) return "dram";
    return ssd.entries.get(key)?.complete ? "ssd" : "remote";
  }

  /** As `tier`, and counts a start's look-up. */
  lookUp(node: number, key: string): WeightTier {
    const tier = this.tier(node, key);
    this.#lookups++;
    if (tier === "dram") this.#dramHits++;
    else if (tier === "ssd") this.#ssdHits++;
    return tier;
  }

  /**
   * Sets room aside for weights that are about to load (pinned, incomplete), giving up others.
   * Returns the bytes given up, or -1 when pinned entries leave too little room. Weights that are
   * there or loading already get one more pin.
   */
  reserve(
    node: number,
    tier: CachedTier,
    key: string,
    bytes: number,
    now: number,
    costSeconds = bytes / 1e9,
  ): number {
    const room = this.#nodes[node][tier];
    const known = room.entries.get(key);
    if (known !== undefined) {
      known.pins++;
      return 0;
    }
    let free = room.capacityBytes - room.usedBytes;
    const victims: CacheEntry[] = [];
    if (bytes > free) {
      const candidates = [...room.entries.values()].filter((entry) => entry.pins === 0);
      // Insertion order breaks ties: the sort is stable.
      candidates.sort((a, b) => room.policy.worth(a) - room.policy.worth(b));
      for (const entry of candidates) {
        if (bytes <= free) break;
        victims.push(entry);
        free += entry.bytes;
      }
      if (bytes > free) return -1;
    }
    let evicted = 0;
    for (const entry of victims) {
      room.entries.delete(entry.key);
      room.policy.evicted(entry);
      evicted += entry.bytes;
    }
    this.#evictions += victims.length;
    this.#evictedBytes += evicted;
    const entry: CacheEntry = {
      key,
      bytes,
      costSeconds,
      lastUseSeconds: now,
      uses: 1,
      pins: 1,
      complete: false,
      priority: 0,
    };
    room.policy.touch(entry);
    room.entries.set(key, entry);
    room.change(bytes - evicted, now);
    return evicted;
  }

  /** Marks reserved weights complete and takes the pin off. */
  commit(node: number, tier: CachedTier, key: string): void {
    const entry = this.#entry(node, tier, key);
    entry.complete = true;
    entry.pins--;
  }

  /** Takes the pin of a load that was given up off; incomplete weights that nobody waits for go. */
  abandon(node: number, tier: CachedTier, key: string, now: number): void {
    const entry = this.#entry(node, tier, key);
    entry.pins--;
    if (!entry.complete && entry.pins === 0) this.#remove(node, tier, entry, now);
  }

  /** Uses weights and keeps them until `unpin`. */
  pin(node: number, tier: CachedTier, key: string, now: number): void {
    const entry = this.#entry(node, tier, key);
    entry.pins++;
    entry.uses++;
    entry.lastUseSeconds = now;
    this.#nodes[node][tier].policy.touch(entry);
  }

  /** Takes one pin off. */
  unpin(node: number, tier: CachedTier, key: string): void {
    const entry = this.#entry(node, tier, key);
    if (entry.pins === 0) {
      throw new RangeError(`Cannot unpin weights as pinned ones: current value is "${key}"`);
    }
    entry.pins--;
  }

  /** Puts complete weights in without a load (to begin warm); false when they do not fit. */
  hold(node: number, tier: CachedTier, key: string, bytes: number, now: number): boolean {
    if (this.reserve(node, tier, key, bytes, now) < 0) return false;
    this.commit(node, tier, key);
    return true;
  }

  /** Gives weights up at once (a node that fails, an explicit eviction); false when pinned or absent. */
  drop(node: number, tier: CachedTier, key: string, now: number): boolean {
    const entry = this.#nodes[node][tier].entries.get(key);
    if (entry === undefined || entry.pins > 0) return false;
    this.#remove(node, tier, entry, now);
    return true;
  }

  /** Gives up all that a node holds, pinned or not: it failed, and so did what used the weights. */
  clearNode(node: number, now: number): void {
    for (const room of Object.values(this.#nodes[node])) {
      room.entries.clear();
      room.change(-room.usedBytes, now);
    }
  }

  /** Whether a place holds complete weights. */
  has(node: number, tier: CachedTier, key: string): boolean {
    return this.#nodes[node][tier].entries.get(key)?.complete === true;
  }

  /** Bytes taken on a node's tier, loading ones included. */
  usedBytes(node: number, tier: CachedTier): number {
    return this.#nodes[node][tier].usedBytes;
  }

  /**
   * Bytes taken on a tier of all nodes, loading ones included, over the time until `now`, byte-seconds.
   */
  byteSeconds(tier: CachedTier, now: number): number {
    return this.#nodes.reduce((sum, node) => sum + node[tier].byteSeconds(now), 0);
  }

  /** Counts since the start. */
  counts(): WeightCacheCounts {
    return {
      lookups: this.#lookups,
      dramHits: this.#dramHits,
      ssdHits: this.#ssdHits,
      evictions: this.#evictions,
      evictedBytes: this.#evictedBytes,
    };
  }

  #remove(node: number, tier: CachedTier, entry: CacheEntry, now: number): void {
    const room = this.#nodes[node][tier];
    room.entries.delete(entry.key);
    room.change(-entry.bytes, now);
  }

  #entry(node: number, tier: CachedTier, key: string): CacheEntry {
    const entry = this.#nodes[node]?.[tier].entries.get(key);
    if (entry === undefined) {
      throw new RangeError(
        `Cannot find weights as held in ${tier} of node ${node}: current value is "${key}"`,
      );
    }
    return entry;
  }
}
