import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import {
  checkDemandPool,
  DEMAND_POOL_SETTINGS,
  demandPool,
  type DemandPoolOptions,
  type DemandPoolSettings,
} from "./demand_pool.ts";
import type { PoolEntry, PoolSizePolicy } from "./prewarmed_pool.ts";

/** Settings of `littles-law`. */
export type LittlesLawPoolSettings = DemandPoolSettings & { readonly headroom: number };

/** `littles-law` as files name it. */
export const littlesLawPoolPolicy: PoolEntry<"littles-law", LittlesLawPoolSettings> = {
  name: "littles-law",
  describe: "The starts of one lead time on average.",
  section: null,
  settings: {
    ...DEMAND_POOL_SETTINGS,
    headroom: quantity("number", {
      min: 0,
      default: 0,
      describe: "Members of `littles-law` beyond the mean, as a share of it.",
    }),
  },
  check: checkDemandPool,
  create: (settings, { makeSeconds }) =>
    littlesLawPool({ ...settings, leadSeconds: settings.leadSeconds ?? makeSeconds() }),
};

/**
 * A pool of as many units as are on their way on average while demand is met: rate x lead time,
 * rounded up.
 *
 * @source J. Little, "A proof for the queuing formula L = lambda W", Operations Research 9 (3), 1961
 */
export function littlesLawPool(
  options: DemandPoolOptions & Partial<LittlesLawPoolSettings>,
): PoolSizePolicy {
  const { headroom } = withDefaults(littlesLawPoolPolicy.settings, options);
  // A mean that is whole but for rounding is not rounded up.
  return demandPool(options, (mean) => Math.ceil(mean * (1 + headroom) - 1e-9));
}
