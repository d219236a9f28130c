import type { Clock } from "../../engine/clock.ts";
import type { RunColumns } from "../../engine/engine_parts.ts";
import type { KvTiersOfEngine } from "../../engine/kv_tiers_of_engine.ts";
import type { TierCounts, TierKind } from "../../metrics/kv_tier_record.ts";
import type { PrefixIdentity } from "../../scheduling/kv_cache/prefix_identity.ts";
import {
  type BlockRange,
  blocksIn,
  lookUp,
  rangesOf,
  type TierBlocks,
  touchRequest,
} from "../../scheduling/kv_cache/tiers/mod.ts";
import type { KvHolder } from "../handoff/kv_transfer_parts.ts";
import type { TierParts } from "./kv_tier_parts.ts";
import type { TierMoves } from "./tier_moves.ts";

/** Level of the engine's own blocks. */
const ENGINE = -1;

/** One tier as an instance sees it. */
export interface TierLevel {
  readonly parts: TierParts;
  readonly blocks: TierBlocks;
  /** What all tiers of its kind do. */
  readonly counts: TierCounts;
  /** Tokens of each request that came from tiers of its kind. */
  readonly hitTokens: Int32Array;
}

/** Who is told what has come of the blocks of requests. */
export interface TierReports {
  /** What a request waits for is there. */
  loaded(instanceId: number, request: number): void;
  /** Blocks of a request are read no more. */
  stored(instanceId: number, request: number): void;
}

/** What the tiers of an instance work with. */
export interface InstanceTiersOptions {
  readonly instance: KvHolder;
  readonly levels: readonly TierLevel[];
  readonly identity: PrefixIdentity;
  readonly blockTokens: number;
  readonly blockBytes: number;
  readonly run: RunColumns;
  readonly moves: TierMoves;
  readonly reports: TierReports;
}

/** The prompt of a request, as far as it is computed. */
interface PromptPart {
  readonly request: number;
  /** Its full blocks. */
  readonly blocks: number;
}

/** A load under way. */
interface Load {
  /** Numbers of its moves, and how many of them have not ended. */
  readonly moves: number[];
  left: number;
}

/**
 * The cache tiers behind the engine of one instance: a host tier of its own, and those that it shares
 * with others. Blocks go down tier by tier: what is computed is offered to the nearest tier that is
 * written through, from there to the next; what a tier lets go is offered to the next one if that takes
 * what is evicted. A tier takes what it lacks alone. What is evicted leaves through a staging buffer, so
 * that whoever needs the room does not wait for it.
 */
export class InstanceTiers implements KvTiersOfEngine {
  readonly takesEvicted: boolean;
  readonly #of: InstanceTiersOptions;
  readonly #clock: Clock;
  readonly #tiers: readonly TierBlocks[];
  readonly #loads = new Map<number, Load>();
  /** Moves that read blocks of a request out of the engine, by request. */
  readonly #storing = new Map<number, number>();
  /** Blocks of each request in its prefill that have been offered. */
  readonly #offered = new Map<number, number>();
  /** What the prefix cache has forgotten since the last step began. */
  #forgotten: BlockRange[] = [];

  constructor(of: InstanceTiersOptions) {
    this.#of = of;
    this.#clock = of.run.clock;
    this.#tiers = of.levels.map(({ blocks }) => blocks);
    this.takesEvicted = of.levels[0].parts.write === "evict";
  }

  /** Tiers that it sees, the nearest first. */
  get levels(): readonly TierLevel[] {
    return this.#of.levels;
  }

