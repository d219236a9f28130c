import type { StepShape } from "../execution/execution_time_model.ts";
import type { StepBuilder } from "../scheduling/batching/strategy.ts";
import { type WaitingQueue, waitingQueue } from "../scheduling/batching/waiting_queue.ts";
import { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import { PrefixCache } from "../scheduling/kv_cache/prefix_cache.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
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
  /** Sequences preempted, and swapped back in, while forming the step. */
  preempted = 0;
  swappedIn = 0;
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

  constructor(parts: EngineParts, run: RunColumns, sequences: Sequences, gaps: TokenGaps) {
    const { maxSequences, kvBlocks, blockTokens, prefix } = parts;
    this.#parts = parts;
    this.#run = run;
    this.maxSequences = maxSequences;
    this.maxTokensPerStep = parts.maxTokensPerStep;
    this.sequences = sequences;
    this.#gaps = gaps;
    this.queue = waitingQueue(parts.queueOrder, parts.queueKeys);
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
    if (this.cache) { for (let i = 0; i < maxSequences; i++) this.#blockLists.push([]); }
  }

  get running(): number {
    return this.sequences.count;
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
    this.swappedIn = 0;
    this.swapSeconds = 0;
    const { strategy } = this.#parts;
    strategy.plan(this);
    // A step in which everybody was preempted schedules nothing; the next one can admit again.
    if (this.isEmpty && this.preempted > 0) strategy.plan(this);
  }

  /** Whether nothing is scheduled. */
  get isEmpty(): boolean {
    return this.shape.chunkCount === 0 && !(this.decodes && this.sequences.decoding > 0);
  }

  decodeAll(): number {
    const { sequences, pool } = this;
    let preempted = 0;
    // Preempting from the end until the rest fits is what walking the batch in order comes to: a
    // victim is always behind the sequence that lacks a block, so it has not taken one itself.
    while (sequences.blocksNeeded > pool.free) {
      this.#preempt(this.#victim());
      preempted++;
    }
    this.preempted += preempted;
    this.decodes = sequences.decoding > 0;
    return preempted;
  }

  get unfinishedPrefill(): number {
    const { last, state } = this.sequences;
    // Only the sequence admitted last can be unfinished: the budget that cut it admitted nobody else.
    return last >= 0 && state[last] === SequenceState.prefill ? last : -1;
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

  admit(keepFreeBlocks: number): number {
    const { sequences, pool, cache } = this;
    if (sequences.count >= this.maxSequences) return -1;
    const request = this.queue.peek();
    const { columns, generated } = this.#run;
    const target = columns.promptTokens[request] + generated[request];
    const matched = this.#matchedBlocks(request, target);
    let reserved = 0;
    if (this.#parts.strategy.reservation === "maximum") {
      const longest = columns.promptTokens[request] + this.#parts.maxOutputTokens;
      reserved = Math.min(
        pool.blocksFor(Math.min(longest, this.#parts.maxModelTokens)),
        pool.capacity,
      );
    }
    const blocks = reserved > 0 ? reserved : pool.blocksFor(target);
    let available = pool.free;
    if (this.decodes) available -= sequences.blocksNeeded;
    if (matched > 0) available -= cache!.freeAmong(request, matched);
    // An empty engine may use its last blocks: nobody is there whose growth they would be kept for.
    const keep = sequences.count > 0 ? keepFreeBlocks : 0;
    if (blocks - matched + keep > available) return -1;
    this.queue.pop();
    const done = matched * pool.blockTokens;
    const slot = sequences.add(request, target, done, reserved);
    if (matched > 0) cache!.share(request, matched, this.#blockLists[slot]);
    pool.take(blocks - matched);
    if (Number.isNaN(columns.scheduledAtSeconds[request])) {
      columns.scheduledAtSeconds[request] = this.#run.clock.now;
      columns.cachedTokens[request] = done;
    }
    return slot;
  }

  prefill(slot: number, tokens: number): void {
    const { shape, sequences } = this;
    const chunk = shape.chunkCount++;
    const past = sequences.doneTokens[slot];
    shape.chunkTokens[chunk] = tokens;
    shape.chunkPastTokens[chunk] = past;
    this.chunkSlots[chunk] = slot;
    // As in vLLM, blocks have identity from the moment they are scheduled.
    this.cache?.identify(sequences.request[slot], past + tokens, this.#blockLists[slot]);
  }

  swapIn(keepFreeBlocks: number): number {
    const { sequences, pool } = this;
    let count = 0;
    while (this.#swappedRequests.length > 0 && sequences.count < this.maxSequences) {
      const tokens = this.#swappedTokens[0];
      const blocks = pool.blocksFor(tokens);
      const keep = sequences.count > 0 ? keepFreeBlocks : 0;
      const nextBlock = tokens % pool.blockTokens === 0 ? 1 : 0;
      if (blocks + nextBlock + keep > pool.free - sequences.blocksNeeded) break;
      const request = this.#swappedRequests.shift()!;
      this.#swappedTokens.shift();
      this.#swappedBlocks -= blocks;
      pool.take(blocks);
      const slot = sequences.add(request, tokens, tokens, 0);
      this.join(slot, tokens, this.#run.columns.completedAtSeconds[request]);
      this.swapSeconds += blocks * this.#parts.swap!.secondsPerBlock;
      count++;
    }
    this.swappedIn += count;
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

  /** Frees the blocks of a sequence, which keep their identity, and its slot. */
  release(slot: number, comesBack = false): void {
    const { sequences, cache } = this;
    const blocks = sequences.blocksHeld(slot);
    if (cache) {
      const request = sequences.request[slot];
      const list = this.#blockLists[slot];
      cache.identify(request, sequences.computedTokens(slot), list, comesBack);
      cache.release(request, list, blocks);
    } else {
      this.pool.give(blocks);
    }
    sequences.remove(slot);
  }

  /**
   * Takes all requests out, those that run first: they stand for another engine, with the output
   * tokens that they have. Adds them to `requests` and returns the tokens whose KV entries are lost.
   */
  evict(requests: number[]): number {
    const { sequences, queue } = this;
    const { generated } = this.#run;
    let lostTokens = 0;
    while (sequences.first >= 0) {
      const slot = sequences.first;
      const request = sequences.request[slot];
      lostTokens += sequences.computedTokens(slot);
      this.#gaps.suspend(slot);
      if (this.#parts.strategy.holdsFinished) generated[request] = 0;
      else if (sequences.state[slot] === SequenceState.decode) {
        generated[request] = sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot);
      }
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

  /** The running sequence that the queue order serves last; the one admitted last under `fcfs`. */
  #victim(): number {
    const { sequences } = this;
    const keys = this.#parts.queueKeys;
    if (this.queue.isFirstComeFirstServed || keys === undefined) return sequences.last;
    let victim = sequences.last;
    for (let slot = sequences.previous[victim]; slot >= 0; slot = sequences.previous[slot]) {
      if (keys[sequences.request[slot]] > keys[sequences.request[victim]]) victim = slot;
    }
    return victim;
  }

  #preempt(slot: number): void {
    const { sequences } = this;
    const { columns, generated } = this.#run;
    const request = sequences.request[slot];
    columns.preemptions[request]++;
    this.#gaps.suspend(slot);
    const decoding = sequences.state[slot] === SequenceState.decode;
    if (decoding) {
      generated[request] = sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot);
    }
    const swap = this.#parts.strategy.preemption === "swap" ? this.#parts.swap : undefined;
    const blocks = sequences.blocksHeld(slot);
    if (decoding && swap && this.#swappedBlocks + blocks <= swap.blocks) {
      this.#swappedRequests.push(request);
      this.#swappedTokens.push(sequences.computedTokens(slot));
      this.#swappedBlocks += blocks;
      this.swapSeconds += blocks * swap.secondsPerBlock;
    } else {
      this.queue.pushBack(request);
    }
    this.release(slot, true);
  }
}
