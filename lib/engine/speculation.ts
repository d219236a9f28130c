import type { StepShape, StepWork } from "../execution/execution_time_model.ts";
import { type Sequences, SequenceState } from "./sequences.ts";

/** How the engines of one function speculate. */
export interface SpeculationParts {
  /**
   * `expected`: every sequence gains the mean number of tokens, to the fraction, so that many steps are
   * a closed form. `sampled`: each step's tokens are drawn for each sequence.
   */
  readonly mode: "expected" | "sampled";
  /** Tokens drafted per sequence in a batch of so many (>= 1), >= 0. */
  draftTokens(sequences: number): number;
  /** Mean tokens that a sequence gains in a step that verifies so many drafted ones, >= 1. */
  meanTokens(draftTokens: number): number;
  /** Mean drafted tokens that it verifies then: fewer where no draft is found at times. */
  meanDrafted(draftTokens: number): number;
  /**
   * Tokens accepted of those drafted behind a request's `position` output tokens; -1: no draft was
   * found. Always the same for the same request and position. Asked for under `sampled` alone.
   */
  accepted(request: number, position: number, draftTokens: number): number;
  /** Whether a draft may not be found. */
  readonly mayLackDrafts: boolean;
  /** KV slots beyond those of the step's tokens that a sequence holds while so many are drafted. */
  lookaheadTokens(draftTokens: number): number;
  /** Whether the last cached block of a prompt is computed again, for the draft's sake. */
  readonly recomputesLastBlock: boolean;
  /** Work of one pass of the draft; absent: it is no model. */
  readonly work?: StepWork;
}

/** Tokens per step are whole multiples of this, so that sums of them are exact. */
const GRAIN = 2 ** -20;

/** No draft of a step is cut. */
const NO_CUT = { cutSlot: -1, lackOfCut: 0 };

/** What one engine drafts and verifies, step by step. */
export class Speculation {
  readonly parts: SpeculationParts;
  /** Tokens drafted per sequence, in the step being formed. */
  draftTokens = 0;
  /** Tokens that each sequence gains in it on average, >= 1. */
  tokensPerStep = 1;
  /** Share of the next token that the decoding sequences have on average beyond their whole ones. */
  fraction = 0;
  /** Drafts verified so far, tokens in them, and tokens of them that were accepted. */
  drafts = 0;
  draftedTokens = 0;
  acceptedTokens = 0;
  /** Slot of the sequence whose draft is cut by the token budget of the step; -1: none is. */
  #cutSlot = -1;
  /** Tokens that it computes, >= 1. */
  #cutTokens = 0;

  constructor(parts: SpeculationParts) {
    this.parts = parts;
  }

  /** Whether it is known what the step brings before it ends: several of them may be taken at once. */
  get isForeseen(): boolean {
    return this.parts.mode === "expected" || this.draftTokens === 0;
  }

  /** KV slots beyond its computed tokens that a sequence holds in the step. */
  get slotTokens(): number {
    return 1 + this.draftTokens + this.parts.lookaheadTokens(this.draftTokens);
  }

  /** Decides how much is drafted in a step of so many decoding sequences, within its token budget. */
  plan(decoding: number, budgetTokens: number): void {
    const { parts } = this;
    let draftTokens = parts.draftTokens(Math.max(1, decoding));
    if (decoding * (1 + draftTokens) > budgetTokens) {
      draftTokens = Math.max(0, Math.floor(budgetTokens / decoding) - 1);
    }
    this.draftTokens = draftTokens;
    this.tokensPerStep = this.#meanTokens(draftTokens);
    this.#cutSlot = -1;
  }

