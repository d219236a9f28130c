import { type TierUse, tierUse } from "../kv_tier_use.ts";
import { because, count, type Figures, number, rows, shareOrNull, text } from "./figure.ts";
import type { SummaryParts } from "./summary_parts.ts";

const FIGURES: Figures<TierUse> = {
  tier: text({ doc: "What it is: `host`, `disk` or `store`" }, ({ kind }) => kind),
  token_hit_rate: shareOrNull({
    doc:
      "Prompt tokens that came from it over the prompt tokens of all requests that were scheduled, as they were scheduled first; null when none was",
    isNull: because("no request was scheduled"),
    printed: { line: "kvTiers", words: "{} of prompt tokens" },
  }, ({ hitTokens, promptTokens }) => promptTokens > 0 ? hitTokens / promptTokens : null),
  hit_tokens: number("tokens", { doc: "Prompt tokens that came from it" }, (use) => use.hitTokens),
  loaded_blocks: count({
    doc: "KV blocks that engines read from it, after preemptions, too",
  }, (use) => use.loadedBlocks),
  loaded_bytes: number("bytes", {
    doc: "Bytes of them",
    printed: { line: "kvTiers", words: "{} read" },
  }, (use) => use.loadedBytes),
  stored_blocks: count({ doc: "KV blocks written to it" }, (use) => use.storedBlocks),
  stored_bytes: number("bytes", {
    doc: "Bytes of them",
    printed: { line: "kvTiers", words: "{} written" },
  }, (use) => use.storedBytes),
  evicted_blocks: count({
    doc: "KV blocks that others took the room of",
    printed: { line: "kvTiers", words: "{} blocks evicted", hidesZero: true },
  }, (use) => use.evictedBlocks),
  expired_blocks: count({
    doc: "KV blocks that nobody used for the time to live",
    printed: { line: "kvTiers", words: "{} expired", hidesZero: true },
  }, (use) => use.expiredBlocks),
  refused_blocks: count({
    doc: "KV blocks that found no room: all that was there was being read or on its way in",
    printed: { line: "kvTiers", words: "{} refused", hidesZero: true },
  }, (use) => use.refusedBlocks),
  given_up_blocks: count({
    doc: "KV blocks on their way in or out when their instance or request was gone",
  }, (use) => use.givenUpBlocks),
  held_blocks: count({ doc: "KV blocks in it at the end of the run" }, (use) => use.heldBlocks),
};

/** What cache tiers did. */
export const KV_TIER_FIGURES: Figures<SummaryParts> = {
  kv_tiers: rows(
    {
      type: "KvTierSummary",
      doc: "One entry per kind of cache tier, the nearest first; empty without `memory.kv_tiers`",
    },
    ({ run }) => tierUse(run),
    FIGURES,
  ),
};
