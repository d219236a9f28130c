import { extend, type ForgetBlocks, type FreedBlocks, heldBlocks } from "./held_blocks.ts";
import { IdentifiedPool } from "./identified_pool.ts";
import type { PrefixHolders } from "./prefix_holders.ts";
import type { PrefixIdentity } from "./prefix_identity.ts";

/** The run of blocks without identity. */
const ANONYMOUS = -1;

/**
 * A block pool whose full blocks keep the identity of their tokens, as in vLLM V1: chained hashes of
 * full blocks, shared by reference count; a freed block keeps its identity until it is taken again,
 * least recently freed first, and of one sequence the last block first.
 *
 * Nothing is kept block by block. Blocks of one run that have the same users are one piece, and blocks
 * without identity that were freed together are one entry of the free queue, so that a sequence of any
 * length costs a few pieces. What a sequence holds is a list of lengths from its first block on:
 * positive for blocks with identity, negative for blocks without.
 */
export class PrefixCache extends IdentifiedPool {
  readonly #identity: PrefixIdentity;
  readonly #holders: PrefixHolders | undefined;
  readonly #instance: number;
  readonly #forgets: ForgetBlocks | undefined;
  /** First cached piece of each run. */
  readonly #headOf = new Map<number, number>();
  /** Columns by piece: blocks `from` to `to` of the run, and how many sequences use them. */
  readonly #run: number[] = [ANONYMOUS];
  readonly #from: number[] = [0];
  readonly #to: number[] = [0];
  readonly #references: number[] = [0];
  /** Neighbours in the run, 0 for none. */
  readonly #before: number[] = [0];
  readonly #after: number[] = [0];
  /** Neighbours in the queue of free pieces, whose sentinel is piece 0. */
  readonly #previous: number[] = [0];
  readonly #next: number[] = [0];
  readonly #unused: number[] = [];
  /** Piece without blocks in the queue, behind which those stand that are kept; 0: none is. */
  #mark = 0;
  #cachedBlocks = 0;
  /** Whether a run of one request alone has ever been cached. */
  #hasOwn = false;

  /**
   * Makes an empty cache.
   *
   * @param capacity Blocks, an integer >= 1.
   * @param blockTokens Tokens per block, an integer >= 1, in which `identity` counts.
   * @param holders Told of the runs that the cache has, as those of an instance; absent: nobody is.
   * @param forgets Told of blocks that lose their identity to whoever needs the room; absent: nobody is.
   */
  constructor(
    capacity: number,
    blockTokens: number,
    identity: PrefixIdentity,
    holders?: PrefixHolders,
    instance = 0,
    forgets?: ForgetBlocks,
  ) {
    super(capacity, blockTokens);
    this.#forgets = forgets;
    this.#holders = holders;
    this.#instance = instance;
    this.#identity = identity;
    this.#append(this.#newPiece(ANONYMOUS, 0, capacity, 0));
  }

  /** Identified blocks, in use or free. */
  get cachedBlocks(): number {
    return this.#cachedBlocks;
  }

