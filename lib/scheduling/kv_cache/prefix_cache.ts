import { BlockPool } from "./block_pool.ts";
import type { PrefixIdentity } from "./prefix_identity.ts";

/** Marks a block without identity in a sequence's block list. */
const ANONYMOUS = -1;

/**
 * A block pool whose full blocks keep the identity of their tokens, as in vLLM V1: chained hashes of
 * full blocks, shared by reference count; a freed block keeps its identity until it is taken again,
 * least recently freed first, and of one sequence the last block first.
 *
 * Free blocks stand in one queue. Blocks without identity that were freed together are one entry with
 * a count, so that a sequence of any length costs one entry per identified block and one for the rest.
 */
export class PrefixCache extends BlockPool {
  readonly #identity: PrefixIdentity;
  readonly #entryOf = new Map<number, number>();
  /** Entries of the free queue and identified blocks in use; entry 0 is the queue's sentinel. */
  #hash: number[] = [NaN];
  #references: number[] = [0];
  /** Blocks that the entry stands for: 1 when identified. */
  #count: number[] = [0];
  #previous: number[] = [0];
  #next: number[] = [0];
  #unusedEntries: number[] = [];

  /** Makes an empty cache of `capacity` blocks with `blockTokens` tokens each. */
  constructor(capacity: number, blockTokens: number, identity: PrefixIdentity) {
    super(capacity, blockTokens);
    this.#identity = identity;
    this.#append(this.#newEntry(NaN, capacity));
  }

  /** Identified blocks, in use or free. */
  get cachedBlocks(): number {
    return this.#entryOf.size;
  }

  /** Leading full blocks of the request's first `tokens` tokens that are cached. Changes nothing. */
  matchedBlocks(request: number, tokens: number): number {
    const limit = Math.min(this.#identity.blocks(request), Math.floor(tokens / this.blockTokens));
    let matched = 0;
    while (matched < limit && this.#entryOf.has(this.#identity.block(request, matched))) matched++;
    return matched;
  }

  /** How many of the request's first `blocks` cached blocks are free, that is in use by nobody. */
  freeAmong(request: number, blocks: number): number {
    let free = 0;
    for (let i = 0; i < blocks; i++) {
      if (this.#references[this.#entryOf.get(this.#identity.block(request, i))!] === 0) free++;
    }
    return free;
  }

  /** Uses the request's first `blocks` cached blocks; appends them to the sequence's block list. */
  share(request: number, blocks: number, list: number[]): void {
    for (let i = 0; i < blocks; i++) {
      const entry = this.#entryOf.get(this.#identity.block(request, i))!;
      if (this.#references[entry]++ === 0) {
        this.#unlink(entry);
        super.take(1);
      }
      list.push(entry);
    }
  }

  /**
   * Gives identity to the request's blocks that `tokens` computed tokens fill, beyond those already
   * in `list`. The blocks must have been taken. A block that is cached already stays anonymous.
   */
  identify(request: number, tokens: number, list: number[]): void {
    const limit = Math.min(this.#identity.blocks(request), Math.floor(tokens / this.blockTokens));
    for (let i = list.length; i < limit; i++) {
      const hash = this.#identity.block(request, i);
      if (this.#entryOf.has(hash)) {
        list.push(ANONYMOUS);
        continue;
      }
      const entry = this.#newEntry(hash, 1);
      this.#references[entry] = 1;
      this.#entryOf.set(hash, entry);
      list.push(entry);
    }
  }

  /** Frees a sequence's `blocks` blocks, the last ones first; those in `list` keep their identity. */
  release(list: number[], blocks: number): void {
    if (blocks > list.length) this.give(blocks - list.length);
    for (let i = list.length - 1; i >= 0; i--) {
      const entry = list[i];
      if (entry === ANONYMOUS) {
        this.give(1);
      } else if (--this.#references[entry] === 0) {
        this.#append(entry);
        super.give(1);
      }
    }
    list.length = 0;
  }

  /** Takes `count` free blocks, least recently freed first; their identity is lost. */
  override take(count: number): void {
    super.take(count);
    while (count > 0) {
      const entry = this.#next[0];
      const taken = Math.min(count, this.#count[entry]);
      this.#count[entry] -= taken;
      count -= taken;
      if (this.#count[entry] > 0) return;
      this.#unlink(entry);
      if (!Number.isNaN(this.#hash[entry])) this.#entryOf.delete(this.#hash[entry]);
      this.#unusedEntries.push(entry);
    }
  }

  /** Puts `count` blocks without identity back. */
  override give(count: number): void {
    super.give(count);
    const last = this.#previous[0];
    if (last !== 0 && Number.isNaN(this.#hash[last])) this.#count[last] += count;
    else this.#append(this.#newEntry(NaN, count));
  }

  #newEntry(hash: number, count: number): number {
    const entry = this.#unusedEntries.pop() ?? this.#hash.length;
    this.#hash[entry] = hash;
    this.#references[entry] = 0;
    this.#count[entry] = count;
    this.#previous[entry] = 0;
    this.#next[entry] = 0;
    return entry;
  }

  #append(entry: number): void {
    const last = this.#previous[0];
    this.#previous[entry] = last;
    this.#next[entry] = 0;
    this.#next[last] = entry;
    this.#previous[0] = entry;
  }

  #unlink(entry: number): void {
    this.#next[this.#previous[entry]] = this.#next[entry];
    this.#previous[this.#next[entry]] = this.#previous[entry];
  }
}
