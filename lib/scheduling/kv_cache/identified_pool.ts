import type { FreedBlocks } from "./held_blocks.ts";
import { BlockPool } from "./block_pool.ts";

/**
 * A block pool whose blocks may have the identity of their tokens, so that prompts that begin alike
 * share them. What a sequence holds of it is a list of numbers that only the pool reads.
 */
export abstract class IdentifiedPool extends BlockPool {
  /** How often more was given up than was asked for, so that blocks are not taken one by one. */
  givenUp = 0;
  /** Identified blocks, in use or free. */
  abstract readonly cachedBlocks: number;

  /** Free blocks that can be taken before any that has identity. */
  get freeWithoutIdentity(): number {
    return this.emptyBlocks;
  }

  /** Leading full blocks of the request's first `tokens` tokens that are cached. Changes nothing. */
  abstract matchedBlocks(request: number, tokens: number): number;

  /** The same as part of a scheduler's look at the request, which may count as a use of the blocks. */
  look(request: number, tokens: number): number {
    return this.matchedBlocks(request, tokens);
  }

  /**
   * Of the request's first `matched` cached blocks, those that are left once a leap has taken `count`
   * blocks, one by one.
   */
  abstract keptBlocks(request: number, matched: number, count: number): number;

  /** How many of the request's first `blocks` cached blocks are free, that is in use by nobody. */
  abstract freeAmong(request: number, blocks: number): number;

  /** Uses the request's first `blocks` cached blocks; they begin the sequence's empty `held`. */
  abstract share(request: number, blocks: number, held: number[]): void;

  /**
   * Gives identity to the request's blocks that `tokens` computed tokens fill, beyond those already
   * `held`. The blocks must have been taken.
   *
   * @param comesBack Whether the request will be computed again, so that blocks of its own matter.
   */
  abstract identify(request: number, tokens: number, held: number[], comesBack?: boolean): void;

  /** Takes the identity from one of the request's cached blocks if it is free, where it can. */
  abstract renew(request: number, block: number): void;

  /** Frees a sequence's `blocks` blocks; those `held` keep their identity. */
  abstract release(request: number, held: number[], blocks: number, freed?: FreedBlocks): void;

  /** The cache is given up with its engine: nobody finds anything in it. */
  abstract close(): void;
}
