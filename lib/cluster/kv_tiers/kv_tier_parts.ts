import type { TierKind } from "../../metrics/kv_tier_record.ts";
import type { KvHolder } from "../handoff/kv_transfer_parts.ts";

/** One cache tier of a function's KV blocks. */
export interface TierParts {
  /** What it is: memory of the instance, disk of its machine, or a store of the cluster. */
  readonly kind: TierKind;
  /** KV blocks that fit: of an instance, a machine or the cluster. */
  readonly blocks: number;
  /** Time for which a block stays that nobody uses, seconds, > 0; Infinity: for ever. */
  readonly ttlSeconds: number;
  /** Takes blocks as they are computed, or those that the tier before it lets go. */
  readonly write: "through" | "evict";
  /** What one GPU of an instance reads or writes at most, bytes/s; Infinity: as the links do. */
  readonly bytesPerSecond: number;
  /** Time before the first byte of a transfer, seconds, >= 0. */
  readonly setupSeconds: number;
}

/** The tiers of one function, the nearest first. */
export interface FunctionTiers {
  /** One or more, each of another kind. */
  readonly tiers: readonly TierParts[];
  /** Bytes of one KV block, over all GPUs of an instance. */
  readonly blockBytes: number;
}

/**
 * The cache tiers of a run, and the links that blocks cross on which whatever else moves as well. The
 * run's `starts` move them on: the next event of these links is an event of theirs, too.
 */
export interface KvTierParts {
  /** By function; undefined: its engines have no tiers. */
  readonly functions: readonly (FunctionTiers | undefined)[];
  /** Whether machines are told apart, so that a disk outlives the instances beside it. */
  readonly hasMachines: boolean;
  /**
   * Begins to move bytes between the GPUs of an instance and a tier of its, or between two tiers, and
   * returns their number; -1 when nothing on the way binds, so that they are there at once and nobody is
   * told.
   *
   * @param bytesPerSecond What each GPU's part moves at most; Infinity: as the links do.
   * @param ended Is told when the last byte has arrived, unless that is cancelled.
   */
  start(
    instance: KvHolder,
    from: TierKind | "gpu",
    to: TierKind | "gpu",
    bytes: number,
    bytesPerSecond: number,
    ended: (flow: number, nowSeconds: number) => void,
    nowSeconds: number,
  ): number;
  /** Gives up what has not arrived. */
  cancel(flow: number, nowSeconds: number): void;
  /** An instance is gone, and its places with it. */
  forget(instanceId: number): void;
}
