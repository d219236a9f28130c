import { grown } from "../sim/grown.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import type { Leap } from "./leap.ts";
import { SequenceState } from "./sequences.ts";
import type { Speculation } from "./speculation.ts";
import type { TokenGaps } from "./token_gaps.ts";
import { sortByAdmission } from "./sort_by_admission.ts";

/** Ends for which there is room at first. */
const FIRST_ENDS = 8;

/**
 * The book of one engine: which requests and tokens are inside, and what each step that ends brings
 * them: tokens, first tokens, ends.
 */
export class TokenLedger {
  /** Requests waiting, running or returning. */
  outstanding = 0;
  /** Prompt tokens of the requests inside that have had no token yet. */
  promptTokensAhead = 0;
  /** Prompt and output tokens of the requests inside, as of the last step's end. */
  tokensInside = 0;
  /** Requests that ended in the step that finished last. */
  finished = new Int32Array(FIRST_ENDS);
  finishedCount = 0;
  /** Output tokens that decodes brought in it, where drafts are verified. */
  decodedTokens = 0;
  /** Requests that had their first token in the step that finished last. */
  firstTokens = new Int32Array(FIRST_ENDS);
  firstTokenCount = 0;
  /** Requests whose prompt the step that finished last completed, where such go on elsewhere. */
  readonly prefilled: number[] = [];
  readonly #handsOff: boolean;
  /** Slots whose sequences end in the step that finishes. */
  #endingSlots = new Int32Array(FIRST_ENDS);
  #endingCount = 0;
  /** Sequences that have ended and wait for their static batch. */
  #heldCount = 0;
  /** End of the step that is booked, seconds. */
  #nowSeconds = 0;
  /** A static batch returns as a whole. */
  readonly #holdsFinished: boolean;
  /** An end is known to the scheduler a step late. */
  readonly #isLate: boolean;
  readonly #run: RunColumns;
  readonly #batch: BatchBuilder;
  readonly #gaps: TokenGaps;

  constructor(parts: EngineParts, run: RunColumns, batch: BatchBuilder, gaps: TokenGaps) {
    this.#holdsFinished = parts.strategy.holdsFinished;
    this.#handsOff = parts.handsOff === true;
    this.#isLate = parts.asyncScheduling === true && !this.#holdsFinished;
    this.#run = run;
    this.#batch = batch;
    this.#gaps = gaps;
  }

  /** Books a request in, with the tokens that it has. */
  enter(request: number): void {
    const { columns, generated } = this.#run;
    this.outstanding++;
    this.tokensInside += columns.promptTokens[request] + generated[request];
    // A request that comes from another engine may have had its first token there.
    if (generated[request] === 0) this.promptTokensAhead += columns.promptTokens[request];
  }

  /** Books a request out before its end, with the tokens that it has. */
  leave(request: number): void {
    const { columns, generated } = this.#run;
    this.outstanding--;
    this.tokensInside -= columns.promptTokens[request] + generated[request];
    if (generated[request] === 0) this.promptTokensAhead -= columns.promptTokens[request];
  }

  /** Nobody is inside any more. */
  clear(): void {
    this.outstanding = 0;
    this.tokensInside = 0;
    this.promptTokensAhead = 0;
  }

  /** Books the step or leap that ends now; returns whether the batch changes by it. */
  book(leap: Leap): boolean {
    const { shape } = this.#batch;
    this.finishedCount = 0;
    this.firstTokenCount = 0;
    this.decodedTokens = 0;
    if (this.#handsOff) this.prefilled.length = 0;
    // Not an argument: a number with a fraction would be boxed at every call.
    this.#nowSeconds = leap.endsAtSeconds;
    if (shape.decodeSequences > 0) this.#bookDecodes(leap);
    if (shape.chunkCount > 0) this.#bookChunks();
    if (this.#endingCount === 0) return shape.chunkCount > 0;
    this.#endAll();
    return true;
  }

  #bookDecodes(leap: Leap): void {
    const { sequences, speculation } = this.#batch;
    if (!this.#holdsFinished) this.#gaps.addLeap(leap);
    if (speculation !== undefined) return this.#bookVerified(leap, speculation);
    this.tokensInside += leap.steps * sequences.decoding;
    sequences.advance(leap.steps);
    const { ends } = sequences;
    while (ends.firstStep <= sequences.step) {
      this.#ending(ends.firstSlot);
      ends.delete(ends.firstSlot);
    }
  }

  /** Books steps that verify drafts: tokens of one step arrive together, those beyond the end drop. */
  #bookVerified(leap: Leap, speculation: Speculation): void {
    const { sequences } = this.#batch;
    const { decoding, ends } = sequences;
    let tokens = decoding;
    if (speculation.isForeseen) {
      const gained = speculation.tokensIn(leap.steps);
      const { cutSlot, lackOfCut } = speculation.advance(leap.steps, decoding);
      sequences.advance(gained);
      tokens = decoding * gained - lackOfCut;
      if (lackOfCut > 0) this.#moveOn(cutSlot, -lackOfCut);
    } else {
      sequences.advance(1);
      tokens += this.#drawAccepted(speculation);
    }
    while (ends.firstStep <= sequences.step) {
      const slot = ends.firstSlot;
      const beyond = sequences.step - ends.firstStep;
      ends.delete(slot);
      sequences.shift(slot, -beyond);
      tokens -= beyond;
      this.#ending(slot);
    }
    this.tokensInside += tokens;
    this.decodedTokens = tokens;
    this.#gaps.addZeros(tokens - leap.steps * decoding);
  }

  /** Draws what each sequence accepts beyond the token that the step gives anyway; returns the sum. */
  #drawAccepted(speculation: Speculation): number {
    const { sequences } = this.#batch;
    const { ends, state, request, generatedAtJoin } = sequences;
    let tokens = 0;
    for (let slot = sequences.first; slot >= 0; slot = sequences.next[slot]) {
      if (state[slot] !== SequenceState.decode) continue;
      const position = generatedAtJoin[slot] + sequences.stepsSinceJoin(slot) - 1;
      const accepted = speculation.draw(slot, request[slot], position);
      const gained = Math.min(accepted, ends.of(slot) - sequences.step);
      if (gained <= 0) continue;
      this.#moveOn(slot, gained);
      tokens += gained;
    }
    return tokens;
  }