  /** Leading full blocks of the request's first `tokens` tokens that are cached. Changes nothing. */
  matchedBlocks(request: number, tokens: number): number {
    const { offsets, runs, ends, isShared, sharedBlocks } = this.#identity;
    // Blocks of this request alone are there only if it was preempted.
    if (sharedBlocks[request] === 0 && !this.#hasOwn) return 0;
    let matched = 0;
    for (let place = offsets[request]; place < offsets[request + 1]; place++) {
      const run = runs[place];
      if (isShared[run] === 0 && !this.#hasOwn) break;
      let piece = this.#headOf.get(run) ?? 0;
      let cached = 0;
      while (piece !== 0 && this.#from[piece] === cached) {
        cached = this.#to[piece];
        piece = this.#after[piece];
      }
      const part = ends[place] - matched;
      if (cached < part) {
        matched += cached;
        break;
      }
      matched += part;
    }
    return Math.min(matched, Math.floor(tokens / this.blockTokens));
  }

  /** Of the request's first `matched` cached blocks, those before any that `take(count)` would take. */
  keptBlocks(request: number, matched: number, count: number): number {
    const { offsets, runs, ends } = this.#identity;
    for (let piece = this.#next[0]; piece !== 0 && count > 0; piece = this.#next[piece]) {
      const kept = Math.max(this.#from[piece], this.#to[piece] - count);
      count -= this.#to[piece] - kept;
      let start = 0;
      for (let place = offsets[request]; start < matched; start = ends[place++]) {
        if (runs[place] === this.#run[piece]) matched = Math.min(matched, start + kept);
      }
    }
    return matched;
  }

  /** How many of the request's first `blocks` cached blocks are free, that is in use by nobody. */
  freeAmong(request: number, blocks: number): number {
    const { offsets, runs, ends } = this.#identity;
    let free = 0;
    let start = 0;
    for (let place = offsets[request]; start < blocks; start = ends[place++]) {
      const part = Math.min(blocks, ends[place]) - start;
      let piece = this.#headOf.get(runs[place])!;
      for (let at = 0; at < part; at = this.#to[piece], piece = this.#after[piece]) {
        if (this.#references[piece] === 0) free += Math.min(part, this.#to[piece]) - at;
      }
    }
    return free;
  }

  /** Uses the request's first `blocks` cached blocks; they begin the sequence's empty `held`. */
  share(request: number, blocks: number, held: number[]): void {
    const { offsets, runs, ends } = this.#identity;
    let start = 0;
    for (let place = offsets[request]; start < blocks; start = ends[place++]) {
      const part = Math.min(blocks, ends[place]) - start;
      let piece = this.#headOf.get(runs[place])!;
      for (let at = 0; at < part; at = this.#to[piece], piece = this.#after[piece]) {
        if (this.#to[piece] > part) this.#split(piece, part);
        if (this.#references[piece]++ === 0) {
          this.#unlink(piece);
          super.take(this.#to[piece] - at);
        }
      }
    }
    if (blocks > 0) held.push(blocks);
  }

  /**
   * Takes the identity from one of the request's cached blocks if it is free, for another block that
   * will have the same tokens; where the cached one is in use, that other block stays anonymous.
   *
   * @param block Place of the block among the request's, >= 0.
   */
  renew(request: number, block: number): void {
    const { offsets, runs, ends } = this.#identity;
    let place = offsets[request];
    while (ends[place] <= block) place++;
    const at = block - (place > offsets[request] ? ends[place - 1] : 0);
    let piece = this.#headOf.get(runs[place])!;
    while (this.#to[piece] <= at) piece = this.#after[piece];
    if (this.#references[piece] > 0) return;
    if (this.#to[piece] > at + 1) this.#split(piece, at + 1);
    if (this.#from[piece] < at) {
      this.#split(piece, at);
      piece = this.#after[piece];
    }
    this.#leaveRun(piece);
    this.#run[piece] = ANONYMOUS;
    this.#cachedBlocks--;
  }

  /**
   * Gives identity to the request's blocks that `tokens` computed tokens fill, beyond those already
   * `held`. The blocks must have been taken. A block that is cached already stays anonymous. Blocks
   * that no other request can ask for get theirs only if this one `comesBack`.
   */
  identify(request: number, tokens: number, held: number[], comesBack = false): void {
    const { offsets, runs, ends, isShared, sharedBlocks } = this.#identity;
    if (sharedBlocks[request] === 0 && !comesBack) return;
    const full = Math.floor(tokens / this.blockTokens);
    let done = heldBlocks(held);
    let start = 0;
    for (let place = offsets[request]; place < offsets[request + 1]; start = ends[place++]) {
      if (ends[place] <= done) continue;
      if (start >= full) return;
      if (isShared[runs[place]] === 0) {
        if (!comesBack) return;
        this.#hasOwn = true;
      }
      const until = Math.min(full, ends[place]);
      if (until > done) this.#identifyRun(runs[place], done - start, until - start, held);
      done = Math.max(done, until);
    }
  }

  /**
   * Frees a sequence's `blocks` blocks, the last ones first; those `held` keep their identity.
   *
   * @param freed What becomes of those that nobody else uses.
   */
  release(request: number, held: number[], blocks: number, freed?: FreedBlocks): void {
    if (held.length === 0) return this.give(blocks);
    let end = heldBlocks(held);
    if (blocks > end) this.give(blocks - end);
    const { offsets, ends } = this.#identity;
    let place = offsets[request + 1] - 1;
    for (let i = held.length - 1; i >= 0; i--) {
      if (held[i] < 0) {
        this.give(-held[i]);
        end += held[i];
        continue;
      }
      const first = end - held[i];
      while (end > first) {
        while (place > offsets[request] && ends[place - 1] >= end) place--;
        const start = place > offsets[request] ? ends[place - 1] : 0;
        const from = Math.max(first, start);
        this.#releaseRun(this.#identity.runs[place], from - start, end - start, freed);
        end = from;
      }
    }
    held.length = 0;
  }

  /** Takes `count` free blocks, least recently freed first; their identity is lost. */
  override take(count: number): void {
    super.take(count);
    while (count > 0) {
      const first = this.#next[0];
      const piece = first !== 0 && first === this.#mark ? this.#next[first] : first;
      const taken = Math.min(count, this.#to[piece] - this.#from[piece]);
      this.#to[piece] -= taken;
      count -= taken;
      if (this.#run[piece] !== ANONYMOUS) {
        this.#cachedBlocks -= taken;
        this.#forgets?.(this.#run[piece], this.#to[piece], this.#to[piece] + taken);
      }
      if (this.#to[piece] > this.#from[piece]) return;
      this.#unlink(piece);
      if (this.#run[piece] !== ANONYMOUS) this.#leaveRun(piece);
      this.#unused.push(piece);
    }
  }

  /** Free blocks that can be taken before any that has identity. */
  override get freeWithoutIdentity(): number {
    let blocks = 0;
    for (let at = this.#next[0]; at !== 0 && this.#run[at] === ANONYMOUS; at = this.#next[at]) {
      blocks += this.#to[at] - this.#from[at];
    }
    return blocks;
  }

  /** Puts `count` blocks without identity back. */
  override give(count: number): void {
    super.give(count);
    const last = this.#previous[this.#mark];
    if (last !== 0 && this.#run[last] === ANONYMOUS) this.#to[last] += count;
    else this.#append(this.#newPiece(ANONYMOUS, 0, count, 0));
  }

  /** Gives identity to blocks `at` to `until` of a run, where nobody else has. */
  #identifyRun(run: number, at: number, until: number, held: number[]): void {
    let last = 0;
    let piece = this.#headOf.get(run) ?? 0;
    while (piece !== 0 && this.#to[piece] <= at) {
      last = piece;
      piece = this.#after[piece];
    }
    while (at < until) {
      if (piece !== 0 && this.#from[piece] <= at) {
        const end = Math.min(until, this.#to[piece]);
        extend(held, at - end);
        at = end;
        last = piece;
        piece = this.#after[piece];
        continue;
      }
      const end = piece === 0 ? until : Math.min(until, this.#from[piece]);
      // The piece before is this sequence's alone when it has one user and ends where this begins.
      const isOwn = last !== 0 && this.#to[last] === at && this.#references[last] === 1 &&
        held.length > 0 && held[held.length - 1] > 0;
      if (isOwn) this.#to[last] = end;
      else last = this.#insert(run, at, end, last);
      this.#cachedBlocks += end - at;
      extend(held, end - at);
      at = end;
    }
  }

  /** Ends one use of blocks `from` to `to` of a run, the last ones first. */
  #releaseRun(run: number, from: number, to: number, freed: FreedBlocks | undefined): void {
    let piece = this.#headOf.get(run)!;
    while (this.#to[piece] < to) piece = this.#after[piece];
    while (piece !== 0 && this.#from[piece] >= from) {
      const before = this.#before[piece];
      if (--this.#references[piece] === 0) {
        super.give(this.#to[piece] - this.#from[piece]);
        if (freed === undefined) this.#append(piece);
        else if (freed === "keep") this.#keep(piece);
        else this.#forget(piece);
      }
      piece = before;
    }
  }

  #newPiece(run: number, from: number, to: number, references: number): number {
    const piece = this.#unused.pop() ?? this.#run.length;
    this.#run[piece] = run;
    this.#from[piece] = from;
    this.#to[piece] = to;
    this.#references[piece] = references;
    this.#before[piece] = 0;
    this.#after[piece] = 0;
    this.#previous[piece] = 0;
    this.#next[piece] = 0;
    return piece;
  }

  /** A new piece with one user, after `last` in its run; first when that is 0. */
  #insert(run: number, from: number, to: number, last: number): number {
    const piece = this.#newPiece(run, from, to, 1);
    const following = last === 0 ? this.#headOf.get(run) ?? 0 : this.#after[last];
    this.#join(run, last, piece);
    this.#join(run, piece, following);
    return piece;
  }

  /** Makes two pieces of a run neighbours; 0 stands for its ends. */
  #join(run: number, before: number, after: number): void {
    if (after !== 0) this.#before[after] = before;
    if (before !== 0) this.#after[before] = after;
    else if (after !== 0) {
      this.#headOf.set(run, after);
      this.#holders?.add(run, this.#instance);
    } else {
      this.#headOf.delete(run);
      this.#holders?.remove(run, this.#instance);
    }
  }

  /** The cache is given up with its engine: nobody finds anything in it. */
  close(): void {
    for (const run of this.#headOf.keys()) this.#holders?.remove(run, this.#instance);
  }

  #leaveRun(piece: number): void {
    this.#join(this.#run[piece], this.#before[piece], this.#after[piece]);
  }

  /** Cuts a piece in two at block `at` of its run. */
  #split(piece: number, at: number): void {
    const tail = this.#insert(this.#run[piece], at, this.#to[piece], piece);
    this.#references[tail] = this.#references[piece];
    this.#to[piece] = at;
    // The tail is taken first.
    if (this.#references[piece] === 0) this.#link(tail, this.#previous[piece], piece);
  }

  /** Puts a piece at the end of the free queue, as one with its successor in the run if that is last. */
  #append(piece: number): void {
    const last = this.#previous[this.#mark];
    if (
      this.#run[piece] !== ANONYMOUS && last !== 0 && this.#after[piece] === last &&
      this.#from[last] === this.#to[piece]
    ) {
      this.#from[last] = this.#from[piece];
      this.#leaveRun(piece);
      this.#unused.push(piece);
      return;
    }
    this.#link(piece, last, this.#mark);
  }

  /** Puts a piece behind those that are not kept. */
  #keep(piece: number): void {
    if (this.#mark === 0) {
      this.#mark = this.#newPiece(ANONYMOUS, 0, 0, 0);
      this.#link(this.#mark, this.#previous[0], 0);
    }
    this.#link(piece, this.#previous[0], 0);
  }

  /** Takes the identity of a piece that nobody uses; its blocks are taken first. */
  #forget(piece: number): void {
    this.#cachedBlocks -= this.#to[piece] - this.#from[piece];
    this.#leaveRun(piece);
    this.#run[piece] = ANONYMOUS;
    this.#link(piece, 0, this.#next[0]);
  }

  #link(piece: number, previous: number, next: number): void {
    this.#previous[piece] = previous;
    this.#next[piece] = next;
    this.#next[previous] = piece;
    this.#previous[next] = piece;
  }

  #unlink(piece: number): void {
    this.#next[this.#previous[piece]] = this.#next[piece];
    this.#previous[this.#next[piece]] = this.#previous[piece];
  }
}
