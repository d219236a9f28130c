import type { KvOutlook, StepBuilder } from "./strategy.ts";

/** What SGLang's scheduler takes. */
export interface SglangOptions {
  readonly maxPrefillTokens: number;
  readonly scheduleConservativeness: number;
  readonly clipMaxNewTokens: number;
}

/** Share of the stated outputs that counts at first, and the part of it below which it never falls. */
const FIRST_RATIO = 0.7;
const LEAST_RATIO_FACTOR = 0.14;
/** Decode steps in which it falls from the one to the other. */
const DECAY_STEPS = 600;
/** Output tokens of each sequence for which there is to be room after somebody was retracted. */
const RETRACT_STEPS = 20;

/** A prompt that is to be computed in the step, and how much of it. */
interface PlannedChunk {
  readonly slot: number;
  readonly tokens: number;
  readonly isWhole: boolean;
}

/** What is left to a step of prompts while they are let in, tokens. */
interface PromptRoom {
  /** KV tokens beyond what the step and the running sequences will need. */
  kvTokens: number;
  inputTokens: number;
  chunkTokens: number;
  readonly chunks: PlannedChunk[];
}

/**
 * SGLang's scheduler of one engine. What it remembers: the share of stated outputs that counts, the
 * prompt that is in progress, whether the batch is full, and how many sequences were in it when they
 * were last counted, of whom some may have left.
 */
export class SglangScheduler {
  readonly #options: SglangOptions;
  readonly #firstRatio: number;
  readonly #leastRatio: number;
  /** The ratio as it was at a decode step, from which on it falls. */
  #ratio: number;
  #ratioAtStep = 0;
  #isFull = false;
  /** Whether it is for want of KV tokens. */
  #lacksTokens = false;
  /** Slot of the prompt in progress; -1 for none. */
  #chunked = -1;
  /** Sequences of the decode batch as it was counted last. */
  #members = 0;
  /** Slots whose prompts ended with the step before, and decoding sequences before it. */
  #prompted: number[] = [];
  #wasPrompts = false;
  #wasCut = false;
  #decodingBefore = 0;

  constructor(options: SglangOptions) {
    this.#options = options;
    this.#firstRatio = Math.min(1, FIRST_RATIO * options.scheduleConservativeness);
    this.#leastRatio = Math.min(1, this.#firstRatio * LEAST_RATIO_FACTOR);
    this.#ratio = this.#firstRatio;
  }

  /** Nobody is inside any more: the scheduler begins anew, but for the decode steps it has taken. */
  isIdle(): void {
    this.#ratio = this.#firstRatio;
    this.#ratioAtStep = NaN;
    this.#isFull = false;
    this.#chunked = -1;
    this.#members = 0;
    this.#prompted = [];
    this.#wasPrompts = false;
    this.#wasCut = false;
  }