  /** A sequence gains so many tokens more than the others do, or fewer where they are below 0. */
  #moveOn(slot: number, tokens: number): void {
    const { sequences } = this.#batch;
    const { ends } = sequences;
    const end = ends.of(slot) - tokens;
    ends.delete(slot);
    ends.set(slot, end);
    sequences.shift(slot, tokens);
  }

  /** The sequence in a slot ends with the step. */
  #ending(slot: number): void {
    if (this.#endingCount === this.#endingSlots.length) {
      this.#endingSlots = grown(this.#endingSlots);
    }
    this.#endingSlots[this.#endingCount++] = slot;
  }

  #bookChunks(): void {
    const now = this.#nowSeconds;
    const held = this.#holdsFinished;
    const { sequences, shape, chunkSlots } = this.#batch;
    const { columns, generated, outputLimit } = this.#run;
    for (let i = 0; i < shape.chunkCount; i++) {
      const slot = chunkSlots[i];
      const done = sequences.doneTokens[slot] += shape.chunkTokens[i];
      const isWhole = done >= sequences.targetTokens[slot];
      this.#batch.blocks.computed(slot, isWhole);
      if (!isWhole) continue;
      const request = sequences.request[slot];
      if (generated[request] > 0 && !held) {
        // The token after a recompute: its gap began at the last token before the preemption.
        this.#gaps.addSingle(slot, now - columns.completedAtSeconds[request]);
        this.#batch.account?.decodesAgain(request, now);
      } else if (!held) {
        this.#firstToken(request);
      }
      generated[request]++;
      this.tokensInside++;
      if (held || generated[request] < outputLimit[request]) this.#batch.join(slot, done, now);
      if (this.#handsOff && generated[request] < outputLimit[request]) this.prefilled.push(request);
      if (held) this.#batch.account?.isHeld(request, now);
      if (generated[request] >= outputLimit[request]) {
        this.#ending(slot);
      }
    }
  }

  /** Those that have produced their last token leave in order of the batch. */
  #endAll(): void {
    const slots = this.#endingSlots;
    const count = this.#endingCount;
    if (count > 1) sortByAdmission(this.#batch.sequences.admission, slots, count);
    for (let i = 0; i < count; i++) this.#end(slots[i]);
    this.#endingCount = 0;
  }

  /** A sequence has produced its last token; a static batch returns once its longest member has. */
  #end(slot: number): void {
    const { sequences } = this.#batch;
    if (!this.#holdsFinished) return this.#complete(slot);
    sequences.hold(slot);
    if (++this.#heldCount < sequences.count) return;
    this.#heldCount = 0;
    while (sequences.first >= 0) {
      const request = sequences.request[sequences.first];
      this.#firstToken(request);
      this.#gaps.addTogether(this.#run.outputLimit[request]);
      this.#complete(sequences.first);
    }
  }

  /** A request has its first token at the end of the step. */
  #firstToken(request: number): void {
    const { firstTokenAtSeconds, promptTokens } = this.#run.columns;
    firstTokenAtSeconds[request] = this.#nowSeconds;
    this.promptTokensAhead -= promptTokens[request];
    if (this.firstTokenCount === this.firstTokens.length) {
      this.firstTokens = grown(this.firstTokens);
    }
    this.firstTokens[this.firstTokenCount++] = request;
  }

  #complete(slot: number): void {
    const { sequences } = this.#batch;
    const { columns, outputLimit } = this.#run;
    const request = sequences.request[slot];
    columns.completedAtSeconds[request] = this.#nowSeconds;
    if (sequences.state[slot] >= SequenceState.decode) this.#batch.account?.leaves(request, slot);
    if (this.#holdsFinished) this.#batch.account?.isReturned(request, this.#nowSeconds);
    this.tokensInside -= columns.promptTokens[request] + this.#tokensProduced(slot);
    if (outputLimit[request] > 1) {
      columns.maxTbtSeconds[request] = this.#gaps.longest(slot);
    }
    if (this.#isLate) this.#batch.end(slot);
    else this.#batch.blocks.release(slot);
    this.outstanding--;
    if (this.finishedCount === this.finished.length) this.finished = grown(this.finished);
    this.finished[this.finishedCount++] = request;
  }

  /** Output tokens counted for the sequence, padding of a static batch included. */
  #tokensProduced(slot: number): number {
    const { sequences } = this.#batch;
    const generated = this.#run.generated[sequences.request[slot]];
    return sequences.state[slot] >= SequenceState.decode
      ? sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot)
      : generated;
  }
}
