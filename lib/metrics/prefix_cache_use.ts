import type { RequestRows } from "./rows/request_rows.ts";

/** What the prefix caches served of a run's prompts. */
export interface PrefixCacheUse {
  /** Prompt tokens served from a cache. */
  readonly cachedTokens: number;
  /** Their share of the prompt tokens of all requests that were scheduled; NaN when none was. */
  readonly tokenShare: number;
  /** Blocks served from a cache over the blocks of those prompts, a last partial one included. */
  readonly blockShare: number;
}

/**
 * Sums up the hits of the requests whose functions use a prefix cache. A request counts once, as it
 * is scheduled first: what a preempted one finds again is no hit, as in vLLM V1.
 *
 * @param blockTokens Tokens per block by function; 0 for functions without a cache.
 */
export function prefixCacheUse(
  rows: RequestRows,
  blockTokens: readonly number[],
): PrefixCacheUse {
  let cachedTokens = 0, tokens = 0, cachedBlocks = 0, blocks = 0;
  for (const columns of rows.pieces()) {
    for (let i = 0; i < columns.count; i++) {
      const block = blockTokens[columns.functionId[i]];
      if (block === 0 || Number.isNaN(columns.scheduledAtSeconds[i])) continue;
      cachedTokens += columns.cachedTokens[i];
      tokens += columns.promptTokens[i];
      cachedBlocks += columns.cachedTokens[i] / block;
      blocks += Math.ceil(columns.promptTokens[i] / block);
    }
  }
  return { cachedTokens, tokenShare: cachedTokens / tokens, blockShare: cachedBlocks / blocks };
}
