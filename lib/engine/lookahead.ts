import type { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import type { DecodeBlocks } from "./decode_blocks.ts";
import type { Leap } from "./leap.ts";
import { type Sequences, SequenceState } from "./sequences.ts";
import type { Speculation } from "./speculation.ts";

/**
 * KV blocks of decoding sequences that speculate. While a step runs, a sequence holds slots for its
 * computed tokens, the one to come, those drafted and the draft's own lookahead, up to the longest
 * sequence. What is refused gives its slots back to the same sequence, which fills them anew; blocks
 * stay with it, as in vLLM. Counts are kept per sequence, since each gains tokens of its own.
 */
export class Lookahead implements DecodeBlocks {
  readonly #sequences: Sequences;
  readonly #speculation: Speculation;
  readonly #pool: BlockPool;
  readonly #maxModelTokens: number;

  constructor(
    sequences: Sequences,
    speculation: Speculation,
    pool: BlockPool,
    maxModelTokens: number,
  ) {
    this.#sequences = sequences;
    this.#speculation = speculation;
    this.#pool = pool;
    this.#maxModelTokens = maxModelTokens;
  }

  beginStep(): void {}

  /** Blocks of a sequence with so many computed tokens, while a step runs. */
  #blocksAt(computedTokens: number): number {
    const { capacity, blockTokens } = this.#pool;
    const slots = computedTokens + this.#speculation.slotTokens;
    return this.#pool.blocksFor(Math.min(slots, this.#maxModelTokens, capacity * blockTokens));
  }

  /** Blocks that the sequence in `slot` lacks, once it has gained `tokens` tokens. */
  #lackingFor(slot: number, tokens: number): number {
    const { takenBlocks } = this.#sequences;
    const blocks = this.#blocksAt(this.#sequences.computedTokens(slot) + tokens);
    return Math.max(0, blocks - takenBlocks[slot]);
  }

  get lacking(): number {
    return this.#lackingAfter(0);
  }

  get needed(): number {
    return this.#lackingAfter(0);
  }

  lackingFor(slot: number): number {
    return this.#lackingFor(slot, 0);
  }

  take(blocks: number): void {
    this.#pool.take(blocks);
    this.#note(0);
  }

  takeFor(slot: number): void {
    this.#pool.take(this.lackingFor(slot));
    this.#noteFor(slot, 0);
  }

  /** All that were taken are noted with the sequence. */
  leave(): number {
    return 0;
  }

  next(tokens: number, blocks: number): number {
    return Math.max(0, this.#blocksAt(tokens) - blocks);
  }

  neededThrough(last: number): number {
    return this.#lackingAfter(this.#speculation.tokensIn(last));
  }

  /** Most steps (at most `steps`) that `free` blocks last for, the first step's being taken already. */
  stepsWithin(free: number, steps: number): number {
    if (this.neededThrough(steps - 1) <= free) return steps;
    let [low, high] = [1, steps];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.neededThrough(middle - 1) <= free) low = middle;
      else high = middle;
    }
    return low;
  }

  countBlocks(leap: Leap, steps: number, used: number): void {
    const total = leap.seconds(steps);
    if (steps < 2) return this.#sequences.noteGrowth(0, used * total);
    let growth = 0, blockSeconds = used * total;
    const { blockTokens } = this.#pool;
    const { slotTokens } = this.#speculation;
    const tokens = this.#speculation.tokensIn(steps - 1);
    const { first, next, state, takenBlocks } = this.#sequences;
    for (let slot = first; slot >= 0; slot = next[slot]) {
      if (state[slot] !== SequenceState.decode) continue;
      const grown = this.#lackingFor(slot, tokens);
      growth += grown;
      const computed = this.#sequences.computedTokens(slot);
      for (let block = 0; block < grown; block++) {
        // Taken before the first step that reaches beyond the blocks before it.
        const reached = (takenBlocks[slot] + block) * blockTokens + 1 - computed - slotTokens;
        blockSeconds += total - leap.seconds(this.#speculation.stepsFor(reached));
      }
    }
    this.#sequences.noteGrowth(growth, blockSeconds);
  }

  /** The sequences have taken the blocks of a leap of `steps` steps, before they advance. */
  grow(steps: number): void {
    if (steps > 1) this.#note(this.#speculation.tokensIn(steps - 1));
  }

  /** Blocks that the decoding sequences lack once each has gained `tokens` tokens. */
  #lackingAfter(tokens: number): number {
    const { first, next, state } = this.#sequences;
    let blocks = 0;
    for (let slot = first; slot >= 0; slot = next[slot]) {
      if (state[slot] === SequenceState.decode) blocks += this.#lackingFor(slot, tokens);
    }
    return blocks;
  }

  #note(tokens: number): void {
    const { first, next, state } = this.#sequences;
    for (let slot = first; slot >= 0; slot = next[slot]) {
      if (state[slot] === SequenceState.decode) this.#noteFor(slot, tokens);
    }
  }

  #noteFor(slot: number, tokens: number): void {
    this.#sequences.takenBlocks[slot] += this.#lackingFor(slot, tokens);
  }
}
