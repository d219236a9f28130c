import { withDefaults } from "../../settings/from_table.ts";
import type { CheckFacts, Contradiction } from "../../settings/policy.ts";
import { count, quantity } from "../../settings/quantities.ts";
import type { Setting } from "../../settings/setting.ts";
import { LIMITS } from "../../sim/limits.ts";
import { POOL_SETTINGS, type PoolSettings, type PoolSizePolicy } from "./prewarmed_pool.ts";

/** Settings of pools that follow demand. */
export type DemandPoolSettings = PoolSettings & {
  readonly most: number;
  readonly windowSeconds: number;
  readonly leadSeconds: number | null;
};

/** The settings that pools that follow demand share, to be put among their own. */
export const DEMAND_POOL_SETTINGS: typeof POOL_SETTINGS & {
  readonly most: Setting<number>;
  readonly windowSeconds: Setting<number>;
  readonly leadSeconds: Setting<number | null>;
} = {
  ...POOL_SETTINGS,
  most: count({
    key: "max",
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 8,
    describe: "Most members of a policy that follows demand.",
  }),
  windowSeconds: quantity("seconds", {
    above: 0,
    default: 600,
    describe: "Time over which the rate of starts is averaged, seconds.",
  }),
  leadSeconds: quantity("seconds", {
    above: 0,
    default: null,
    describe: "Time in which a member is made, seconds; null: as long as its stages take.",
  }),
};

/** That the fewest members of a pool that follows demand are no more than the most. */
export function checkDemandPool(
  { size, most }: DemandPoolSettings,
  { isChosen }: CheckFacts,
): readonly Contradiction[] {
  if (!isChosen || size <= most) return [];
  const allowed = `<= max, which is ${most}`;
  return [{ option: "size", wanted: "the fewest members", allowed }];
}

/** What pools that follow demand take: the lead time, and what differs from the defaults. */
export type DemandPoolOptions = Partial<DemandPoolSettings> & {
  /** Time that making a unit ready takes, seconds, > 0. */
  readonly leadSeconds: number;
};

/** A pool whose size depends on the mean demand of one lead time, at the rate of the last window. */
export function demandPool(
  options: DemandPoolOptions,
  sizeFor: (mean: number) => number,
): PoolSizePolicy {
  const { size: fewest, most, windowSeconds, periodSeconds } = withDefaults(
    DEMAND_POOL_SETTINGS,
    options,
  );
  const { leadSeconds } = options;
  const recent: number[] = [];
  let sum = 0;
  const length = Math.max(1, Math.round(windowSeconds / periodSeconds));
  return {
    periodSeconds,
    initialSize: fewest,
    size(demands) {
      recent.push(demands);
      sum += demands;
      if (recent.length > length) sum -= recent.shift()!;
      const mean = sum / (recent.length * periodSeconds) * leadSeconds;
      return Math.min(most, Math.max(fewest, sizeFor(mean)));
    },
  };
}
