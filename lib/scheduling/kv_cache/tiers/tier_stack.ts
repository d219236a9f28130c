import type { PrefixRuns } from "../prefix_runs.ts";
import type { BlockRange, TierBlocks } from "./tier_blocks.ts";

/** A stretch of a request's blocks that one tier has. */
export interface TierPart {
  /** Place of the tier, 0 for the nearest one. */
  readonly tier: number;
  /** The blocks. */
  readonly range: BlockRange;
}

/** Where the blocks of a request have their identity. */
type Runs = Pick<PrefixRuns, "offsets" | "runs" | "ends">;

/** The ranges of a request's blocks `from` (included) to `to` (excluded), in their order. */
export function rangesOf(
  { offsets, runs, ends }: Runs,
  request: number,
  from: number,
  to: number,
): BlockRange[] {
  const ranges: BlockRange[] = [];
  let start = 0;
  for (let place = offsets[request]; place < offsets[request + 1] && start < to; place++) {
    const end = ends[place];
    const [first, last] = [Math.max(from, start), Math.min(to, end)];
    if (first < last) ranges.push({ run: runs[place], from: first - start, to: last - start });
    start = end;
  }
  return ranges;
}

/** Blocks of ranges. */
export function blocksIn(ranges: readonly BlockRange[]): number {
  let blocks = 0;
  for (const { from, to } of ranges) blocks += to - from;
  return blocks;
}

/**
 * Looks a request's blocks up in tiers, the nearest first: from block `from` on, each from the first
 * tier that has it, up to the first block that none has. Changes nothing but what time has ended.
 *
 * @param until Block at which the search ends.
 */
export function lookUp(
  tiers: readonly TierBlocks[],
  identity: Runs,
  request: number,
  from: number,
  until: number,
  now: number,
): TierPart[] {
  for (const tier of tiers) tier.expire(now);
  const parts: TierPart[] = [];
  for (const { run, from: first, to } of rangesOf(identity, request, from, until)) {
    let at = first;
    while (at < to) {
      let end = at;
      let tier = 0;
      // A farther tier is read as far as no nearer one has the blocks.
      for (let until = to; tier < tiers.length; tier++) {
        end = tiers[tier].thereUntil(run, at, until);
        if (end > at) break;
        until = tiers[tier].firstThere(run, at, until);
      }
      if (end <= at) return parts;
      parts.push({ tier, range: { run, from: at, to: end } });
      at = end;
    }
  }
  return parts;
}

/** The request's first `blocks` blocks are used in a tier: see {@link TierBlocks.touch}. */
export function touchRequest(
  tier: TierBlocks,
  identity: Runs,
  request: number,
  blocks: number,
  now: number,
): void {
  const ranges = rangesOf(identity, request, 0, blocks);
  for (let i = ranges.length - 1; i >= 0; i--) tier.touch(ranges[i], now);
}