  /** Blocks of a request's prompt that are full. */
  #promptBlocks(request: number): number {
    const { run, blockTokens } = this.#of;
    return Math.floor(run.columns.promptTokens[request] / blockTokens);
  }

  reach(request: number, from: number): number {
    const { identity } = this.#of;
    const until = this.#promptBlocks(request);
    if (from >= until) return from;
    const parts = lookUp(this.#tiers, identity, request, from, until, this.#clock.now);
    return from + blocksIn(parts.map(({ range }) => range));
  }

  /** Leading tokens of a request's prompt that can be had where `cachedTokens` are there. */
  reachableTokens(request: number, cachedTokens: number): number {
    const { blockTokens } = this.#of;
    return Math.max(cachedTokens, blockTokens * this.reach(request, cachedTokens / blockTokens));
  }

  load(request: number, from: number, to: number): boolean {
    const { identity, levels, run, blockTokens, moves } = this.#of;
    const parts = lookUp(this.#tiers, identity, request, from, to, this.#clock.now);
    const load: Load = { moves: [], left: 1 };
    const isFirst = Number.isNaN(run.columns.scheduledAtSeconds[request]);
    this.#loads.set(request, load);
    for (const [tier, level] of levels.entries()) {
      const ranges = parts.filter((part) => part.tier === tier).map(({ range }) => range);
      const blocks = blocksIn(ranges);
      if (isFirst) level.hitTokens[request] = blocks * blockTokens;
      if (blocks === 0) continue;
      for (const range of ranges) level.blocks.pin(range);
      load.left++;
      const id = moves.begin({
        instance: this.#of.instance,
        ranges,
        bytes: blocks * this.#of.blockBytes,
        tier: level.parts,
        from: level.parts.kind,
        to: "gpu",
        arrives: () => {
          level.counts.loadedBlocks += blocks;
          level.counts.loadedBytes += blocks * this.#of.blockBytes;
          for (const range of ranges) level.blocks.unpin(range);
          if (--load.left === 0) this.#hasLoaded(request);
        },
        givesUp: () => {
          level.counts.givenUpBlocks += blocks;
          for (const range of ranges) level.blocks.unpin(range);
        },
      });
      if (id >= 0) load.moves.push(id);
    }
    if (--load.left > 0) return true;
    this.#loads.delete(request);
    return false;
  }

  #hasLoaded(request: number): void {
    this.#loads.delete(request);
    this.#of.reports.loaded(this.#of.instance.id, request);
  }

  enters(request: number): void {
    const { identity, levels } = this.#of;
    const blocks = this.#promptBlocks(request);
    if (blocks === 0) return;
    this.#offered.set(request, 0);
    for (const level of levels) {
      touchRequest(level.blocks, identity, request, blocks, this.#clock.now);
    }
  }

  computed(request: number, tokens: number): void {
    const { identity, blockTokens } = this.#of;
    const before = this.#offered.get(request);
    if (before === undefined) return;
    const all = this.#promptBlocks(request);
    const blocks = Math.min(all, Math.floor(tokens / blockTokens));
    if (blocks === all) this.#offered.delete(request);
    else this.#offered.set(request, blocks);
    if (blocks <= before) return;
    this.#offer(0, rangesOf(identity, request, before, blocks), ENGINE, { request, blocks });
  }

  forgets(run: number, from: number, to: number): void {
    const last = this.#forgotten.at(-1);
    // The last blocks go first: what goes next often ends where that began.
    if (last?.run === run && last.from === to) {
      this.#forgotten[this.#forgotten.length - 1] = { run, from, to: last.to };
    } else this.#forgotten.push({ run, from, to });
  }

  stepBegins(): boolean {
    if (this.#forgotten.length === 0) return false;
    this.#takeEvicted(0, this.#forgotten, ENGINE);
    this.#forgotten = [];
    return true;
  }

  isStoring(request: number): boolean {
    return this.#storing.has(request);
  }

  giveUp(request: number): void {
    const load = this.#loads.get(request);
    if (load === undefined) return;
    this.#loads.delete(request);
    for (const id of load.moves) this.#of.moves.cancel(id);
  }

  /**
   * Offers blocks to the tiers from `level` on that are written through. The nearest one takes what it
   * lacks; when that is there, it is offered to the next. The prompt so far is used in each.
   *
   * @param source Level that they are read from, where they stay as long.
   */
  #offer(level: number, ranges: readonly BlockRange[], source: number, prompt: PromptPart): void {
    const { levels, identity } = this.#of;
    const { request, blocks } = prompt;
    for (let to = level; to < levels.length; to++) {
      if (levels[to].parts.write !== "through") continue;
      const taken = this.#makeRoom(to, ranges);
      touchRequest(this.#tiers[to], identity, request, blocks, this.#clock.now);
      if (taken === undefined) continue;
      this.#hold(source, taken, request);
      const release = () => this.#release(source, taken, request);
      this.#store(to, taken, source, release, () => this.#offer(to + 1, taken, to, prompt));
      return;
    }
  }

  /** What a level lets go is offered to the next tier, if that takes what is evicted. */
  #takeEvicted(level: number, ranges: readonly BlockRange[], source: number): void {
    if (this.#of.levels[level]?.parts.write !== "evict") return;
    const taken = this.#makeRoom(level, ranges);
    if (taken !== undefined) this.#store(level, taken, source);
  }

  /** A tier expects those blocks that it lacks; undefined if there are none, or has no room for them. */
  #makeRoom(level: number, ranges: readonly BlockRange[]): readonly BlockRange[] | undefined {
    const { blocks: tier, counts } = this.#of.levels[level];
    const { now } = this.#clock;
    tier.expire(now);
    const missing: BlockRange[] = [];
    for (const range of ranges) {
      const parts: BlockRange[] = [];
      tier.missing(range, parts);
      // The last blocks have been used before the first ones.
      missing.push(...parts.reverse());
    }
    const blocks = blocksIn(missing);
    if (blocks === 0) return undefined;
    const gone = tier.makeRoom(blocks);
    if (gone === undefined) {
      counts.refusedBlocks += blocks;
      return undefined;
    }
    for (const range of missing) tier.expect(range, now);
    if (gone.length > 0) this.#takeEvicted(level + 1, gone, level);
    return missing;
  }

  /** Moves blocks that a tier expects into it. */
  #store(
    level: number,
    ranges: readonly BlockRange[],
    source: number,
    release?: () => void,
    then?: () => void,
  ): void {
    const { instance, levels, moves, blockBytes } = this.#of;
    const { parts, blocks: tier, counts } = levels[level];
    const blocks = blocksIn(ranges);
    moves.begin({
      instance,
      ranges,
      bytes: blocks * blockBytes,
      tier: parts,
      from: this.#placeOf(source),
      to: parts.kind,
      arrives: () => {
        counts.storedBlocks += blocks;
        counts.storedBytes += blocks * blockBytes;
        for (const range of ranges) tier.arrive(range);
        release?.();
        then?.();
      },
      givesUp: () => {
        counts.givenUpBlocks += blocks;
        for (const range of ranges) tier.giveUp(range);
        release?.();
      },
    });
  }

  /** Blocks stay where they are while they are read. */
  #hold(source: number, ranges: readonly BlockRange[], request: number): void {
    if (source === ENGINE) this.#storing.set(request, (this.#storing.get(request) ?? 0) + 1);
    else for (const range of ranges) this.#tiers[source].pin(range);
  }

  #release(source: number, ranges: readonly BlockRange[], request: number): void {
    if (source !== ENGINE) {
      for (const range of ranges) this.#tiers[source].unpin(range);
      return;
    }
    const left = this.#storing.get(request)! - 1;
    if (left > 0) return void this.#storing.set(request, left);
    this.#storing.delete(request);
    this.#of.reports.stored(this.#of.instance.id, request);
  }

  /** Where the blocks of a level are. */
  #placeOf(level: number): TierKind | "gpu" {
    return level === ENGINE ? "gpu" : this.#of.levels[level].parts.kind;
  }
}
