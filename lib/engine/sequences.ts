import { grown } from "../sim/grown.ts";
import { EndSteps } from "./end_steps.ts";
import type { Leap } from "./leap.ts";
import { LongestContext } from "./longest_context.ts";

/** Slots for which there is room at first. */
const FIRST_SLOTS = 8;

/** The columns by slot that others read. */
const COLUMNS = [
  "request",
  "state",
  "targetTokens",
  "doneTokens",
  "reservedBlocks",
  "takenBlocks",
  "admission",
  "generatedAtJoin",
  "firstLeap",
  "longestGapSeconds",
  "lastTokenAtSeconds",
  "next",
  "previous",
] as const;

/** Steps up to which blocks are counted step by step, in 32-bit integers. */
const SHORT_LEAP = 32;

/**
 * What the sequence in a slot is doing; from `decode` on it is in the decode batch. One that is `ended`
 * has all its tokens and keeps slot and blocks until the scheduler knows; one that is `paused` decodes,
 * but not in the present step.
 */
export const SequenceState = {
  free: 0,
  ended: 1,
  paused: 2,
  prefill: 3,
  decode: 4,
  held: 5,
} as const;

/**
 * The running sequences of one engine, in slots of typed columns. All decoding sequences advance by
 * one token in each decode step, so what changes per step is kept once for all of them: the step
 * counter, the total context, and how many sequences stand at each place within a KV block.
 */
export class Sequences {
  /** Request in each slot. */
  request = new Int32Array(FIRST_SLOTS);
  /** {@link SequenceState} of each slot. */
  state = new Uint8Array(FIRST_SLOTS);
  /** Tokens whose KV entries the prefill has to provide: the prompt and what preemption lost. */
  targetTokens = new Int32Array(FIRST_SLOTS);
  /** Tokens of the target that are computed or came from the prefix cache. */
  doneTokens = new Int32Array(FIRST_SLOTS);
  /** KV blocks held whatever the length ("maximum" reservation); 0 when they follow the length. */
  reservedBlocks = new Int32Array(FIRST_SLOTS);
  /** KV blocks taken so far by a sequence that is not in the decode batch. */
  takenBlocks = new Int32Array(FIRST_SLOTS);
  /** Number of the admission, from 0: what the batch is ordered by. */
  admission = new Float64Array(FIRST_SLOTS);
  /** Output tokens that existed when the sequence began to decode. */
  generatedAtJoin = new Int32Array(FIRST_SLOTS);
  /** First decode leap whose gaps count for the sequence (see TokenGaps). */
  firstLeap = new Float64Array(FIRST_SLOTS);
  /** Longest gap outside the common leaps, seconds. */
  longestGapSeconds = new Float64Array(FIRST_SLOTS);
  /** Instant of the last token when the sequence began to decode, seconds. */
  lastTokenAtSeconds = new Float64Array(FIRST_SLOTS);
  /** Slots in order of admission. */
  next = new Int32Array(FIRST_SLOTS);
  previous = new Int32Array(FIRST_SLOTS);
  /** Decode step, counted from the engine's start, after which each decoding sequence ends. */
  readonly ends: EndSteps;

  /** Occupied slots. */
  count = 0;
  /** Sequences whose prefill is not finished. */
  prefilling = 0;
  /** Sequences in the decode batch, held ones included. */
  decoding = 0;
  /** KV entries that the next decode step attends to, summed over the decode batch. */
  contextTokens = 0;
  /** Decode steps taken since the engine's start. */
  step = 0;
  /** Slot admitted first and last; -1 when empty. */
  first = -1;
  last = -1;

  /** Tokens per KV block. */
  readonly blockTokens: number;
  /** KV blocks that the leap counted last takes after its first step, and its block-seconds. */
  grownBlocks = 0;
  blockSeconds = 0;
  /** Sequences whose KV blocks grow with their length. */
  growing = 0;
  /** Whether blocks of decoding sequences are those noted as taken, whatever the length. */
  readonly notesBlocks: boolean;
  /** Growing sequences by (tokens - step) mod block size: those at `#place` need a block now. */
  readonly #residues: Int32Array;
  #residueOf = new Int32Array(FIRST_SLOTS);
  /** (-step) mod block size, kept so that nothing has to divide in the inner loops. */
  #place = 0;
  #joinedStep = new Float64Array(FIRST_SLOTS);
  readonly #longest = new LongestContext();
  /** Slots that were in use and are free, the one to be taken next last. */
  #freeSlots = new Int32Array(FIRST_SLOTS);
  #freeCount = 0;
  /** Slots that were in use so far, which are those below it. */
  #used = 0;
  #admissions = 0;

  /** Most sequences at a time; room is made as they come, since few engines are ever full. */
  readonly slots: number;

  constructor(slots: number, blockTokens: number, notesBlocks = false) {
    this.slots = slots;
    this.ends = new EndSteps(slots);
    this.blockTokens = blockTokens;
    this.notesBlocks = notesBlocks;
    this.#residues = new Int32Array(blockTokens);
  }

