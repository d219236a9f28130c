/** Kinds of cache tiers, the nearest first. */
export const TIER_KINDS = ["host", "disk", "store"] as const;
/** Kind of a cache tier. */
export type TierKind = (typeof TIER_KINDS)[number];

/** What the tiers of one kind did in a run. */
export interface TierCounts {
  /** Blocks read by engines, and their bytes. */
  loadedBlocks: number;
  loadedBytes: number;
  /** Blocks written, and their bytes. */
  storedBlocks: number;
  storedBytes: number;
  /** Blocks on their way, in or out, that were given up. */
  givenUpBlocks: number;
  /** Blocks that others took the room of, and those whose time was over. */
  evictedBlocks: number;
  expiredBlocks: number;
  /** Blocks that found no room. */
  refusedBlocks: number;
}

/** The tiers of one kind over a run. */
export interface TierRecord extends Readonly<TierCounts> {
  readonly kind: TierKind;
  /** Prompt tokens of each request that came from it, when the request was scheduled first. */
  readonly hitTokens: Int32Array;
  /** Blocks that were there at the end. */
  readonly heldBlocks: number;
}

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
