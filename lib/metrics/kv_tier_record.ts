/** Kind of a cache tier: memory of the instance, disk of its machine, or a store of the cluster. */
export type TierKind = "host" | "disk" | "store";

/** Kinds of cache tiers, the nearest first. */
export const TIER_KINDS = ["host", "disk", "store"] as const satisfies readonly TierKind[];

/** The tiers of one kind over a run. */
export interface TierRecord {
  /** What they are. */
  readonly kind: "host" | "disk" | "store";
  /** Prompt tokens of each request that came from them, when the request was scheduled first. */
  readonly hitTokens: Int32Array;
  /** Blocks read by engines. */
  readonly loadedBlocks: number;
  /** Bytes of those. */
  readonly loadedBytes: number;
  /** Blocks written. */
  readonly storedBlocks: number;
  /** Bytes of those. */
  readonly storedBytes: number;
  /** Blocks on their way, in or out, that were given up. */
  readonly givenUpBlocks: number;
  /** Blocks that others took the room of. */
  readonly evictedBlocks: number;
  /** Blocks whose time was over. */
  readonly expiredBlocks: number;
  /** Blocks that found no room. */
  readonly refusedBlocks: number;
  /** Blocks that were there at the end. */
  readonly heldBlocks: number;
}

/** What is counted as it happens. */
export type TierCounts = {
  -readonly [Key in Exclude<keyof TierRecord, "kind" | "hitTokens" | "heldBlocks">]: number;
};

/** No counts. */
export function noTierCounts(): TierCounts {
  return {
    loadedBlocks: 0,
    loadedBytes: 0,
    storedBlocks: 0,
    storedBytes: 0,
    givenUpBlocks: 0,
    evictedBlocks: 0,
    expiredBlocks: 0,
    refusedBlocks: 0,
  };
}
