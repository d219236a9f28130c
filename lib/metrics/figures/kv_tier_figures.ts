import { TIER_KINDS, type TierKind } from "../kv_tier_record.ts";
import { type TierUse, tierUse } from "../kv_tier_use.ts";
import { because, count, type Figures, number, partOrNull, shareOrNull, unused } from "./figure.ts";
import type { PrintedLine } from "./printed_lines.ts";
import type { SummaryParts } from "./summary_parts.ts";

/** The line of the printed summary of each kind. */
const LINES: Readonly<Record<TierKind, PrintedLine>> = {
  host: "hostTier",
  disk: "diskTier",
  store: "storeTier",
};

function figuresOf(kind: TierKind): Figures<TierUse> {
  const { [kind]: line } = LINES;
  return {
    token_hit_rate: shareOrNull({
      doc:
        "Prompt tokens that came from it over the prompt tokens of all requests that were scheduled, as they were scheduled first; null when none was",
      isNull: because("no request was scheduled"),
      printed: { line, words: "{} of prompt tokens" },
    }, ({ hitTokens, promptTokens }) => promptTokens > 0 ? hitTokens / promptTokens : null),
    hit_tokens: number(
      "tokens",
      { doc: "Prompt tokens that came from it" },
      (use) => use.hitTokens,
    ),
    loaded_blocks: count({
      doc: "KV blocks that engines read from it, after preemptions, too",
    }, (use) => use.loadedBlocks),
    loaded_bytes: number("bytes", {
      doc: "Bytes of them",
      printed: { line, words: "{} read" },
    }, (use) => use.loadedBytes),
    stored_blocks: count({ doc: "KV blocks written to it" }, (use) => use.storedBlocks),
    stored_bytes: number("bytes", {
      doc: "Bytes of them",
      printed: { line, words: "{} written" },
    }, (use) => use.storedBytes),
    evicted_blocks: count({
      doc: "KV blocks that others took the room of",
      printed: { line, words: "{} blocks evicted", hidesZero: true },
    }, (use) => use.evictedBlocks),
    expired_blocks: count({
      doc: "KV blocks that nobody used for the time to live",
      printed: { line, words: "{} blocks expired", hidesZero: true },
    }, (use) => use.expiredBlocks),
    refused_blocks: count({
      doc: "KV blocks that found no room: all that was there was being read or on its way in",
      printed: { line, words: "{} blocks refused", hidesZero: true },
    }, (use) => use.refusedBlocks),
    given_up_blocks: count({
      doc: "KV blocks on their way in or out when their instance or request was gone",
    }, (use) => use.givenUpBlocks),
    held_blocks: count({ doc: "KV blocks in it at the end of the run" }, (use) => use.heldBlocks),
  };
}

const DOCS: Readonly<Record<TierKind, string>> = {
  host: "In the memory of instances' machines; null without such a tier",
  disk: "On disks of machines; null without such a tier",
  store: "In a store of the cluster; null without such a tier",
};

const KINDS = Object.fromEntries(TIER_KINDS.map((kind) => [
  kind,
  partOrNull(
    { doc: DOCS[kind], isNull: unused(`no function has a ${kind} tier`) },
    (uses: readonly TierUse[]) => uses.find((use) => use.kind === kind) ?? null,
    figuresOf(kind),
  ),
])) as Figures<readonly TierUse[]>;

/** What cache tiers did. */
export const KV_TIER_FIGURES: Figures<SummaryParts> = {
  kv_tiers: partOrNull(
    {
      doc: "What cache tiers behind the prefix caches did; null without `memory.kv_tiers`",
      isNull: unused("no function has cache tiers"),
    },
    ({ run }) => run.kvTiers === undefined ? null : tierUse(run),
    KINDS,
  ),
};
