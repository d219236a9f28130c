import { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import type { FreedBlocks } from "../scheduling/kv_cache/held_blocks.ts";
import type { IdentifiedPool } from "../scheduling/kv_cache/identified_pool.ts";
import { PrefixCache } from "../scheduling/kv_cache/prefix_cache.ts";
import { RadixCache } from "../scheduling/kv_cache/radix_cache.ts";
import type { PrefixIndex } from "../scheduling/kv_cache/prefix_holders.ts";
import type { BatchingStrategy } from "../scheduling/batching/strategy.ts";
import type { EngineParts } from "./engine_parts.ts";
import type { KvTiersOfEngine } from "./kv_tiers_of_engine.ts";
import { type Sequences, SequenceState } from "./sequences.ts";

/** More blocks than a run has. */
const LONGEST_RUN = 2 ** 24;

/** What a sequence leaves behind that lets its blocks go before its end. */
export interface Leave {
  /** Whether the request will be computed again, so that blocks of its own keep their identity. */
  readonly comesBack?: boolean;
  /** Whether it leaves for want of blocks, with all its tokens. */
  readonly isRetracted?: boolean;
  /** Tokens whose blocks have identity; default all that are computed. */
  readonly knownTokens?: number;
  /** Blocks beyond those of the computed tokens. */
  readonly extraBlocks?: number;
  /** What becomes of its blocks. */
  readonly freed?: FreedBlocks | undefined;
}

/** KV blocks of a request that is not in the batch. */
interface BlocksApart {
  readonly request: number;
  readonly identified: number[];
  readonly blocks: number;
  readonly freed?: FreedBlocks | undefined;
}

/** The KV blocks of one engine and which sequence has which of them. */
export class SequenceBlocks {
  readonly pool: BlockPool;
  /** Whose blocks they are. */
  readonly sequences: Sequences;
  /** The pool again when blocks have identity. */
  readonly cache: IdentifiedPool | undefined;
  /** Number of the instance. */
  readonly instance: number;
  readonly #parts: EngineParts;
  readonly #isChunked: boolean;
  /** Whether a step is formed before the last token of the one before is known. */
  readonly #isBehind: boolean;
  /** Whether the last block that the cache holds of a prompt is computed again. */
  readonly #recomputesLast: boolean;
  /** What of a prompt gets identity once it is computed; undefined: all of it, when it is scheduled. */
  readonly #cachesComputed: BatchingStrategy["cachesComputed"];
  /** Slots whose prompts are computed, which a planner ahead does not know yet. */
  readonly #computed: number[] = [];
  /** Identified blocks of each slot's sequence, in order; only with a prefix cache. */
  readonly #identified: number[][] = [];
  /** Blocks that have left with a request and are not free yet. */
  readonly #detached = new Map<number, BlocksApart>();
  /** Blocks of requests whose entries are to come, those for the next step included. */
  readonly #held = new Map<number, BlocksApart>();
  /** Blocks that are free when the step in progress has ended. */
  readonly #late: BlocksApart[] = [];

  /** Where blocks of prompts come from and go to beyond the engine. */
  readonly #tiers: KvTiersOfEngine | undefined;
  /** Whether all blocks of prompts have identity, asked for by others or not. */
  readonly #identifiesAll: boolean;

  /**
   * @param prefixes Told of the prefixes that the cache has, as those of an instance.
   * @param tiers Cache tiers behind the cache, where there is one.
   */
  constructor(
    parts: EngineParts,
    sequences: Sequences,
    prefixes: PrefixIndex | undefined,
    instance: number,
    tiers?: KvTiersOfEngine,
  ) {
    const { kvBlocks, blockTokens, prefix, strategy } = parts;
    this.#tiers = tiers;
    this.#identifiesAll = tiers?.takesEvicted === true;
    const forgets = this.#identifiesAll ? tiers!.forgets.bind(tiers) : undefined;
    const Cache = strategy.prefixCache === "radix" ? RadixCache : PrefixCache;
    this.cache = prefix &&
      new Cache(kvBlocks, blockTokens, prefix, prefixes?.of(prefix), instance, forgets);
    this.pool = this.cache ?? new BlockPool(kvBlocks, blockTokens);
    this.instance = instance;
    this.#parts = parts;
    this.sequences = sequences;
    this.#isChunked = strategy.reservation === "chunk";
    this.#isBehind = parts.asyncScheduling === true;
    this.#recomputesLast = parts.speculation?.recomputesLastBlock === true;
    this.#cachesComputed = this.cache && strategy.cachesComputed;
  }

  /**
   * Blocks that a leap may take. Where a tier takes what the cache forgets, each step tells what that is,
   * so that a leap ends with the blocks that have nothing to forget.
   */
  get free(): number {
    return this.#identifiesAll ? this.cache!.freeWithoutIdentity : this.pool.emptyBlocks;
  }

  /** Requests that have left and whose blocks are not free yet. */
  get detached(): number {
    return this.#detached.size;
  }

  /** Leading blocks of a request's `target` known tokens that the cache holds. */
  matched(request: number, target: number): number {
    // At least one token is always computed: its logits give the next one.
    if (this.cache === undefined) return 0;
    const matched = this.cache.matchedBlocks(request, target - 1);
    return matched > 0 && this.#recomputesLast ? matched - 1 : matched;
  }

  /** What tells block `block` of a request from all others; -1 if it has none or is not full. */
  identityAt(request: number, block: number, tokens: number): number {
    const { prefix } = this.#parts;
    if (prefix === undefined || block >= Math.floor(tokens / this.pool.blockTokens)) return -1;
    const { offsets, runs, ends } = prefix;
    let start = 0;
    for (let place = offsets[request]; place < offsets[request + 1]; start = ends[place++]) {
      if (block < ends[place]) return runs[place] * LONGEST_RUN + block - start;
    }
    return -1;
  }

  /** Blocks that a request keeps from its admission on, whatever its length; 0: as many as it fills. */
  reservedFor(promptTokens: number): number {
    const { strategy, maxOutputTokens, maxModelTokens } = this.#parts;
    if (strategy.reservation !== "maximum") return 0;
    const longest = Math.min(promptTokens + maxOutputTokens, maxModelTokens);
    return Math.min(this.pool.blocksFor(longest), this.pool.capacity);
  }

  /** Blocks that are free when the request's `matched` cached ones are in use. */
  freeBeside(request: number, matched: number): number {
    return matched > 0 ? this.pool.free - this.cache!.freeAmong(request, matched) : this.pool.free;
  }

  /**
   * Gives a sequence that was just added `blocks` blocks, of which `matched` are cached ones; absent:
   * its entries come with it.
   */
  begin(slot: number, blocks: number, matched?: number): void {
    const { request, targetTokens, takenBlocks } = this.sequences;
    const shared = matched ?? 0;
    while (this.cache && this.#identified.length <= slot) this.#identified.push([]);
    if (shared > 0) this.cache!.share(request[slot], shared, this.#identified[slot]);
    if (matched !== undefined && this.#recomputesLast && this.cache !== undefined) {
      const cached = this.cache.matchedBlocks(request[slot], targetTokens[slot] - 1);
      // Both copies have the same tokens: the one that is in use is found when the other is gone.
      if (cached > shared) this.cache.renew(request[slot], shared);
    }
    this.pool.take(blocks - shared);
    takenBlocks[slot] = blocks;
  }

  /** Blocks that the next `tokens` prompt tokens of the sequence need beyond those it has. */
  neededFor(slot: number, tokens: number): number {
    if (!this.#isChunked) return 0;
    const { doneTokens, takenBlocks } = this.sequences;
    return this.pool.blocksFor(doneTokens[slot] + tokens) - takenBlocks[slot];
  }

  /** Takes the blocks for the next `tokens` prompt tokens of the sequence. */
  extend(slot: number, tokens: number): void {
    const { request, doneTokens, takenBlocks, blockTokens } = this.sequences;
    const end = doneTokens[slot] + tokens;
    if (end > takenBlocks[slot] * blockTokens) {
      const blocks = this.neededFor(slot, tokens);
      this.pool.take(blocks);
      takenBlocks[slot] += blocks;
    }
    if (this.#cachesComputed !== undefined) return;
    // As in vLLM, blocks have identity from the moment they are scheduled.
    this.cache?.identify(request[slot], end, this.#identified[slot], this.#identifiesAll);
  }

  /** A chunk of a prompt is computed, the last one or not. */
  computed(slot: number, isWhole: boolean): void {
    if (this.#cachesComputed === undefined) return;
    if (isWhole && this.#isBehind) this.#computed.push(slot);
    else if (isWhole || this.#cachesComputed === "chunk") this.#identifyPrompt(slot);
  }

  /** The scheduler knows now which prompts are computed. */
  knowComputed(): void {
    for (const slot of this.#computed) this.#identifyPrompt(slot);
    this.#computed.length = 0;
  }

  #identifyPrompt(slot: number): void {
    const { request, doneTokens } = this.sequences;
    this.cache!.identify(request[slot], doneTokens[slot], this.#identified[slot]);
  }

  /** A sequence leaves before the scheduler knows that its prompt is computed. */
  #forgetComputed(slot: number): void {
    const place = this.#computed.indexOf(slot);
    if (place >= 0) this.#computed.splice(place, 1);
  }

  /**
   * Frees the blocks of a sequence, which keep their identity, and its slot: it is over here.
   *
   * @param isOver Whether its request is over.
   */
  release(slot: number, isOver = true): void {
    const sequences = this.sequences;
    const freed = isOver ? this.#betweenTurns(slot) : undefined;
    // What is being read on its way to a tier stays until that is over, as in vLLM.
    if (this.#tiers?.isStoring(sequences.request[slot])) return this.detach(slot, freed);
    if (this.cache !== undefined) return this.leave(slot, { freed });
    this.pool.give(sequences.blocksHeld(slot));
    sequences.remove(slot);
  }

  /** What becomes of the blocks of a sequence that is over while its session goes on. */
  #betweenTurns(slot: number): FreedBlocks | undefined {
    const { sessions } = this.#parts;
    const request = this.sequences.request[slot];
    if (sessions === undefined || sessions.goesOn[request] === 0) return undefined;
    if (sessions.policy !== "offload") return sessions.policy;
    const isTaken = this.#tiers?.offload(request, this.sequences.computedTokens(slot)) === true;
    return isTaken ? "drop" : undefined;
  }

  /** The same of a sequence that may come back. */
  leave(slot: number, how: Leave): void {
    const sequences = this.sequences;
    if (this.#computed.length > 0) this.#forgetComputed(slot);
    const blocks = sequences.blocksHeld(slot) + (how.extraBlocks ?? 0);
    if (this.cache !== undefined) {
      const request = sequences.request[slot];
      const tokens = how.knownTokens ?? sequences.computedTokens(slot);
      const identified = this.#identified[slot];
      // SGLang puts nothing of a retracted request into its tree: the room is wanted at once.
      const isDropped = this.#cachesComputed !== undefined &&
        (how.comesBack || how.isRetracted
          ? this.#cachesComputed === "chunk"
          // All that it has computed is its prompt, which was told of.
          : tokens === sequences.targetTokens[slot]);
      if (!isDropped) {
        this.cache.identify(request, tokens, identified, this.#identifiesAll || how.comesBack);
      }
      this.cache.release(request, identified, blocks, how.freed);
    } else {
      this.pool.give(blocks);
    }
    sequences.remove(slot);
  }

  /** Frees the slot of a sequence, whose blocks stay taken until {@link letGo}. */
  detach(slot: number, freed?: FreedBlocks): void {
    const sequences = this.sequences;
    if (this.#computed.length > 0) this.#forgetComputed(slot);
    const request = sequences.request[slot];
    const identified: number[] = [];
    if (this.cache) {
      const tokens = sequences.computedTokens(slot);
      this.cache.identify(request, tokens, this.#identified[slot], this.#identifiesAll);
      identified.push(...this.#identified[slot].splice(0));
    }
    this.#detached.set(request, { request, identified, blocks: sequences.blocksHeld(slot), freed });
    sequences.remove(slot);
  }

  /**
   * Frees the blocks of a detached request, now or with the end of the step in progress.
   *
   * @throws {RangeError} If it has none.
   */
  letGo(request: number, isLate: boolean): void {
    const detached = this.#detached.get(request);
    if (detached === undefined) {
      throw new RangeError(`Cannot let blocks go: current value of detached request is ${request}`);
    }
    this.#detached.delete(request);
    this.#free(detached, isLate);
  }

  #free(apart: BlocksApart, isLate: boolean): void {
    if (isLate) this.#late.push(apart);
    else if (this.cache) {
      this.cache.release(apart.request, apart.identified, apart.blocks, apart.freed);
    } else this.pool.give(apart.blocks);
  }

  /** Whether blocks were let go during the step in progress. */
  get hasLate(): boolean {
    return this.#late.length > 0;
  }

  /** The step has ended during which blocks were let go; returns whether there were any. */
  freeLate(): boolean {
    if (this.#late.length === 0) return false;
    for (const apart of this.#late.splice(0)) this.#free(apart, false);
    return true;
  }

  /**
   * Takes blocks for a request the entries of whose first `tokens` tokens are to come, where so many
   * are free beside `keepFree`. Returns the tokens whose entries the cache has already, or -1 if there
   * is no room.
   */
  hold(request: number, tokens: number, blocks: number, keepFree: number): number {
    const matched = this.cache === undefined ? 0 : this.cache.matchedBlocks(request, tokens);
    if (blocks - matched + keepFree > this.freeBeside(request, matched)) return -1;
    const identified: number[] = [];
    if (matched > 0) this.cache!.share(request, matched, identified);
    this.pool.take(blocks - matched);
    this.#held.set(request, { request, identified, blocks });
    return matched * this.pool.blockTokens;
  }

  /**
   * Gives a sequence that was just added the blocks held for it; the spare ones are free again, those
   * that lack (a number below 0) are taken.
   */
  beginHeld(slot: number, spare: number): void {
    const { request, takenBlocks } = this.sequences;
    const { identified, blocks } = this.#held.get(request[slot])!;
    this.#held.delete(request[slot]);
    if (spare > 0) this.pool.give(spare);
    else if (spare < 0) this.pool.take(-spare);
    while (this.cache && this.#identified.length <= slot) this.#identified.push([]);
    if (this.cache) this.#identified[slot].push(...identified);
    takenBlocks[slot] = blocks - spare;
  }

  /**
   * Takes the blocks for what a request loads before it is in the batch: its first `matched` ones are
   * cached, those up to `blocks` will come.
   */
  holdForLoad(request: number, matched: number, blocks: number): void {
    const identified: number[] = [];
    if (matched > 0) this.cache!.share(request, matched, identified);
    this.pool.take(blocks - matched);
    this.#held.set(request, { request, identified, blocks });
  }

  /** What a request has loaded is there: `tokens` tokens with those that were cached. */
  loaded(request: number, tokens: number): void {
    const { identified } = this.#held.get(request)!;
    this.cache!.identify(request, tokens, identified, this.#identifiesAll);
  }

  /** Blocks held for a request that is not in the batch; 0 for none. */
  heldFor(request: number): number {
    return this.#held.get(request)?.blocks ?? 0;
  }

  /** Whether a request has left but for its blocks. */
  isDetached(request: number): boolean {
    return this.#detached.has(request);
  }

  /** Frees the blocks held for a request whose entries come no more, now or with the step's end. */
  dropHeld(request: number, isLate: boolean): void {
    const held = this.#held.get(request)!;
    this.#held.delete(request);
    this.#free(held, isLate);
  }

  /** Tokens whose blocks have identity while a step is formed: a planner ahead lacks the last token. */
  knownTokens(slot: number): number {
    const { state, targetTokens } = this.sequences;
    const computed = this.sequences.computedTokens(slot);
    return this.#isBehind && state[slot] !== SequenceState.prefill
      ? Math.max(targetTokens[slot], computed - 1)
      : computed;
  }

  /** The same of a sequence whose next token is in the step being formed. */
  knownTokensWithNext(slot: number): number {
    return this.knownTokens(slot) + (this.#isBehind ? 0 : 1);
  }
}
