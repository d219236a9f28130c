import type { BatchBuilder } from "../batch_builder.ts";
import type { EngineParts } from "../engine_parts.ts";
import type { Clock } from "../clock.ts";
import type { Leap } from "../leap.ts";
import { grownTo } from "../../sim/grown.ts";
import { SequenceState } from "../sequences.ts";
import type { StepClock } from "../step_clock.ts";
import type { BlockName, LatencyLedger } from "./latency_ledger.ts";

/** Why the first request of the queue is not in a step, by code. */
const BLOCKS: readonly BlockName[] = ["budgetSeconds", "blocksSeconds", "sequencesSeconds"];
const Block = { none: -1, budget: 0, blocks: 1, sequences: 2 } as const;

/** What is added to steps that decode, by code. */
const Added = { prompts: 0, swaps: 1 } as const;

/**
 * What the steps of one engine do to the times of its requests. Steps and leaps are added to counters
 * of the engine; a request that begins to decode, or to wait, notes where they stand, and the
 * difference at its end is its part. A leap of many steps costs one addition, whoever is inside.
 */
export class StepAccount {
  /**
   * Seconds that prompts, and that swapping, added to steps which decoded, since the engine's start. In
   * an array, since a field that holds a fraction is a new object at every change.
   */
  readonly #addedSeconds = new Float64Array(2);
  /** The first of them as each slot's sequence joined the decode batch. */
  #stallsAtJoin = new Float64Array(8);
  /** Whether blocks have moved to or from host memory, of batches that give tokens as they come. */
  #hasSwapped = false;
  /** The column of what prompts of others added to decodes, once somebody has such. */
  #stalls: Float64Array | undefined;
  /** Seconds of the steps that the first waiting request was not in, by why. */
  readonly #blockedSeconds = new Float64Array(BLOCKS.length);
  /** Whether somebody was kept out of a step. */
  #wasBlocked = false;
  /** Why whoever waits was not in the step or leap that ended last: a code, -1 if nobody had to wait. */
  block: number = Block.none;
  /** The leap that ended last. */
  #leap: Leap | undefined;
  readonly #ledger: LatencyLedger;
  readonly #clock: Clock;
  /** A static batch returns as a whole. */
  readonly #holdsFinished: boolean;

  constructor(ledger: LatencyLedger, { strategy }: EngineParts, clock: Clock) {
    this.#ledger = ledger;
    this.#clock = clock;
    this.#holdsFinished = strategy.holdsFinished;
  }

  // Steps.

  /**
   * A step or leap has ended in which somebody waited or computed a prompt; nobody has left the batch or
   * joined it yet. Decodes alone change nothing but the time that they take: they only set `block`.
   *
   * @param keepsWaiting Whether somebody waited when it began, or could not have joined it.
   */
  ends(batch: BatchBuilder, steps: StepClock, keepsWaiting: boolean): void {
    const { sequences, shape: { chunkCount } } = batch;
    const isMixed = keepsWaiting || sequences.prefilling !== chunkCount || chunkCount > 1 ||
      batch.swapSeconds !== 0;
    if (isMixed) return this.#endsMixed(batch, steps, keepsWaiting);
    this.block = Block.none;
    if (chunkCount > 0 && sequences.decoding > 0) this.#addPrompt(steps);
  }

