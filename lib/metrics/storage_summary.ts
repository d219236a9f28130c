import { type ByTier, STORAGE_TIERS, storageUsd } from "../serverless/cost/storage.ts";

/** Weights kept during a run, and what that costs. */
export interface StoredWeights {
  /** Integral of the bytes kept in each place over the run, byte-seconds. */
  readonly byteSeconds: ByTier;
  /** Price of each place, dollars per 10^9 bytes and 30 days. */
  readonly usdPerGbMonth: ByTier;
}

/** The bill for weights kept, dollars; nothing is kept unless given. */
export function billStorage(stored: StoredWeights | undefined): number {
  if (stored === undefined) return 0;
  const { byteSeconds, usdPerGbMonth } = stored;
  return STORAGE_TIERS.reduce(
    (usd, tier) => usd + storageUsd(byteSeconds[tier], usdPerGbMonth[tier]),
    0,
  );
}

/** Weights kept, 10^9 bytes times hours. */
export function storedGbHours(
  stored: StoredWeights | undefined,
): ByTier {
  const hours = (tier: keyof ByTier) => (stored?.byteSeconds[tier] ?? 0) / 1e9 / 3600;
  return { dram: hours("dram"), ssd: hours("ssd"), remote: hours("remote") };
}
