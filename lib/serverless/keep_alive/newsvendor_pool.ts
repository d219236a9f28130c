import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { exp, log } from "../../stats/elementary/mod.ts";
import { logGamma } from "../../stats/log_gamma.ts";
import {
  checkDemandPool,
  DEMAND_POOL_SETTINGS,
  demandPool,
  type DemandPoolOptions,
  type DemandPoolSettings,
} from "./demand_pool.ts";
import type { PoolEntry, PoolSizePolicy } from "./prewarmed_pool.ts";

/** Settings of `newsvendor`. */
export type NewsvendorPoolSettings = DemandPoolSettings & {
  readonly missCost: number;
  readonly idleCost: number;
};

/** `newsvendor` as files name it. */
export const newsvendorPoolPolicy: PoolEntry<"newsvendor", NewsvendorPoolSettings> = {
  name: "newsvendor",
  describe: "The starts of one lead time with the probability miss / (miss + idle cost).",
  section: null,
  settings: {
    ...DEMAND_POOL_SETTINGS,
    missCost: quantity("number", {
      above: 0,
      default: 3,
      describe: "Cost of a start that finds no member, in units of `idle_cost`, for `newsvendor`.",
    }),
    idleCost: quantity("number", {
      above: 0,
      default: 1,
      describe: "Cost of a member that waits for one lead time, for `newsvendor`.",
    }),
  },
  check: checkDemandPool,
  create: (settings, { makeSeconds }) =>
    newsvendorPool({ ...settings, leadSeconds: settings.leadSeconds ?? makeSeconds() }),
};

/**
 * The least number of units that covers a Poisson demand of the given mean with at least the given
 * probability.
 *
 * @param mean Mean demand, >= 0.
 * @param probability 0..1, below 1.
 */
export function poissonQuantile(mean: number, probability: number): number {
  // Twelve standard deviations below the mean nothing is left, and exp does not underflow.
  let count = Math.max(0, Math.floor(mean - 12 * Math.sqrt(mean)));
  let term = mean === 0 ? 1 : exp(count * log(mean) - mean - logGamma(count + 1));
  let sum = term;
  const last = mean + 12 * Math.sqrt(mean) + 40;
  while (sum < probability && count < last) {
    term *= mean / ++count;
    sum += term;
  }
  return count;
}

/**
 * A pool that covers the demand of one lead time with the probability missCost / (missCost + idleCost),
 * for Poisson demand at the rate of the last `windowSeconds`: the newsvendor's answer.
 *
 * @source K. Arrow, T. Harris, J. Marschak, "Optimal inventory policy", Econometrica 19 (3), 1951
 */
export function newsvendorPool(
  options: DemandPoolOptions & Partial<NewsvendorPoolSettings>,
): PoolSizePolicy {
  const { missCost, idleCost } = withDefaults(newsvendorPoolPolicy.settings, options);
  return demandPool(options, (mean) => poissonQuantile(mean, missCost / (missCost + idleCost)));
}