  plan(step: StepBuilder): void {
    const { outlook } = step;
    if (Number.isNaN(this.#ratioAtStep)) this.#ratioAtStep = outlook.decodeSteps;
    this.#findChunked(outlook);
    this.#mergePrompts(step);
    if (step.returning > 0) this.#bringBack(step);
    if (!this.#planPrompts(step)) {
      this.#planDecodes(step);
      if (step.running + outlook.unknownEnds === 0 && step.waiting > 0) this.#lookAgain(step);
    }
    // Those who wait, wait for what was lacking when the batch was found full.
    if (this.#isFull && this.#lacksTokens) outlook.lacksBlocks();
  }

  /**
   * The batch was full of sequences that are gone, and is looked at again at once. A scheduler that knows
   * all results takes that for idleness.
   */
  #lookAgain(step: StepBuilder): void {
    if (!step.outlook.plansAhead) {
      this.#ratio = this.#firstRatio;
      this.#ratioAtStep = step.outlook.decodeSteps;
    }
    this.#isFull = false;
    this.#planPrompts(step);
  }

  /** The prompt in progress may have been taken out of the engine meanwhile. */
  #findChunked(outlook: KvOutlook): void {
    if (this.#chunked >= 0 && !outlook.prefills(this.#chunked)) this.#chunked = -1;
  }

  /** Those whose prompts were computed in the step before join the decode batch. */
  #mergePrompts(step: StepBuilder): void {
    if (!this.#wasPrompts) return;
    let joined = this.#prompted.length;
    // Where results are known at once, whoever ended with its prompt is not among them.
    if (!step.outlook.plansAhead) joined = step.decoding - this.#decodingBefore;
    this.#members += joined;
    if (this.#wasCut || joined < this.#prompted.length) this.#isFull = false;
  }

  /** Sequences whose entries come from elsewhere decode as soon as there is room. */
  #bringBack(step: StepBuilder): void {
    this.#members += step.bringBack(0);
  }

  /** The share that counts in the decode step after `steps` of them. */
  #ratioNow(outlook: KvOutlook): number {
    const decay = (this.#firstRatio - this.#leastRatio) / DECAY_STEPS;
    const steps = outlook.decodeSteps - this.#ratioAtStep;
    return Math.max(this.#leastRatio, this.#ratio - decay * steps);
  }

  /** Forms a step of prompts; false if there is none to be computed. */
  #planPrompts(step: StepBuilder): boolean {
    const { outlook } = step;
    if ((this.#isFull || step.waiting === 0) && this.#chunked < 0) return false;
    const room = this.#room(step);
    if (this.#chunked >= 0) this.#goOn(step, room);
    while (!this.#isFull && step.waiting > 0) {
      if (room.chunks.length >= step.maxSequences - this.#members) {
        this.#isFull = true;
        this.#lacksTokens = false;
        break;
      }
      if (!this.#letIn(step, room)) break;
    }
    if (room.chunks.length === 0) return false;
    this.#decodingBefore = step.decoding;
    this.#wasPrompts = true;
    this.#prompted = [];
    let blocks = 0;
    for (const { tokens } of room.chunks) blocks += Math.ceil(tokens / outlook.blockTokens);
    outlook.makeRoom(blocks);
    const before = this.#chunked;
    for (const { slot, tokens, isWhole } of room.chunks) {
      step.prefill(slot, tokens);
      if (!isWhole) this.#chunked = slot;
      else this.#prompted.push(slot);
      if (isWhole && slot === before) this.#chunked = -1;
    }
    this.#wasCut = this.#chunked >= 0;
    return true;
  }

  /** What a step of prompts has, given what the running sequences may still put out. */
  #room({ outlook, maxTokensPerStep }: StepBuilder): PromptRoom {
    const ratio = this.#ratioNow(outlook);
    let running = 0;
    for (const slot of outlook.slots) {
      if (!outlook.decodes(slot)) continue;
      const stated = this.#stated(outlook, outlook.promptTokens(slot));
      const left = stated - this.#known(outlook, slot);
      running += Math.max(0, Math.min(left, this.#options.clipMaxNewTokens)) * ratio;
    }
    return {
      kvTokens: outlook.freeBlocks * outlook.blockTokens - running,
      inputTokens: this.#options.maxPrefillTokens,
      chunkTokens: maxTokensPerStep,
      chunks: [],
    };
  }

  /** Output tokens of a sequence that are known: a planner ahead lacks those of the step before. */
  #known(outlook: KvOutlook, slot: number): number {
    const isBehind = outlook.plansAhead &&
      (this.#wasPrompts ? this.#prompted.includes(slot) : true);
    return outlook.outputTokens(slot) - Number(isBehind);
  }

  /** Output tokens that a client states, in an engine that has room for no more than it has. */
  #stated(outlook: KvOutlook, promptTokens: number): number {
    const capacity = outlook.capacityBlocks * outlook.blockTokens;
    return Math.min(outlook.statedTokens(promptTokens), capacity - promptTokens - 1);
  }

  /** The prompt in progress goes on, whatever there is room for. */
  #goOn(step: StepBuilder, room: PromptRoom): void {
    const { outlook } = step;
    const slot = this.#chunked;
    const left = step.prefillRemaining(slot);
    let most = Math.min(room.chunkTokens, Math.floor(room.kvTokens));
    if (most <= 0) most = room.chunkTokens;
    const tokens = Math.min(left, most, outlook.freeBlocks * outlook.blockTokens);
    if (tokens <= 0) return;
    const isWhole = tokens === left;
    const stated = this.#stated(outlook, outlook.promptTokens(slot));
    room.chunks.push({ slot, tokens, isWhole });
    this.#spend(
      outlook,
      room,
      tokens,
      isWhole ? Math.min(stated, this.#options.clipMaxNewTokens) : 0,
    );
  }

  #spend(outlook: KvOutlook, room: PromptRoom, tokens: number, outputTokens: number): void {
    const paged = Math.ceil(tokens / outlook.blockTokens) * outlook.blockTokens;
    room.kvTokens -= paged + outputTokens;
    room.inputTokens -= paged;
    room.chunkTokens -= paged;
  }

  /** Lets the first waiting request in, if it fits; returns whether another one may be tried. */
  #letIn(step: StepBuilder, room: PromptRoom): boolean {
    const { outlook } = step;
    outlook.look();
    const { blockTokens, waitingTokens, waitingPromptTokens } = outlook;
    const { clipMaxNewTokens } = this.#options;
    const tokens = waitingTokens - outlook.matchedBlocks * blockTokens;
    const paged = Math.ceil(tokens / blockTokens) * blockTokens;
    const stated = this.#stated(outlook, waitingPromptTokens);
    const outputTokens = Math.max(0, stated - (waitingTokens - waitingPromptTokens));
    const needed = tokens + Math.min(outputTokens, clipMaxNewTokens);
    const locked = (outlook.freeBlocks - outlook.freeBesideBlocks) * blockTokens;
    // An engine with nobody in it may use its last tokens.
    const isAlone = room.chunks.length === 0 && step.running + outlook.unknownEnds === 0;
    const lacks = (kvTokens: number) => needed >= kvTokens && !isAlone;
    const isLater = paged >= room.inputTokens && room.chunks.length > 0;
    if (lacks(room.kvTokens) || (!isLater && lacks(room.kvTokens - locked))) {
      this.#isFull = this.#lacksTokens = true;
      return false;
    }
    if (isLater) return false;
    const isWhole = paged <= room.chunkTokens;
    let chunk = tokens;
    if (!isWhole) chunk = Math.floor(room.chunkTokens / blockTokens) * blockTokens;
    // A budget below a block is used as it is rather than never.
    if (chunk <= 0 && room.chunks.length === 0) chunk = Math.min(tokens, step.maxTokensPerStep);
    if (chunk <= 0) return false;
    const slot = outlook.enter();
    if (slot < 0) return false;
    room.chunks.push({ slot, tokens: chunk, isWhole });
    room.kvTokens -= locked;
    this.#spend(outlook, room, chunk, isWhole ? Math.min(stated, clipMaxNewTokens) : 0);
    if (room.kvTokens <= 0) this.#isFull = this.#lacksTokens = true;
    return room.kvTokens > 0 && room.inputTokens > 0 && room.chunkTokens > 0;
  }

  /** Forms a step of decodes. */
  #planDecodes(step: StepBuilder): void {
    const { outlook } = step;
    const before = this.#members;
    if (lackingBlocks(outlook) > outlook.freeBlocks) this.#retract(outlook);
    this.#wasPrompts = false;
    this.#prompted = [];
    this.#wasCut = false;
    outlook.makeRoom(lackingBlocks(outlook));
    if (step.decoding > 0) step.decodeAll();
    this.#members = step.decoding + outlook.unknownEnds;
    if (this.#members < before) {
      this.#isFull = false;
      if (step.waiting > 0) outlook.mayDiffer();
    }
    // The next step finds them gone.
    if (outlook.unknownEnds > 0) outlook.mayDiffer();
  }

  /** Takes sequences out until the others have room for a token each, one at least. */
  #retract(outlook: KvOutlook): void {
    const left = [...outlook.slots].filter((slot) => outlook.decodes(slot));
    const known = new Map(left.map((slot) => [slot, this.#known(outlook, slot)]));
    // The last one goes first: the fewest output tokens, of equal ones the longest prompt.
    left.sort((one, other) =>
      known.get(other)! - known.get(one)! ||
      outlook.promptTokens(one) - outlook.promptTokens(other)
    );
    while (left.length > 1 && lackingBlocks(outlook) > outlook.freeBlocks) {
      outlook.retract(left.pop()!);
      outlook.makeRoom(Math.ceil(left.length * RETRACT_STEPS / outlook.blockTokens));
    }
    let output = RETRACT_STEPS * left.length;
    let stated = 1;
    for (const slot of left) {
      output += known.get(slot)!;
      stated += this.#stated(outlook, outlook.promptTokens(slot));
    }
    this.#ratio = Math.min(1, output / stated);
    // The step that is formed now leaves it as it is.
    this.#ratioAtStep = outlook.decodeSteps + 1;
  }
}

/** KV blocks for a token of every sequence in the batch, of those too whose end is not known. */
function lackingBlocks(outlook: KvOutlook): number {
  return outlook.lackingBlocks + outlook.blocksForUnknownEnds;
}