  /** Begins anew, as an engine does that has had no sequence; what it has room for stays. */
  clear(): void {
    this.count =
      this.prefilling =
      this.decoding =
      this.contextTokens =
      this.step =
        0;
    this.first = this.last = -1;
    this.grownBlocks = this.blockSeconds = this.growing = 0;
    this.#residues.fill(0);
    this.#place =
      this.#freeCount =
      this.#used =
      this.#admissions =
        0;
    this.ends.clear();
    this.#longest.forget();
  }

  /** Puts a request into a slot, last in order, and returns the slot; it has no blocks yet. */
  add(request: number, targetTokens: number, doneTokens: number, reservedBlocks: number): number {
    const slot = this.#freeCount > 0 ? this.#freeSlots[--this.#freeCount] : this.#newSlot();
    this.request[slot] = request;
    this.state[slot] = SequenceState.prefill;
    this.targetTokens[slot] = targetTokens;
    this.doneTokens[slot] = doneTokens;
    this.reservedBlocks[slot] = reservedBlocks;
    this.takenBlocks[slot] = 0;
    this.admission[slot] = this.#admissions++;
    this.longestGapSeconds[slot] = 0;
    this.previous[slot] = this.last;
    this.next[slot] = -1;
    if (this.last >= 0) this.next[this.last] = slot;
    else this.first = slot;
    this.last = slot;
    this.count++;
    this.prefilling++;
    return slot;
  }

  /** The lowest slot that was never in use. */
  #newSlot(): number {
    if (this.#used === this.request.length) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    for (const name of COLUMNS) this[name] = grown(this[name]) as never;
    this.#residueOf = grown(this.#residueOf);
    this.#joinedStep = grown(this.#joinedStep);
    this.#freeSlots = grown(this.#freeSlots);
  }

  /** Empties a slot, taking the sequence out of the decode batch if it is there. */
  remove(slot: number): void {
    const before = this.state[slot];
    if (before >= SequenceState.decode) this.#leaveBatch(slot);
    else if (before === SequenceState.prefill) this.prefilling--;
    this.state[slot] = SequenceState.free;
    const left = this.previous[slot];
    const right = this.next[slot];
    if (left >= 0) this.next[left] = right;
    else this.first = right;
    if (right >= 0) this.previous[right] = left;
    else this.last = left;
    this.#freeSlots[this.#freeCount++] = slot;
    this.count--;
  }

  /** All tokens are there; slot and blocks stay until {@link remove}. */
  end(slot: number): void {
    this.#setAside(slot, SequenceState.ended);
  }

  /** Takes the sequence out of the decode batch until it joins again. */
  pause(slot: number): void {
    this.#setAside(slot, SequenceState.paused);
  }

  /** Lets the sequence decode for `steps` more steps (>= 1), from `tokens` computed tokens on. */
  join(slot: number, tokens: number, steps: number): void {
    if (this.state[slot] === SequenceState.prefill) this.prefilling--;
    this.state[slot] = SequenceState.decode;
    this.targetTokens[slot] = tokens;
    this.#joinedStep[slot] = this.step;
    this.decoding++;
    this.contextTokens += tokens + 1;
    this.#longest.joined(tokens, this.step);
    if (this.#growsAlone(slot)) {
      const residue = (tokens + this.#place) % this.blockTokens;
      this.#residueOf[slot] = residue;
      this.#residues[residue]++;
      this.growing++;
    }
    this.ends.set(slot, this.step + steps);
  }

  /** Keeps a finished sequence in the decode batch. */
  hold(slot: number): void {
    this.state[slot] = SequenceState.held;
    this.ends.delete(slot);
  }

  /** Decode steps that the sequence in `slot` has taken since it joined. */
  stepsSinceJoin(slot: number): number {
    return this.step - this.#joinedStep[slot];
  }

  /** Tokens of the sequence whose KV entries exist. */
  computedTokens(slot: number): number {
    return this.state[slot] >= SequenceState.decode
      ? this.targetTokens[slot] + this.stepsSinceJoin(slot)
      : this.doneTokens[slot];
  }

  /** KV entries that the next decode step attends to for the longest sequence of the batch. */
  longestContextTokens(): number {
    return this.#longest.tokens(this);
  }

  /** Whether the sequence in `slot` is in the decode batch. */
  isInBatch(slot: number): boolean {
    return this.state[slot] >= SequenceState.decode;
  }

  /** KV blocks that the sequence holds. */
  blocksHeld(slot: number): number {
    if (this.reservedBlocks[slot] > 0) return this.reservedBlocks[slot];
    return this.state[slot] >= SequenceState.decode && !this.notesBlocks
      ? Math.ceil(this.computedTokens(slot) / this.blockTokens)
      : this.takenBlocks[slot];
  }

  /** Whether its blocks follow from its length. */
  #growsAlone(slot: number): boolean {
    return this.reservedBlocks[slot] === 0 && !this.notesBlocks;
  }

