import { Admission } from "./admission.ts";
import type { StepShape } from "../execution/execution_time_model.ts";
import {
  type BatchingStrategy,
  type StepBuilder,
  UNLIMITED_TOKENS,
} from "../scheduling/batching/strategy.ts";
import { type WaitingQueue, waitingQueue } from "../scheduling/batching/waiting_queue.ts";
import type { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import type { IdentifiedPool } from "../scheduling/kv_cache/identified_pool.ts";
import { leaveLoading } from "./admit.ts";
import { EndedSlots } from "./ended_slots.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import { decodeAll } from "./decode_all.ts";
import { bringBack, type BringingBack } from "./bring_back.ts";
import { ExpectedRequests } from "./expected_requests.ts";
import type { InboxReader } from "./inbox.ts";
import { type DecodeBlocks, PlainBlocks } from "./decode_blocks.ts";
import { StepAccount } from "./latency/step_account.ts";
import type { KvTiersOfEngine } from "./kv_tiers_of_engine.ts";
import { LoadingRequests } from "./loading_requests.ts";
import { Lookahead } from "./lookahead.ts";
import { type PreemptionBooks, preemptSequence } from "./preempt.ts";
import { ReturningRequests } from "./returning_requests.ts";
import { scheduleRunning } from "./schedule_running.ts";
import type { SequenceBlocks } from "./sequence_blocks.ts";
import { type Sequences, SequenceState } from "./sequences.ts";
import { Speculation } from "./speculation.ts";
import { StepChunks } from "./step_chunks.ts";
import type { StepClock } from "./step_clock.ts";
import type { TokenGaps } from "./token_gaps.ts";
import { victimOf } from "./victim.ts";

/**
 * Forms the next step of one engine: carries out what a batching strategy decides, on the engine's
 * sequences, its waiting queue and its KV blocks. Holds no clock; the engine says what time it is.
 */
export class BatchBuilder implements StepBuilder, InboxReader {
  readonly maxSequences: number;
  readonly maxTokensPerStep: number;
  readonly sequences: Sequences;
  readonly queue: WaitingQueue;
  readonly blocks: SequenceBlocks;
  /** The KV blocks by count, and with identity if they have one. */
  readonly pool: BlockPool;
  readonly cache: IdentifiedPool | undefined;
  /** What is drafted and verified; absent: nothing. */
  readonly speculation: Speculation | undefined;
  /** How requests get in, and what strategies see of that. */
  readonly outlook: Admission;
  /** What steps do to the times of requests; absent: nobody asks. */
  readonly account: StepAccount | undefined;
  /** How the KV blocks of the decoding sequences grow; `lookahead` where drafts are verified. */
  readonly growth: DecodeBlocks;
  readonly lookahead: Lookahead | undefined;
  /** Cache tiers behind the prefix cache, and who waits for blocks of theirs; absent: there are none. */
  readonly tiers: KvTiersOfEngine | undefined;
  readonly loading: LoadingRequests | undefined;
  readonly #chunks = new StepChunks();
  /** The step being formed. */
  readonly shape: StepShape = this.#chunks.shape;
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
  /** Whether cached prefixes were given up for the step, which no leap foresees. */
  madeRoom = false;
  /** Whether the first request of the queue found too few KV blocks for the step. */
  lacksBlocks = false;
  /** Seconds that swapping adds to the step. */
  swapSeconds = 0;
  /** Requests whose KV entries come from another engine. */
  readonly expected: ExpectedRequests;
  readonly #returning = new ReturningRequests();
  readonly #bringing: BringingBack;
  readonly #parts: EngineParts;
  readonly #strategy: BatchingStrategy;
  readonly #run: RunColumns;
  readonly #gaps: TokenGaps;
  /** What a preempted sequence is taken out of. */
  readonly #books: PreemptionBooks;
  /** Sequences that have ended and that the scheduler does not know of yet. */
  readonly #ended = new EndedSlots();
  /** Slots left out of the step. */
  readonly #pausedSlots: number[] = [];

  constructor(
    parts: EngineParts,
    run: RunColumns,
    blocks: SequenceBlocks,
    gaps: TokenGaps,
    tiers?: KvTiersOfEngine,
  ) {
    const { sequences } = blocks;
    this.tiers = tiers;
    this.loading = tiers && new LoadingRequests();
    this.#parts = parts;
    this.#run = run;
    this.maxSequences = parts.maxSequences;
    this.maxTokensPerStep = parts.maxTokensPerStep;
    this.sequences = sequences;
    this.#gaps = gaps;
    const [chunks, returning, ended] = [this.#chunks, this.#returning, this.#ended];
    this.#books = { parts, run, gaps, chunks, returning, ended };
    this.queue = waitingQueue(run.columns.arrivalAtSeconds, parts.queueKeys, run.ids);
    this.blocks = blocks;
    this.pool = blocks.pool;
    this.cache = blocks.cache;
    this.account = run.latency && new StepAccount(run.latency, parts, run.clock);
    this.speculation = parts.speculation && new Speculation(parts.speculation);
    this.lookahead = this.speculation &&
      new Lookahead(sequences, this.speculation, this.pool, parts.maxModelTokens);
    this.expected = new ExpectedRequests(blocks.instance, run);
    this.#bringing = { parts, run, returning, chunks };
    this.growth = this.lookahead ?? new PlainBlocks(sequences, this.pool);
    this.outlook = new Admission(this, parts, run);
    this.#strategy = parts.strategy.forEngine?.() ?? parts.strategy;
  }

  /** Slot of each chunk of the step being formed. */
  get chunkSlots(): Int32Array {
    return this.#chunks.slots;
  }

  get running(): number {
    return this.sequences.count - this.#ended.count;
  }

  get decoding(): number {
    return this.sequences.decoding;
  }

  get tokensPerDecode(): number {
    return this.speculation === undefined ? 1 : 1 + this.speculation.draftTokens;
  }

  /** Tokens that all decoding sequences compute in the step. */
  get decodeTokens(): number {
    const { speculation, sequences } = this;
    return speculation === undefined ? sequences.decoding : speculation.decodeTokens(sequences);
  }

  /** Sequences that have ended, of which the scheduler does not know. */
  get unknownEnds(): number {
    return this.#ended.count;
  }

  get returning(): number {
    const { expected } = this;
    if (expected.count === 0) return this.#returning.size;
    const blockless = this.queue.size === 0 ? expected.blockless : 0;
    return this.#returning.size + expected.here + blockless;
  }

  /** Whether those behind the first waiting request wait for it. */
  get holdsBack(): boolean {
    return this.queue.isFirstComeFirstServed && this.#parts.strategy.passesOver !== true;
  }

  /** Requests that may be let in: those of the queue, and those that have loaded what they waited for. */
  get waiting(): number {
    const { loading } = this;
    return loading === undefined ? this.queue.size : this.queue.size + loading.ready;
  }

  /** Has the strategy form the step that starts now. */
  form(): void {
    this.shape.chunkCount = 0;
    this.decodes = false;
    this.preempted = 0;
    this.isUnsettled = false;
    this.lacksBlocks = false;
    this.swapSeconds = 0;
    this.growth.beginStep();
    this.endedBlocks = 0;
    if (this.#pausedSlots.length > 0) this.#resumeAll();
    this.speculation?.plan(this.sequences.decoding, this.maxTokensPerStep);
    const before = this.cache?.givenUp;
    this.#strategy.plan(this);
    this.madeRoom = before !== this.cache?.givenUp;
  }

  /** Nobody is inside any more. */
  fallsIdle(): void {
    this.#strategy.isIdle?.();
  }

  /** Whether nothing is scheduled. */
  get isEmpty(): boolean {
    return this.shape.chunkCount === 0 && !(this.decodes && this.sequences.decoding > 0);
  }

  decodeAll(): number {
    return decodeAll(this);
  }

  scheduleRunning(budgetTokens: number, longestChunk = UNLIMITED_TOKENS): number {
    return scheduleRunning(this, budgetTokens, longestChunk);
  }

  prefillRemaining(slot: number): number {
    return this.sequences.targetTokens[slot] - this.sequences.doneTokens[slot];
  }

  firstWaitingTokens(): number {
    return this.outlook.firstWaitingTokens();
  }

  admit(keepFreeBlocks: number, chunkTokens?: number): number {
    return this.outlook.admit(keepFreeBlocks, chunkTokens);
  }

  prefill(slot: number, tokens: number): void {
    this.blocks.extend(slot, tokens);
    this.#chunks.add(slot, tokens, this.sequences.doneTokens[slot]);
  }

  /**
   * Schedules the decode of a sequence, of at most `budgetTokens` (>= 1): takes the blocks that it
   * needs. Returns the tokens that it computes.
   */
  decodeOne(slot: number, budgetTokens: number): number {
    this.growth.takeFor(slot);
    this.decodes = true;
    const { speculation, sequences } = this;
    if (speculation === undefined) return 1;
    const tokens = speculation.tokensOf(sequences, slot);
    if (tokens <= budgetTokens) return tokens;
    speculation.cut(slot, budgetTokens);
    this.isUnsettled = true;
    return budgetTokens;
  }

  /** Takes a sequence that is not scheduled in this step out of the decode batch until the next. */
  pause(slot: number): void {
    const { sequences } = this;
    this.#gaps.suspend(slot);
    this.keepGenerated(slot);
    this.account?.pauses(sequences.request[slot]);
    sequences.pause(slot);
    this.#pausedSlots.push(slot);
    this.isUnsettled = true;
  }

  #resumeAll(): void {
    const { request, doneTokens } = this.sequences;
    const { completedAtSeconds } = this.#run.columns;
    for (const slot of this.#pausedSlots.splice(0)) {
      this.account?.resumes(request[slot]);
      this.join(slot, doneTokens[slot], completedAtSeconds[request[slot]]);
    }
  }

  /** A request that came at an instant, seconds, waits for a place in the batch. */
  enqueue(request: number, cameAtSeconds: number): void {
    this.queue.push(request);
    this.account?.isKnown(request, cameAtSeconds);
  }

  /** A request has joined the queue, in a step that keeps others waiting or not. */
  waits(request: number, steps: StepClock, keepsWaiting: boolean): void {
    this.account?.waits(request, this, steps, keepsWaiting);
  }

  /** The KV entries of the request's first `tokens` tokens are here: it returns as blocks allow. */
  receive(request: number, tokens: number): void {
    this.#returning.push(request, tokens, 0);
  }

  /** The KV entries of the request's first `tokens` tokens are to come: it takes blocks for them. */
  expect(request: number, tokens: number): void {
    this.expected.push(request, tokens);
  }

  /** Changes how many KV blocks there are; where too many are in use, sequences are preempted. */
  resize(kvBlocks: number): void {
    const { sequences, pool } = this;
    while (pool.capacity - kvBlocks > pool.free && sequences.count > 0) this.preempt(this.victim());
    pool.resize(kvBlocks);
  }

  bringBack(keepFreeBlocks: number): number {
    return bringBack(this, this.#bringing, keepFreeBlocks);
  }

  /** Moves a prefilled (or returning) sequence into the decode batch. */
  join(slot: number, tokens: number, lastTokenAtSeconds: number): void {
    const { sequences } = this;
    const { generated, outputLimit } = this.#run;
    const request = sequences.request[slot];
    sequences.generatedAtJoin[slot] = generated[request];
    sequences.lastTokenAtSeconds[slot] = lastTokenAtSeconds;
    sequences.join(slot, tokens, outputLimit[request] - generated[request]);
    this.#gaps.join(slot);
    this.account?.joins(request, slot);
  }

  /** A sequence has all its tokens; the scheduler learns of it after it has formed the next step. */
  end(slot: number): void {
    this.sequences.end(slot);
    this.#ended.add(slot);
  }

  /** The scheduler knows now who has ended: slots and blocks are free. Returns how many there were. */
  releaseEnded(): number {
    const before = this.pool.free;
    this.blocks.knowComputed();
    const count = this.#ended.takeAll((slot) => this.blocks.release(slot));
    this.endedBlocks = this.pool.free - before;
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
      else this.keepGenerated(slot);
      requests.push(request);
      this.blocks.release(slot, false);
    }
    lostTokens += this.#returning.empty(requests) + this.expected.empty(requests, this);
    for (const request of this.loading?.all().slice() ?? []) {
      leaveLoading(this, request, false);
      requests.push(request);
    }
    while (queue.size > 0) requests.push(queue.pop());
    return lostTokens;
  }

  /** Takes a request out that waits for a place in the batch, or to return to it; false if none does. */
  leaveQueue(request: number, isStepping: boolean): boolean {
    return this.#returning.remove(request) || this.queue.remove(request) ||
      this.expected.remove(request, this, isStepping);
  }

  /**
   * Takes a request out at a step boundary; its blocks stay taken until they are let go. Returns the
   * tokens whose KV entries exist, or -1 if it does not run here.
   */
  detach(request: number): number {
    const { sequences } = this;
    let slot = sequences.first;
    while (slot >= 0 && sequences.request[slot] !== request) slot = sequences.next[slot];
    if (slot < 0 || sequences.state[slot] === SequenceState.ended) return -1;
    const paused = this.#pausedSlots.indexOf(slot);
    if (paused >= 0) this.#pausedSlots.splice(paused, 1);
    const tokens = sequences.computedTokens(slot);
    this.#gaps.suspend(slot);
    this.keepGenerated(slot);
    this.account?.isDetached(request);
    this.blocks.detach(slot);
    return tokens;
  }

  /** The running sequence that the queue order serves last; the one admitted last under `fcfs`. */
  victim(): number {
    return victimOf(this.sequences, this.queue);
  }

  /** @param isScheduled Whether the sequence is in the step being formed, which it leaves. */
  preempt(slot: number, isScheduled = false): void {
    this.preempted++;
    this.isUnsettled = true;
    preemptSequence(this, this.#books, slot, isScheduled);
  }

  /** Notes the output tokens of a sequence that leaves the decode batch. */
  keepGenerated(slot: number): void {
    const { sequences } = this;
    const request = sequences.request[slot];
    if (sequences.state[slot] === SequenceState.paused) this.account?.resumes(request);
    if (sequences.state[slot] !== SequenceState.decode) return;
    this.account?.leaves(request, slot);
    this.#run.generated[request] = sequences.generatedAtJoin[slot] +
      sequences.stepsSinceJoin(slot);
  }
}
