import type { StepShape } from "../execution/execution_time_model.ts";
import { type StepBuilder, UNLIMITED_TOKENS } from "../scheduling/batching/strategy.ts";
import { type WaitingQueue, waitingQueue } from "../scheduling/batching/waiting_queue.ts";
import { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import { PrefixCache } from "../scheduling/kv_cache/prefix_cache.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import { walkRunning } from "./running_walk.ts";
import { type Sequences, SequenceState } from "./sequences.ts";
import type { TokenGaps } from "./token_gaps.ts";

/**
 * Forms the next step of one engine: carries out what a batching strategy decides, on the engine's
 * sequences, its waiting queue and its KV blocks. Holds no clock; the engine says what time it is.
 */
export class BatchBuilder implements StepBuilder {
  readonly maxSequences: number;
  readonly maxTokensPerStep: number;
  readonly sequences: Sequences;
  readonly queue: WaitingQueue;
  readonly pool: BlockPool;
  /** The pool again when blocks have identity. */
  readonly cache: PrefixCache | undefined;
  /** The step being formed. */
  readonly shape: StepShape;
  /** Slot of each prefill chunk in the step. */
  readonly chunkSlots: Int32Array;
  /** Whether the step decodes. */
  decodes = false;
  /** Sequences preempted while forming the step. */
  preempted = 0;
  /**
   * Whether sequences were preempted, swapped back in or left out while forming the step: the next one
   * may differ though nothing happens in between.
   */
  isUnsettled = false;
  /**
   * KV blocks that ended sequences had while the step was formed and that are free since: the
   * scheduler learns of an end a step late when it plans ahead.
   */
  endedBlocks = 0;
  /** Seconds that swapping adds to the step. */
  swapSeconds = 0;
  /** Requests swapped out, oldest first, and the tokens of each whose KV entries are in host memory. */
  readonly #swappedRequests: number[] = [];
  readonly #swappedTokens: number[] = [];
  #swappedBlocks = 0;

  readonly #parts: EngineParts;
  readonly #run: RunColumns;
  readonly #gaps: TokenGaps;
  /** Identified blocks of each slot's sequence, in order; only with a prefix cache. */
  readonly #blockLists: number[][] = [];
  /** KV blocks that the decodes of the step being formed have taken. */
  #decodeBlocks = 0;
  /** Slots of sequences that have ended and that the scheduler does not know of yet, in batch order. */
  readonly #endedSlots: Int32Array;
  #endedCount = 0;
  /** Slots left out of the step. */
  readonly #pausedSlots: number[] = [];

  constructor(parts: EngineParts, run: RunColumns, sequences: Sequences, gaps: TokenGaps) {
    const { maxSequences, kvBlocks, blockTokens, prefix } = parts;
    this.#parts = parts;
    this.#run = run;
    this.maxSequences = maxSequences;
    this.maxTokensPerStep = parts.maxTokensPerStep;
    this.sequences = sequences;
    this.#gaps = gaps;
    this.queue = waitingQueue(
      parts.queueOrder,
      run.columns.arrivalAtSeconds,
      parts.queueKeys,
    );
    this.cache = prefix && new PrefixCache(kvBlocks, blockTokens, prefix);
    this.pool = this.cache ?? new BlockPool(kvBlocks, blockTokens);
    this.shape = {
      decodeSequences: 0,
      decodeContextTokens: 0,
      chunkCount: 0,
      chunkTokens: new Int32Array(maxSequences),
      chunkPastTokens: new Int32Array(maxSequences),
      sampledSequences: 0,
    };
    this.chunkSlots = new Int32Array(maxSequences);
    this.#endedSlots = new Int32Array(maxSequences);
    if (this.cache) { for (let i = 0; i < maxSequences; i++) this.#blockLists.push([]); }
  }

  get running(): number {
    return this.sequences.count - this.#endedCount;
  }

  get decoding(): number {
    return this.sequences.decoding;
  }

  get waiting(): number {
    return this.queue.size;
  }

  get swapped(): number {
    return this.#swappedRequests.length;
  }

  /** Has the strategy form the step that starts now. */
  form(): void {
    this.shape.chunkCount = 0;
    this.decodes = false;
    this.preempted = 0;
    this.isUnsettled = false;
    this.swapSeconds = 0;
    this.#decodeBlocks = 0;
    this.endedBlocks = 0;
    if (this.#pausedSlots.length > 0) this.#resumeAll();
    this.#parts.strategy.plan(this);
  }

  /** Whether nothing is scheduled. */
  get isEmpty(): boolean {
    return this.shape.chunkCount === 0 && !(this.decodes && this.sequences.decoding > 0);
  }

  decodeAll(): number {
    const { sequences, pool } = this;
    let preempted = 0;
    let needed = sequences.blocksNeeded - this.#decodeBlocks;
    // Preempting from the end until the rest fits is what walking the batch in order comes to: a
    // victim is always behind the sequence that lacks a block, so it has not taken one itself.
    while (needed > pool.free) {
      this.preempt(this.victim());
      preempted++;
      needed = sequences.blocksNeeded - this.#decodeBlocks;
    }
    if (needed > 0) pool.take(needed);
    this.#decodeBlocks += needed;
    this.decodes = sequences.decoding > 0;
    return preempted;
  }

  scheduleRunning(budgetTokens: number, longestChunk = UNLIMITED_TOKENS): number {
    const { sequences } = this;
    // As a rule the sequence admitted last alone is unfinished: the budget that cut it admitted nobody.
    const slot = this.#lastUnfinished;
    const isPlain = sequences.prefilling === 0 || (sequences.prefilling === 1 && slot >= 0);
    if (!isPlain || this.#mayPreemptAny(slot, budgetTokens, longestChunk)) {
      return walkRunning(this, budgetTokens, longestChunk);
    }
    if (sequences.decoding > 0) this.decodeAll();
    const left = budgetTokens - sequences.decoding;
    // The prefill may have been preempted, too.
    return sequences.prefilling === 0 || left <= 0
      ? left
      : left - this.#continuePrefill(slot, Math.min(left, longestChunk));
  }

  /** Slot of the sequence admitted last if its prefill is unfinished; -1 if not. */
  get #lastUnfinished(): number {
    const { last, state, prefilling } = this.sequences;
    return prefilling > 0 && state[last] === SequenceState.prefill ? last : -1;
  }

  /** Computes up to `most` tokens more of the prefill admitted last, or preempts it; returns how many. */
  #continuePrefill(slot: number, most: number): number {
    const tokens = Math.min(most, this.prefillRemaining(slot));
    if (this.blocksForChunk(slot, tokens) > this.pool.free) {
      this.preempt(slot);
      return 0;
    }
    this.prefill(slot, tokens);
    return tokens;
  }

  prefillRemaining(slot: number): number {
    return this.sequences.targetTokens[slot] - this.sequences.doneTokens[slot];
  }

  firstWaitingTokens(): number {
    const request = this.queue.peek();
    if (request < 0) return 0;
    const target = this.#run.columns.promptTokens[request] + this.#run.generated[request];
    return target - this.#matchedBlocks(request, target) * this.pool.blockTokens;
  }

  admit(keepFreeBlocks: number, chunkTokens = UNLIMITED_TOKENS): number {
    const { sequences, pool, cache } = this;
    const { strategy } = this.#parts;
    if (sequences.count >= this.maxSequences) return -1;
    const request = this.queue.peek();
    const { columns, generated } = this.#run;
    const target = columns.promptTokens[request] + generated[request];
    const matched = this.#matchedBlocks(request, target);
    const done = matched * pool.blockTokens;
    let blocks = pool.blocksFor(target);
    let reserved = 0;
    if (strategy.reservation === "maximum") {
      const longest = columns.promptTokens[request] + this.#parts.maxOutputTokens;
      reserved = Math.min(
        pool.blocksFor(Math.min(longest, this.#parts.maxModelTokens)),
        pool.capacity,
      );
      blocks = reserved;
    }
    let asked = blocks;
    if (strategy.reservation === "chunk") {
      blocks = pool.blocksFor(Math.min(target, done + chunkTokens));
      if (strategy.asksForWholePrompt !== true) asked = blocks;
    }
    let available = pool.free;
    if (matched > 0) available -= cache!.freeAmong(request, matched);
    // An empty engine may use its last blocks: nobody is there whose growth they would be kept for.
    const keep = sequences.count > 0 ? keepFreeBlocks : 0;
    if (asked - matched + keep > available) return -1;
    this.queue.pop();
    const slot = sequences.add(request, target, done, reserved);
    if (matched > 0) cache!.share(request, matched, this.#blockLists[slot]);
    pool.take(blocks - matched);
    sequences.takenBlocks[slot] = blocks;
    if (Number.isNaN(columns.scheduledAtSeconds[request])) {
      columns.scheduledAtSeconds[request] = this.#run.clock.now;
      columns.cachedTokens[request] = done;
    }
    return slot;
  }

  prefill(slot: number, tokens: number): void {
    const { shape, sequences } = this;
    const past = sequences.doneTokens[slot];
    if (past + tokens > sequences.takenBlocks[slot] * sequences.blockTokens) {
      const blocks = this.blocksForChunk(slot, tokens);
      this.pool.take(blocks);
      sequences.takenBlocks[slot] += blocks;
    }
    const chunk = shape.chunkCount++;
    shape.chunkTokens[chunk] = tokens;
    shape.chunkPastTokens[chunk] = past;
    this.chunkSlots[chunk] = slot;
    // As in vLLM, blocks have identity from the moment they are scheduled.
    this.cache?.identify(sequences.request[slot], past + tokens, this.#blockLists[slot]);
  }

  /** KV blocks that the next `tokens` prompt tokens of the sequence need beyond those it has. */
  blocksForChunk(slot: number, tokens: number): number {
    if (this.#parts.strategy.reservation !== "chunk") return 0;
    const { doneTokens, takenBlocks } = this.sequences;
    return this.pool.blocksFor(doneTokens[slot] + tokens) - takenBlocks[slot];
  }

  /** Schedules one decode token of a sequence: takes the block that it needs. */
  decodeOne(slot: number): void {
    if (this.sequences.needsBlock(slot)) {
      this.pool.take(1);
      this.#decodeBlocks++;
    }
    this.decodes = true;
  }

  /** Takes a sequence that is not scheduled in this step out of the decode batch until the next. */
  pause(slot: number): void {
    const { sequences } = this;
    this.#gaps.suspend(slot);
    this.#keepGenerated(slot);
    sequences.pause(slot);
    this.#pausedSlots.push(slot);
    this.isUnsettled = true;
  }

  #resumeAll(): void {
    const { request, doneTokens } = this.sequences;
    const { completedAtSeconds } = this.#run.columns;
    for (const slot of this.#pausedSlots.splice(0)) {
      this.join(slot, doneTokens[slot], completedAtSeconds[request[slot]]);
    }
  }

  swapIn(keepFreeBlocks: number): number {
    const { sequences, pool } = this;
    let count = 0;
    while (this.#swappedRequests.length > 0 && sequences.count < this.maxSequences) {
      const tokens = this.#swappedTokens[0];
      const blocks = pool.blocksFor(tokens);
      const keep = sequences.count > 0 ? keepFreeBlocks : 0;
      const nextBlock = tokens % pool.blockTokens === 0 ? 1 : 0;
      if (blocks + nextBlock + keep > pool.free + this.#decodeBlocks - sequences.blocksNeeded) {
        break;
      }
      const request = this.#swappedRequests.shift()!;
      this.#swappedTokens.shift();
      this.#swappedBlocks -= blocks;
      pool.take(blocks);
      const slot = sequences.add(request, tokens, tokens, 0);
      this.join(slot, tokens, this.#run.columns.completedAtSeconds[request]);
      this.swapSeconds += blocks * this.#parts.swap!.secondsPerBlock;
      count++;
    }
    if (count > 0) this.isUnsettled = true;
    return count;
  }

  /** Moves a prefilled (or swapped-in) sequence into the decode batch. */
  join(slot: number, tokens: number, lastTokenAtSeconds: number): void {
    const { sequences } = this;
    const { generated, outputLimit } = this.#run;
    const request = sequences.request[slot];
    sequences.generatedAtJoin[slot] = generated[request];
    sequences.lastTokenAtSeconds[slot] = lastTokenAtSeconds;
    sequences.join(slot, tokens, outputLimit[request] - generated[request]);
    this.#gaps.join(slot);
  }

  /**
   * Frees the blocks of a sequence, which keep their identity, and its slot.
   *
   * @param comesBack Whether the request will be computed again.
   * @param known Tokens whose blocks have identity; default all that are computed.
   * @param extraBlocks Blocks that it holds beyond its computed tokens.
   */
  release(slot: number, comesBack = false, known = -1, extraBlocks = 0): void {
    const { sequences, cache } = this;
    const blocks = sequences.blocksHeld(slot) + extraBlocks;
    if (cache) {
      const request = sequences.request[slot];
      const list = this.#blockLists[slot];
      const tokens = known >= 0 ? known : sequences.computedTokens(slot);
      cache.identify(request, tokens, list, comesBack);
      cache.release(request, list, blocks);
    } else {
      this.pool.give(blocks);
    }
    sequences.remove(slot);
  }

  /** A sequence has all its tokens; the scheduler learns of it after it has formed the next step. */
  end(slot: number): void {
    this.sequences.end(slot);
    this.#endedSlots[this.#endedCount++] = slot;
  }

  /** The scheduler knows now who has ended: slots and blocks are free. Returns how many there were. */
  releaseEnded(): number {
    const count = this.#endedCount;
    const before = this.pool.free;
    for (let i = 0; i < count; i++) this.release(this.#endedSlots[i]);
    this.endedBlocks = this.pool.free - before;
    this.#endedCount = 0;
    return count;
  }

  /**
   * Takes all requests out, those that run first: they stand for another engine, with the output
   * tokens that they have. Adds them to `requests` and returns the tokens whose KV entries are lost.
   */
  evict(requests: number[]): number {
    const { sequences, queue } = this;
    const { generated } = this.#run;
    let lostTokens = 0;
    this.releaseEnded();
    while (sequences.first >= 0) {
      const slot = sequences.first;
      const request = sequences.request[slot];
      lostTokens += sequences.computedTokens(slot);
      this.#gaps.suspend(slot);
      if (this.#parts.strategy.holdsFinished) generated[request] = 0;
      else this.#keepGenerated(slot);
      requests.push(request);
      this.release(slot);
    }
    this.#swappedTokens.forEach((tokens) => lostTokens += tokens);
    requests.push(...this.#swappedRequests.splice(0));
    this.#swappedTokens.length = 0;
    this.#swappedBlocks = 0;
    while (queue.size > 0) requests.push(queue.pop());
    return lostTokens;
  }

  #matchedBlocks(request: number, target: number): number {
    // At least one token is always computed: its logits give the next one.
    return this.cache ? this.cache.matchedBlocks(request, target - 1) : 0;
  }

  /** Whether the sequences to be preempted need not be the last ones, and some have to be. */
  #mayPreemptAny(unfinished: number, budgetTokens: number, longestChunk: number): boolean {
    if (this.queue.isFirstComeFirstServed) return false;
    const { sequences, pool } = this;
    let blocks = sequences.blocksNeeded;
    const left = Math.min(budgetTokens - sequences.decoding, longestChunk);
    if (unfinished >= 0 && left > 0) {
      const tokens = Math.min(left, this.prefillRemaining(unfinished));
      blocks += this.blocksForChunk(unfinished, tokens);
    }
    return blocks > pool.free;
  }

  /** The running sequence that the queue order serves last; the one admitted last under `fcfs`. */
  victim(): number {
    const { sequences, queue } = this;
    const { request, previous, last } = sequences;
    if (queue.isFirstComeFirstServed) return last;
    let victim = last;
    for (let slot = previous[last]; slot >= 0; slot = previous[slot]) {
      if (queue.isBefore(request[victim], request[slot])) victim = slot;
    }
    return victim;
  }

  /** @param isScheduled Whether the sequence is in the step being formed, which it leaves. */
  preempt(slot: number, isScheduled = false): void {
    const { sequences } = this;
    const { columns } = this.#run;
    const request = sequences.request[slot];
    columns.preemptions[request]++;
    this.preempted++;
    this.isUnsettled = true;
    const state = sequences.state[slot];
    if (state === SequenceState.ended) {
      // Its last token is on its way: it gives up its blocks and does not come back.
      const place = this.#endedSlots.indexOf(slot);
      this.#endedSlots.copyWithin(place, place + 1, this.#endedCount--);
      return this.release(slot, false, this.#knownTokens(slot));
    }
    let known = this.#knownTokens(slot);
    let extraBlocks = 0;
    if (isScheduled && state === SequenceState.prefill) this.#dropChunk(slot);
    else if (isScheduled) {
      if (this.#parts.asyncScheduling !== true) known++;
      extraBlocks = Number(sequences.needsBlock(slot));
      this.#decodeBlocks -= extraBlocks;
    }
    this.#gaps.suspend(slot);
    this.#keepGenerated(slot);
    const swap = this.#parts.strategy.preemption === "swap" ? this.#parts.swap : undefined;
    const blocks = sequences.blocksHeld(slot);
    if (state === SequenceState.decode && swap && this.#swappedBlocks + blocks <= swap.blocks) {
      this.#swappedRequests.push(request);
      this.#swappedTokens.push(sequences.computedTokens(slot));
      this.#swappedBlocks += blocks;
      this.swapSeconds += blocks * swap.secondsPerBlock;
    } else {
      this.queue.pushBack(request);
    }
    this.release(slot, true, known, extraBlocks);
  }

  /** Takes a prefill chunk out of the step being formed. */
  #dropChunk(slot: number): void {
    const { chunkTokens, chunkPastTokens } = this.shape;
    const count = --this.shape.chunkCount;
    for (let i = this.chunkSlots.indexOf(slot); i < count; i++) {
      this.chunkSlots[i] = this.chunkSlots[i + 1];
      chunkTokens[i] = chunkTokens[i + 1];
      chunkPastTokens[i] = chunkPastTokens[i + 1];
    }
  }

  /** Tokens whose blocks have identity while a step is formed: a planner ahead lacks the last token. */
  #knownTokens(slot: number): number {
    const { sequences } = this;
    const isBehind = this.#parts.asyncScheduling === true &&
      sequences.state[slot] !== SequenceState.prefill;
    const computed = sequences.computedTokens(slot);
    return isBehind ? Math.max(sequences.targetTokens[slot], computed - 1) : computed;
  }

  /** Notes the output tokens of a sequence that leaves the decode batch. */
  #keepGenerated(slot: number): void {
    const { sequences } = this;
    if (sequences.state[slot] !== SequenceState.decode) return;
    this.#run.generated[sequences.request[slot]] = sequences.generatedAtJoin[slot] +
      sequences.stepsSinceJoin(slot);
  }
}