  #meanTokens(draftTokens: number): number {
    if (draftTokens === 0) return 1;
    return Math.max(1, Math.round(this.parts.meanTokens(draftTokens) / GRAIN) * GRAIN);
  }

  /** The sequence in `slot` computes fewer tokens in the step than the others, >= 1. */
  cut(slot: number, tokens: number): void {
    this.#cutSlot = slot;
    this.#cutTokens = tokens;
  }

  /** The sequence in `slot` is not in the step. */
  leave(slot: number): void {
    if (slot === this.#cutSlot) this.#cutSlot = -1;
  }

  /** Most tokens that a decoding sequence computes in the step: one, and its draft if it has one. */
  tokensOf(sequences: Sequences, slot: number): number {
    if (slot === this.#cutSlot) return this.#cutTokens;
    return this.#lacksDraft(sequences, slot) ? 1 : 1 + this.draftTokens;
  }

  #lacksDraft(sequences: Sequences, slot: number): boolean {
    const { parts, draftTokens } = this;
    if (this.isForeseen || !parts.mayLackDrafts) return false;
    const position = sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot);
    return parts.accepted(sequences.request[slot], position, draftTokens) < 0;
  }

  /** Tokens that all decoding sequences compute in the step being formed. */
  decodeTokens(sequences: Sequences): number {
    const { decoding, first, next, state } = sequences;
    const { parts, draftTokens } = this;
    const isCut = this.#cutSlot >= 0;
    if (this.isForeseen) {
      const whole = isCut ? decoding - 1 : decoding;
      return Math.round(whole * (1 + parts.meanDrafted(draftTokens))) +
        (isCut ? this.#cutTokens : 0);
    }
    if (!parts.mayLackDrafts) {
      return decoding * (1 + draftTokens) - (isCut ? 1 + draftTokens - this.#cutTokens : 0);
    }
    let tokens = 0;
    for (let slot = first; slot >= 0; slot = next[slot]) {
      if (state[slot] === SequenceState.decode) tokens += this.tokensOf(sequences, slot);
    }
    return tokens;
  }

  /** Whole tokens that each sequence gains in the next `steps` steps of the kind being formed. */
  tokensIn(steps: number): number {
    return this.isForeseen ? Math.floor(this.fraction + steps * this.tokensPerStep) : steps;
  }

  /** Steps (>= 0) after which each sequence has gained at least `tokens` tokens. */
  stepsFor(tokens: number): number {
    if (tokens <= 0) return 0;
    const { fraction, tokensPerStep } = this;
    // Both are whole multiples of a power of two: the sums below are exact, the quotient is a guess.
    let steps = Math.ceil((tokens - fraction) / tokensPerStep);
    while (fraction + steps * tokensPerStep < tokens) steps++;
    while (steps > 0 && fraction + (steps - 1) * tokensPerStep >= tokens) steps--;
    return steps;
  }

  /**
   * Takes `steps` foreseen steps of `decoding` sequences. Of the tokens that each gains, the one whose
   * draft is cut lacks `lackOfCut` in the slot `cutSlot`.
   */
  advance(
    steps: number,
    decoding: number,
  ): { readonly cutSlot: number; readonly lackOfCut: number } {
    const before = this.fraction;
    const progress = before + steps * this.tokensPerStep;
    this.fraction = progress - Math.floor(progress);
    const cutSlot = this.#cutSlot;
    if (cutSlot < 0) {
      this.#count(steps * decoding, this.draftTokens);
      return NO_CUT;
    }
    const cutDraft = this.#cutTokens - 1;
    this.#count(decoding - 1, this.draftTokens);
    this.#count(1, cutDraft);
    const gained = Math.floor(before + this.#meanTokens(cutDraft));
    return { cutSlot, lackOfCut: Math.floor(progress) - gained };
  }

  #count(sequenceSteps: number, draftTokens: number): void {
    if (draftTokens === 0) return;
    const drafted = this.parts.meanDrafted(draftTokens);
    this.drafts += sequenceSteps * (drafted / draftTokens);
    this.draftedTokens += sequenceSteps * drafted;
    this.acceptedTokens += sequenceSteps * (this.#meanTokens(draftTokens) - 1);
  }

  /** Draws what the sequence in `slot` accepts and counts it; returns the accepted tokens. */
  draw(slot: number, request: number, position: number): number {
    const draftTokens = slot === this.#cutSlot ? this.#cutTokens - 1 : this.draftTokens;
    const accepted = draftTokens === 0 ? -1 : this.parts.accepted(request, position, draftTokens);
    if (accepted < 0) return 0;
    this.drafts++;
    this.draftedTokens += draftTokens;
    this.acceptedTokens += accepted;
    return accepted;
  }

  /** Notes in a step's shape what its decodes verify and what is drafted at its end. */
  fill(shape: StepShape, decodeTokens: number): void {
    shape.decodeTokens = shape.sampledSequences = decodeTokens;
    shape.draftTokens = this.draftTokens;
    shape.decodeContextTokens += this.fraction * shape.decodeSequences;
    if (shape.decodeLongestContextTokens) shape.decodeLongestContextTokens += this.fraction;
  }
}
