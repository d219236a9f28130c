import type { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import type { Leap } from "./leap.ts";
import type { Sequences } from "./sequences.ts";

/** How the KV blocks of one engine's decoding sequences grow. */
export interface DecodeBlocks {
  /** KV blocks that the leap counted last takes after its first step, and its block-seconds. */
  readonly grownBlocks: number;
  readonly blockSeconds: number;
  /** A step begins to be formed: no decode of it has taken a block. */
  beginStep(): void;
  /** KV blocks that the decoding sequences lack for the next step beyond those taken for it. */
  readonly lacking: number;
  /** KV blocks that they need for it before it starts. */
  readonly needed: number;
  /** Those that the sequence in `slot` lacks. */
  lackingFor(slot: number): number;
  /** Takes what is lacking from the pool. */
  take(): void;
  /** The same for one sequence. */
  takeFor(slot: number): void;
  /**
   * A sequence that is in the step leaves it; returns the blocks taken for it beyond those that it
   * holds by its length.
   */
  leave(slot: number): number;
  /** Blocks that a sequence of so many tokens and blocks takes for its next step. */
  next(tokens: number, blocks: number, isReserved: boolean): number;
  /** KV blocks that the `last` steps after the next one need together. */
  neededThrough(last: number): number;
  /** Most steps (at most `steps`) that `free` blocks last for, the first step's being taken already. */
  stepsWithin(free: number, steps: number): number;
  /** Counts the KV blocks of the first `steps` steps of a leap that starts with `used` blocks. */
  countBlocks(leap: Leap, steps: number, used: number): void;
  /** The sequences have taken the blocks of a leap of `steps` steps, before they advance. */
  grow(steps: number): void;
}

/** One token per step: blocks follow from the lengths, which the sequences keep together. */
export class PlainBlocks implements DecodeBlocks {
  readonly #sequences: Sequences;
  readonly #pool: BlockPool;
  /** KV blocks that the decodes of the step being formed have taken. */
  #taken = 0;

  constructor(sequences: Sequences, pool: BlockPool) {
    this.#sequences = sequences;
    this.#pool = pool;
  }

  get grownBlocks(): number {
    return this.#sequences.grownBlocks;
  }

  get blockSeconds(): number {
    return this.#sequences.blockSeconds;
  }

  beginStep(): void {
    this.#taken = 0;
  }

  get lacking(): number {
    return this.#sequences.blocksNeeded - this.#taken;
  }

  get needed(): number {
    return this.#sequences.blocksNeeded;
  }

  lackingFor(slot: number): number {
    return Number(this.#sequences.needsBlock(slot));
  }

  take(): void {
    const { lacking } = this;
    if (lacking > 0) this.#pool.take(lacking);
    this.#taken += lacking;
  }

  takeFor(slot: number): void {
    if (!this.#sequences.needsBlock(slot)) return;
    this.#pool.take(1);
    this.#taken++;
  }

  leave(slot: number): number {
    const blocks = this.lackingFor(slot);
    this.#taken -= blocks;
    return blocks;
  }

  next(tokens: number, _blocks: number, isReserved: boolean): number {
    return !isReserved && tokens % this.#pool.blockTokens === 0 ? 1 : 0;
  }

  neededThrough(last: number): number {
    return this.#sequences.blocksNeededThrough(last);
  }

  stepsWithin(free: number, steps: number): number {
    return this.#sequences.stepsWithin(free, steps);
  }

  countBlocks(leap: Leap, steps: number, used: number): void {
    this.#sequences.countBlocks(leap, steps, used);
  }

  grow(): void {}
}
