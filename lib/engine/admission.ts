import { type KvOutlook, UNLIMITED_TOKENS } from "../scheduling/batching/strategy.ts";
import { admit, isAdmitted } from "./admit.ts";
import type { BatchBuilder } from "./batch_builder.ts";
import type { EngineParts, RunColumns } from "./engine_parts.ts";
import { SequenceState } from "./sequences.ts";
import { slotsOf } from "./slots_of.ts";

/**
 * How waiting requests get into the batch of one engine: by the strategy's reservation, or one that the
 * strategy works out itself from what it sees here.
 */
export class Admission implements KvOutlook {
  waitingTokens = 0;
  waitingPromptTokens = 0;
  matchedBlocks = 0;
  freeBesideBlocks = 0;
  /** The request looked at; -1 for none. */
  #request = -1;
  /** Requests passed over, in order. */
  readonly #passed: number[] = [];
  readonly #batch: BatchBuilder;
  readonly #parts: EngineParts;
  readonly #run: RunColumns;

  constructor(batch: BatchBuilder, parts: EngineParts, run: RunColumns) {
    this.#batch = batch;
    this.#parts = parts;
    this.#run = run;
  }

  get plansAhead(): boolean {
    return this.#parts.asyncScheduling === true;
  }

  get blockTokens(): number {
    return this.#batch.pool.blockTokens;
  }

  get freeBlocks(): number {
    return this.#batch.pool.free;
  }

  get capacityBlocks(): number {
    return this.#batch.pool.capacity;
  }

  get lackingBlocks(): number {
    return this.#batch.growth.lacking;
  }

  get blocksForUnknownEnds(): number {
    if (this.#batch.unknownEnds === 0) return 0;
    const { sequences } = this.#batch;
    let blocks = 0;
    for (const slot of slotsOf(sequences)) {
      if (sequences.state[slot] !== SequenceState.ended) continue;
      const room = sequences.takenBlocks[slot] * this.blockTokens;
      blocks += Number(sequences.doneTokens[slot] === room);
    }
    return blocks;
  }

  get unknownEnds(): number {
    return this.#batch.unknownEnds;
  }

  get decodeSteps(): number {
    return this.#batch.sequences.step;
  }

  get slots(): Iterable<number> {
    return slotsOf(this.#batch.sequences);
  }

  decodes(slot: number): boolean {
    const state = this.#batch.sequences.state[slot];
    return state === SequenceState.decode || state === SequenceState.ended;
  }

  prefills(slot: number): boolean {
    return this.#batch.sequences.state[slot] === SequenceState.prefill;
  }

  promptTokens(slot: number): number {
    return this.#run.columns.promptTokens[this.#batch.sequences.request[slot]];
  }

  outputTokens(slot: number): number {
    const { sequences } = this.#batch;
    const { request, doneTokens, state } = sequences;
    if (state[slot] === SequenceState.decode) {
      return sequences.generatedAtJoin[slot] + sequences.stepsSinceJoin(slot);
    }
    // Of one that has ended, all tokens but the last one are computed.
    return state[slot] === SequenceState.ended
      ? doneTokens[slot] + 1 - this.promptTokens(slot)
      : this.#run.generated[request[slot]];
  }

  blocksHeld(slot: number): number {
    return this.#batch.sequences.blocksHeld(slot);
  }

  statedTokens(promptTokens: number): number {
    const { maxOutputTokens, maxModelTokens } = this.#parts;
    return Math.min(maxOutputTokens, maxModelTokens - promptTokens);
  }

  lastComer(): number {
    const { sequences, queue } = this.#batch;
    let last = -1;
    for (const slot of slotsOf(sequences)) {
      if (sequences.state[slot] === SequenceState.ended) continue;
      if (last < 0 || queue.isBefore(sequences.request[last], sequences.request[slot])) last = slot;
    }
    return last;
  }

  retract(slot: number): void {
    this.#batch.preempt(slot);
  }

  makeRoom(blocks: number): void {
    this.#batch.pool.makeRoom(blocks);
  }

  mayDiffer(): void {
    this.#batch.isUnsettled = true;
  }

  look(): boolean {
    const { queue, blocks, cache } = this.#batch;
    const request = this.#request = queue.peek();
    if (request < 0) return false;
    const { columns, generated } = this.#run;
    this.waitingPromptTokens = columns.promptTokens[request];
    const target = this.waitingTokens = this.waitingPromptTokens + generated[request];
    cache?.look(request, target - 1);
    this.matchedBlocks = blocks.matched(request, target);
    this.freeBesideBlocks = blocks.freeBeside(request, this.matchedBlocks);
    return true;
  }

  firstNewBlock(): number {
    return this.#batch.blocks.identityAt(this.#request, this.matchedBlocks, this.waitingTokens - 1);
  }

  newBlockOf(slot: number): number {
    const { blocks, sequences: { request, targetTokens } } = this.#batch;
    const matched = blocks.matched(request[slot], targetTokens[slot]);
    return blocks.identityAt(request[slot], matched, targetTokens[slot] - 1);
  }

  comesBefore(one: number, other: number): boolean {
    const { queue, sequences: { request } } = this.#batch;
    return queue.isBefore(request[one], request[other]);
  }

  passOver(): void {
    this.#passed.push(this.#batch.queue.pop());
  }

  putBack(): void {
    while (this.#passed.length > 0) this.#batch.queue.pushBack(this.#passed.pop()!);
  }

  lacksBlocks(): void {
    this.#batch.lacksBlocks = true;
  }

  enter(blocks = this.matchedBlocks): number {
    const { sequences, queue } = this.#batch;
    if (sequences.count >= this.#batch.maxSequences) return -1;
    return this.#add(queue.pop(), this.waitingTokens, this.matchedBlocks, blocks);
  }

  /** Tokens that the first waiting request would have to compute; 0 for none. */
  firstWaitingTokens(): number {
    const { queue, blocks, pool } = this.#batch;
    const request = queue.peek();
    if (request < 0) return 0;
    const target = this.#run.columns.promptTokens[request] + this.#run.generated[request];
    return target - blocks.matched(request, target) * pool.blockTokens;
  }

  /** Admits the first waiting request as the strategy's reservation says. */
  admit(keepFreeBlocks: number, chunkTokens = UNLIMITED_TOKENS): number {
    return admit(this.#batch, this.#parts, this.#run, keepFreeBlocks, chunkTokens);
  }

  /** Puts a request that has left the queue into the batch. */
  #add(request: number, target: number, matched: number, blocks: number): number {
    const { sequences, pool } = this.#batch;
    const done = matched * pool.blockTokens;
    const slot = sequences.add(request, target, done, 0);
    this.#batch.blocks.begin(slot, blocks, matched);
    isAdmitted(this.#batch, this.#run, request, done);
    return slot;
  }
}
