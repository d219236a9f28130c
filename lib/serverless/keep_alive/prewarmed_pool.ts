import type { Policy } from "../../settings/policy.ts";
import { count, quantity } from "../../settings/quantities.ts";
import type { Setting } from "../../settings/setting.ts";
import { LIMITS } from "../../sim/limits.ts";

/** Decides how many pre-warmed units (containers, engines, nodes) a pool should hold. */
export interface PoolSizePolicy {
  /** Seconds between evaluations, > 0. */
  readonly periodSeconds: number;
  /** Units at the beginning. */
  readonly initialSize: number;
  /** Units that the pool should hold, given those asked for since the last evaluation. */
  size(demands: number): number;
}

/** What the policy of a pool's size is told beyond its settings. */
export interface PoolNeeds {
  /** Estimate: time in which a unit is made, seconds, > 0. */
  makeSeconds(): number;
}

/** A policy for the size of a pool as its table has it. */
export type PoolEntry<Name extends string, Options> = Policy<
  Name,
  Options,
  PoolNeeds,
  PoolSizePolicy
>;

/** Settings that all policies of a pool's size have. */
export type PoolSettings = { readonly size: number; readonly periodSeconds: number };

/** The settings that all policies of a pool's size share, to be put among their own. */
export const POOL_SETTINGS: {
  readonly size: Setting<number>;
  readonly periodSeconds: Setting<number>;
} = {
  size: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: 1,
    describe: "Members; of a policy that follows demand the fewest.",
  }),
  periodSeconds: quantity("seconds", {
    min: LIMITS.shortestPeriodSeconds.value,
    default: 10,
    describe: "Time between two decisions, seconds.",
  }),
};
