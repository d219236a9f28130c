import type { BlockPool } from "../scheduling/kv_cache/block_pool.ts";
import type { Leap } from "./leap.ts";
import type { Sequences } from "./sequences.ts";

/** How the KV blocks of one engine's decoding sequences grow. */
export interface DecodeBlocks {
  /** A step begins to be formed: no decode of it has taken a block. */
  beginStep(): void;
  /** KV blocks that the decoding sequences lack for the next step beyond those taken for it. */
  readonly lacking: number;
  /** KV blocks that they need for it before it starts. */
  readonly needed: number;
  /** Those that the sequence in `slot` lacks. */
  lackingFor(slot: number): number;
  /** Takes what is lacking from the pool, which is `blocks`. */
  take(blocks: number): void;
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
  /**
   * Counts the KV blocks of the first `steps` steps of a leap that starts with `used` blocks, and
   * leaves them with the sequences: see {@link Sequences.countBlocks}.
   */
  countBlocks(leap: Leap, steps: number, used: number): void;
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

  take(blocks: number): void {
    if (blocks > 0) this.#pool.take(blocks);
    this.#taken += blocks;
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

  countBlocks(leap: Leap, steps: number, used: number): void {
    this.#sequences.countBlocks(leap, steps, used);
  }
}
