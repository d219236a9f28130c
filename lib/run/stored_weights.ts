import { type ByTier, storagePrices } from "../serverless/cost/storage.ts";
import type { WeightCache } from "../serverless/cold_start/mod.ts";
import type { StoredWeights } from "../metrics/storage_summary.ts";
import type { Configuration } from "../config/configuration.ts";
import { type StartKind, weightsKey } from "./starts.ts";

/** What weights are kept during a run that ends at `endAtSeconds`. */
export type StoredWeightsAt = (endAtSeconds: number) => StoredWeights;

/**
 * Weights kept and their prices: on the machines those that starts leave there, in the remote store
 * those of all functions from the beginning to the end, each once.
 *
 * @param kinds By function id.
 * @param weights Weights on the machines; absent: none.
 */
export function storedWeights(
  { cost }: Configuration,
  kinds: readonly StartKind[],
  weights: WeightCache | undefined,
): StoredWeightsAt {
  const { provider, dram, ssd, remote } = cost.storage;
  const listed: ByTier = provider === null
    ? { dram: 0, ssd: 0, remote: 0 }
    : storagePrices(provider);
  const usdPerGbMonth = {
    dram: dram ?? listed.dram,
    ssd: ssd ?? listed.ssd,
    remote: remote ?? listed.remote,
  };
  const sizes = new Map(kinds.map((kind) => [weightsKey(kind), kind.deployment.weightBytes]));
  const remoteBytes = [...sizes.values()].reduce((sum, bytes) => sum + bytes, 0);
  return (endAtSeconds) => ({
    byteSeconds: {
      dram: weights?.byteSeconds("dram", endAtSeconds) ?? 0,
      ssd: weights?.byteSeconds("ssd", endAtSeconds) ?? 0,
      remote: remoteBytes * endAtSeconds,
    },
    usdPerGbMonth,
  });
}
