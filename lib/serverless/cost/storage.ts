import type { WeightTier } from "../cold_start/stages.ts";
import { type PriceList, priceLists } from "./prices.ts";

/** Places where weights are kept, the nearest first. */
export const STORAGE_TIERS = ["dram", "ssd", "remote"] as const satisfies readonly WeightTier[];

/** A number for each place where weights are kept. */
export type ByTier = Readonly<Record<WeightTier, number>>;

/** Providers in data/prices with prices of storage. */
export const STORAGE_PROVIDERS = ["aws", "modal", "runpod"] as const;

/** Seconds of a month of storage prices: 30 days. */
const MONTH_SECONDS = 30 * 86_400;

/**
 * Cost of keeping weights, dollars.
 *
 * @param byteSeconds Integral of the bytes stored, byte-seconds.
 * @param usdPerGbMonth Price of 10^9 bytes for 30 days.
 */
export function storageUsd(byteSeconds: number, usdPerGbMonth: number): number {
  return byteSeconds / 1e9 / MONTH_SECONDS * usdPerGbMonth;
}

/**
 * Prices of a provider's storage, dollars per 10^9 bytes and month: the latest of each place, 0 where
 * it has none.
 *
 * @throws {RangeError} If the provider has no storage in data/prices.
 *
 * @example
 * ```ts
 * import { storagePrices } from "./mod.ts";
 * console.log(storagePrices("aws").remote); // 0.023
 * ```
 */
export function storagePrices(provider: string): ByTier {
  const list = priceLists().find((one) => one.provider === provider && one.storage.length > 0);
  if (list === undefined) {
    throw new RangeError(
      `Cannot find prices of storage as those of one of ${
        STORAGE_PROVIDERS.join(", ")
      }: current value is "${provider}"`,
    );
  }
  return {
    dram: latest(list, "dram"),
    ssd: latest(list, "ssd"),
    remote: latest(list, "remote"),
  };
}

function latest({ storage }: PriceList, tier: WeightTier): number {
  return storage.filter((row) => row.tier === tier)
    .reduce((best, row) => row.asOf > best.asOf ? row : best, { asOf: "", usdPerGbMonth: 0 })
    .usdPerGbMonth;
}