  /** Whether the sequence in `slot`, which decodes, needs a KV block before the next decode step. */
  needsBlock(slot: number): boolean {
    return this.reservedBlocks[slot] === 0 && this.#residueOf[slot] === this.#place;
  }

  /** KV blocks that the next decode step needs before it starts. */
  get blocksNeeded(): number {
    return this.#residues[this.#place];
  }

  /** KV blocks that the `last` steps after the next one need together. */
  blocksNeededThrough(last: number): number {
    const block = this.blockTokens;
    const residues = this.#residues;
    const periods = last >= block ? Math.floor(last / block) : 0;
    let blocks = periods * this.growing;
    let place = this.#place;
    for (let left = last - periods * block; left > 0; left--) {
      place = place === 0 ? block - 1 : place - 1;
      blocks += residues[place];
    }
    return blocks;
  }

  /** Most steps (at most `steps`) that `free` blocks last for, the first step's being taken already. */
  stepsWithin(free: number, steps: number): number {
    const block = this.blockTokens;
    // A block length takes one block of each growing sequence, so whole block lengths need no walk.
    if (this.growing * Math.ceil(steps / block) <= free) return steps;
    const periods = Math.floor(free / this.growing);
    let left = free - periods * this.growing;
    let place = this.#place;
    for (let ahead = periods * block + 1; ahead < steps; ahead++) {
      place = place === 0 ? block - 1 : place - 1;
      left -= this.#residues[place];
      if (left < 0) return ahead;
    }
    return steps;
  }

  /**
   * Counts the KV blocks of the first `steps` steps of a leap that starts with `used` blocks: leaves
   * those that it takes after its first step in `grownBlocks`, and the block-seconds of all in
   * `blockSeconds`. A block taken before step j counts from that step's start to the end of the last.
   */
  countBlocks(leap: Leap, steps: number, used: number): void {
    const block = this.blockTokens;
    const residues = this.#residues;
    const last = steps - 1;
    if (last > SHORT_LEAP) return this.#countManyBlocks(leap, steps, used);
    let place = this.#place;
    let blocks = 0, sum = 0, weighted = 0;
    for (let k = 1; k <= last; k++) {
      place = place === 0 ? block - 1 : place - 1;
      blocks = (blocks + residues[place]) | 0;
      sum = (sum + blocks) | 0;
      weighted = (weighted + Math.imul(k, blocks)) | 0;
    }
    this.grownBlocks = blocks;
    // Step k lasts first + k increment and has the blocks taken up to it.
    this.blockSeconds = used * leap.seconds(steps) + leap.firstStepSeconds * sum +
      leap.incrementSeconds * weighted;
  }

  /** Notes what {@link countBlocks} leaves where blocks are counted elsewhere. */
  noteGrowth(grownBlocks: number, blockSeconds: number): void {
    this.grownBlocks = grownBlocks;
    this.blockSeconds = blockSeconds;
  }

  /** The same for long leaps, whose needs repeat with the block size. */
  #countManyBlocks(leap: Leap, steps: number, used: number): void {
    const total = leap.seconds(steps);
    const block = this.blockTokens;
    const last = steps - 1;
    let place = this.#place;
    let blockSeconds = used * total;
    for (let j = 1; j <= block; j++) {
      place = place === 0 ? block - 1 : place - 1;
      const need = this.#residues[place];
      if (need > 0) blockSeconds += need * leap.remainingSeconds(j, block, last, total);
    }
    this.grownBlocks = this.blocksNeededThrough(last);
    this.blockSeconds = blockSeconds;
  }

  /** Takes `steps` decode steps. */
  advance(steps: number): void {
    this.step += steps;
    const block = this.blockTokens;
    const place = this.#place - (steps < block ? steps : steps % block);
    this.#place = place < 0 ? place + block : place;
    this.contextTokens += steps * this.decoding;
  }

  /**
   * Gives one decoding sequence `tokens` tokens more than the others have gained, or takes some back;
   * its end stays where it is.
   */
  shift(slot: number, tokens: number): void {
    this.targetTokens[slot] += tokens;
    this.generatedAtJoin[slot] += tokens;
    this.contextTokens += tokens;
    this.#longest.forget();
  }

  /** Ends what the sequence is doing; its tokens and blocks are kept as numbers. */
  #setAside(slot: number, state: number): void {
    const before = this.state[slot];
    if (before >= SequenceState.decode) {
      this.takenBlocks[slot] = this.blocksHeld(slot);
      this.doneTokens[slot] = this.computedTokens(slot);
      this.#leaveBatch(slot);
    } else if (before === SequenceState.prefill) {
      this.prefilling--;
    }
    this.state[slot] = state;
  }

  #leaveBatch(slot: number): void {
    const tokens = this.computedTokens(slot);
    this.contextTokens -= tokens + 1;
    this.#longest.left(tokens, this.step);
    this.decoding--;
    if (this.#growsAlone(slot)) {
      this.#residues[this.#residueOf[slot]]--;
      this.growing--;
    }
    this.ends.delete(slot);
  }
}