  /** A single prompt has made a step of decodes longer. */
  #addPrompt(steps: StepClock): void {
    const { leap } = steps;
    const extra = leap.endsAtSeconds - leap.startAtSeconds - steps.secondsWithoutChunks();
    if (extra > 0) this.#addedSeconds[Added.prompts] += extra;
  }

  /** A step or leap has ended in which somebody was kept out, waited, moved or shared. */
  #endsMixed(batch: BatchBuilder, steps: StepClock, keepsWaiting: boolean): void {
    const { sequences, swapSeconds, shape: { chunkCount } } = batch;
    const { leap } = steps;
    this.#leap = leap;
    this.block = keepsWaiting ? this.#whyNot(batch) : Block.none;
    const seconds = leap.endsAtSeconds - leap.startAtSeconds;
    if (this.block !== Block.none) {
      this.#blockedSeconds[this.block] += seconds;
      this.#wasBlocked = true;
    }
    if (swapSeconds > 0) this.#addSwap(batch, swapSeconds);
    if (chunkCount > 0 && (sequences.decoding > 0 || chunkCount > 1)) {
      const extra = seconds - swapSeconds - steps.secondsWithoutChunks();
      if (extra > 0) {
        if (sequences.decoding > 0) this.#addedSeconds[Added.prompts] += extra;
        if (chunkCount > 1) this.#shareOut(batch, extra);
      }
    }
    if (sequences.prefilling > chunkCount) this.#addChunkWaits(batch, seconds);
  }

  /** Why whoever waits is not in the step that was formed last. Does not change while it lasts. */
  #whyNot({ sequences, maxSequences, lacksBlocks, preempted, returning }: BatchBuilder): number {
    if (sequences.count >= maxSequences) return Block.sequences;
    if (lacksBlocks || preempted > 0 || returning > 0) return Block.blocks;
    return this.#holdsFinished ? Block.sequences : Block.budget;
  }

  /** Prompts have made a step longer: each is slowed down by the others, by their tokens. */
  #shareOut(
    { shape: { chunkCount, chunkTokens }, sequences, chunkSlots }: BatchBuilder,
    extra: number,
  ): void {
    const ledger = this.#ledger;
    const stalls = ledger.parts.prefillStallSeconds ?? ledger.column("prefillStallSeconds");
    let tokens = 0;
    for (let i = 0; i < chunkCount; i++) tokens += chunkTokens[i];
    for (let i = 0; i < chunkCount; i++) {
      const request = sequences.request[chunkSlots[i]];
      const others = extra * ((tokens - chunkTokens[i]) / tokens);
      if (!ledger.hasTokens(request)) stalls[request] += others;
      else ledger.slowsRecompute(request, "decodeStallSeconds", others);
    }
  }

  /** Blocks of preempted sequences have moved during a step, which took so much longer. */
  #addSwap({ shape: { chunkCount }, sequences, chunkSlots }: BatchBuilder, seconds: number): void {
    const ledger = this.#ledger;
    this.#addedSeconds[Added.swaps] += seconds;
    this.#hasSwapped = !this.#holdsFinished;
    for (let i = 0; i < chunkCount; i++) {
      const request = sequences.request[chunkSlots[i]];
      if (!ledger.hasTokens(request)) ledger.add("prefillTransferSeconds", request, seconds);
      else ledger.slowsRecompute(request, "decodeTransferSeconds", seconds);
    }
  }

  /** Prompts in the batch of which a step computed nothing. */
  #addChunkWaits(
    { shape: { chunkCount }, sequences, chunkSlots }: BatchBuilder,
    seconds: number,
  ): void {
    const ledger = this.#ledger;
    const scheduled = new Set(chunkSlots.subarray(0, chunkCount));
    for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
      if (sequences.state[slot] !== SequenceState.prefill || scheduled.has(slot)) continue;
      const request = sequences.request[slot];
      if (!ledger.hasTokens(request)) ledger.add("chunkWaitSeconds", request, seconds);
      else ledger.slowsRecompute(request, "decodePreemptedSeconds", seconds);
    }
  }

  // Requests.

  /**
   * A request has joined the queue: what blocks it counts from the end of the step in progress on.
   *
   * @param keepsWaiting Whether that one keeps others waiting.
   */
  waits(request: number, batch: BatchBuilder, steps: StepClock, keepsWaiting: boolean): void {
    if (keepsWaiting && steps.isStepping) {
      const seconds = steps.stepEndsAtSeconds() - steps.leap.startAtSeconds;
      this.#note(request, this.#whyNot(batch), seconds);
    } else if (this.#wasBlocked) this.#note(request, Block.none, 0);
  }

  /**
   * A request joins the queue that came at an instant, and of which a planner ahead learns now: had
   * the leap before been taken step by step, it would have learnt of it earlier.
   */
  isKnown(request: number, cameAtSeconds: number): void {
    const leap = this.#leap;
    let sinceKnown = 0;
    if (
      leap !== undefined && this.block !== Block.none && leap.steps > 1 &&
      cameAtSeconds < leap.endsAtSeconds
    ) {
      const begun = cameAtSeconds > leap.startAtSeconds ? leap.stepsDoneBy(cameAtSeconds) : 0;
      const isAtBegin = leap.endAtSeconds(begun) >= cameAtSeconds;
      const known = leap.endAtSeconds(Math.min(leap.steps, begun + (isAtBegin ? 1 : 2)));
      sinceKnown = leap.endsAtSeconds - known;
    }
    this.#note(request, this.block, -sinceKnown);
  }

  /** Notes where the counters stand, the one of `block` `ahead` seconds on. */
  #note(request: number, block: number, ahead: number): void {
    const ledger = this.#ledger;
    if (ledger.hasTokens(request)) return;
    for (let i = 0; i < BLOCKS.length; i++) {
      const seconds = this.#blockedSeconds[i] + (i === block ? ahead : 0);
      if (seconds !== 0) ledger.add(BLOCKS[i], request, -seconds);
    }
  }

  /** A request moves from the queue into the batch for the first time. */
  isAdmitted(request: number): void {
    if (!this.#wasBlocked) return;
    for (let block = 0; block < BLOCKS.length; block++) {
      const seconds = this.#blockedSeconds[block];
      if (seconds > 0) this.#ledger.add(BLOCKS[block], request, seconds);
    }
  }

  /** A request of the queue waits for blocks from a cache tier, before it has been in the batch. */
  beginsLoad(request: number): void {
    this.isAdmitted(request);
    this.#ledger.add("loadSeconds", request, -this.#clock.now);
  }

  /** It has them, and waits for a place in the batch again. */
  hasLoaded(request: number): void {
    if (!this.#ledger.ends("loadSeconds", request, this.#clock.now)) return;
    this.#note(request, Block.none, 0);
  }

  /** A request that has run before moves into the batch, to be computed again. */
  runsAgain(request: number): void {
    this.#ledger.runsAgain(request);
  }

  /** A request joins the decode batch, in a slot: what is added to steps counts from now on. */
  joins(request: number, slot: number): void {
    if (slot >= this.#stallsAtJoin.length) this.#grow(slot);
    // No call with a number that has a fraction, which would be an object each time.
    this.#stallsAtJoin[slot] = this.#addedSeconds[Added.prompts];
    if (this.#hasSwapped) this.#transfers()[request] -= this.#addedSeconds[Added.swaps];
  }

  /** A request leaves the decode batch, and the slot. */
  leaves(request: number, slot: number): void {
    const stalled = this.#addedSeconds[Added.prompts] - this.#stallsAtJoin[slot];
    if (stalled > 0) (this.#stalls ??= this.#stallColumn())[request] += stalled;
    if (this.#hasSwapped) this.#transfers()[request] += this.#addedSeconds[Added.swaps];
  }

  /** The column of stalls; a static batch has none after its first tokens, which come with the last. */
  #stallColumn(): Float64Array {
    return this.#holdsFinished ? new Float64Array() : this.#ledger.column("decodeStallSeconds");
  }

  #grow(slot: number): void {
    this.#stallsAtJoin = grownTo(this.#stallsAtJoin, 2 * (slot + 1));
  }

  #transfers(): Float64Array {
    return this.#ledger.parts.decodeTransferSeconds ?? this.#ledger.column("decodeTransferSeconds");
  }

  /** A request that decodes is left out of the step that is formed. */
  pauses(request: number): void {
    this.#ledger.add("decodeStallSeconds", request, -this.#clock.now);
  }

  /** A request that was left out of the step before is over with that. */
  resumes(request: number): void {
    this.#ledger.add("decodeStallSeconds", request, this.#clock.now);
  }

  /** A request that has run is preempted. */
  isPreempted(request: number): void {
    this.#ledger.preempted(request);
  }

  /** A request leaves for another engine. */
  isDetached(request: number): void {
    if (this.#ledger.hasTokens(request)) this.#ledger.moves(request);
  }

  /** A request that had tokens before decodes again from an instant on. */
  decodesAgain(request: number, atSeconds: number): void {
    this.#ledger.decodesAgain(request, atSeconds);
  }

  /** The prefill of a member of a static batch is done: it has its tokens when the batch returns. */
  isHeld(request: number, sinceSeconds: number): void {
    this.#ledger.add("batchSeconds", request, -sinceSeconds);
  }

  /** A static batch returns a member at an instant. */
  isReturned(request: number, atSeconds: number): void {
    this.#ledger.ends("batchSeconds", request, atSeconds);
  }
}
