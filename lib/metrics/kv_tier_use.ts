import type { TierRecord } from "./kv_tier_record.ts";
import { rowsOf } from "./rows/request_rows.ts";
import type { RunRecord } from "./run_record.ts";

/** What the tiers of one kind did for a run's prompts. */
export interface TierUse extends Omit<TierRecord, "hitTokens"> {
  /** Prompt tokens that came from them. */
  readonly hitTokens: number;
  /** Prompt tokens of all requests that were scheduled. */
  readonly promptTokens: number;
}

/** Sums up the hits of a run's tiers, by kind. A request counts once, as it is scheduled first. */
export function tierUse(run: RunRecord): readonly TierUse[] {
  const { kvTiers = [] } = run;
  if (kvTiers.length === 0) return [];
  let promptTokens = 0;
  const hits = kvTiers.map(() => 0);
  let row = 0;
  for (const { count, scheduledAtSeconds, promptTokens: prompts } of rowsOf(run).pieces()) {
    for (let i = 0; i < count; i++, row++) {
      if (Number.isNaN(scheduledAtSeconds[i])) continue;
      promptTokens += prompts[i];
      kvTiers.forEach(({ hitTokens }, tier) => hits[tier] += hitTokens[row]);
    }
  }
  return kvTiers.map((tier, i) => ({ ...tier, hitTokens: hits[i], promptTokens }));
}
