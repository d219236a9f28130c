/** What time of an instance is billed, and how much it costs. */
export interface BillingPlan {
  /** Dollars per GPU and second. */
  readonly usdPerGpuSecond: number;
  /** Dollars per instance and second beside its GPUs: processors and memory; default 0. */
  readonly usdPerInstanceSecond?: number;
  /** Share of the price billed while the instance starts, 0..1. */
  readonly startShare: number;
  /** Share billed while it is in a step. */
  readonly busyShare: number;
  /** Share billed while it is ready and idle. */
  readonly idleShare: number;
  /** Share billed while it finishes its last requests. */
  readonly drainingShare: number;
  /** Share billed while it sleeps; default 0. */
  readonly asleepShare?: number;
  /** Share billed while it is a member of a pool; default 0. */
  readonly pooledShare?: number;
  /** An instance's time, weighted by the shares, is rounded up to a multiple of this, seconds; 0: exact. */
  readonly granularitySeconds: number;
  /** Least billed time of an instance that is billed at all, seconds. */
  readonly minimumSeconds: number;
}

/** A plan without its prices. */
export type BillingRules = Omit<BillingPlan, "usdPerGpuSecond" | "usdPerInstanceSecond">;

/** Ways to bill, by name. */
export const BILLING_PRESETS = {
  /** From the beginning of the start to the end, by the second. */
  "per-second-from-start": {
    startShare: 1,
    busyShare: 1,
    idleShare: 1,
    drainingShare: 1,
    granularitySeconds: 1,
    minimumSeconds: 0,
  },
  /** From ready to the end, by the second. */
  "per-second-ready": {
    startShare: 0,
    busyShare: 1,
    idleShare: 1,
    drainingShare: 1,
    granularitySeconds: 1,
    minimumSeconds: 0,
  },
  /** Only while it serves, by the second. */
  "per-second-busy": {
    startShare: 0,
    busyShare: 1,
    idleShare: 0,
    drainingShare: 1,
    granularitySeconds: 1,
    minimumSeconds: 0,
  },
  /** From the beginning of the start to the end, by begun hours. */
  "instance-hours": {
    startShare: 1,
    busyShare: 1,
    idleShare: 1,
    drainingShare: 1,
    granularitySeconds: 3600,
    minimumSeconds: 0,
  },
} as const satisfies Record<string, BillingRules>;

/** Names of the billing presets. */
export type BillingPresetName = keyof typeof BILLING_PRESETS;

/** SimFaaSInfer's `cost` section. */
export interface SimFaaSInferCost {
  /** Dollars per GPU-hour. */
  readonly gpuCostPerHour: number;
  /** Bill the time in which instances work. */
  readonly computeCost?: boolean;
  /** Bill the time in which ready instances are idle. */
  readonly idleCost?: boolean;
  /** Share of the price that idle time costs, 0..1; default 1. */
  readonly idleFactor?: number;
  /** Billing begins with the start, or when the instance is ready; default "start". */
  readonly from?: "start" | "ready";
  /** Default 1. */
  readonly granularitySeconds?: number;
  /** Default 0. */
  readonly minimumSeconds?: number;
}

/**
 * The plan of a SimFaaSInfer `cost` section. A start costs what work costs.
 *
 * @throws {RangeError} If a number is out of its range.
 */
export function simfaasinferPlan(cost: SimFaaSInferCost): BillingPlan {
  const {
    gpuCostPerHour,
    computeCost = true,
    idleCost = true,
    idleFactor = 1,
    from = "start",
    granularitySeconds = 1,
    minimumSeconds = 0,
  } = cost;
  if (!(gpuCostPerHour >= 0)) {
    throw new RangeError(
      `Cannot use gpuCostPerHour as dollars >= 0: current value is ${gpuCostPerHour}`,
    );
  }
  if (!(idleFactor >= 0 && idleFactor <= 1)) {
    throw new RangeError(
      `Cannot use idleFactor as a share from 0 to 1: current value is ${idleFactor}`,
    );
  }
  const compute = computeCost ? 1 : 0;
  return {
    usdPerGpuSecond: gpuCostPerHour / 3600,
    startShare: from === "start" ? compute : 0,
    busyShare: compute,
    idleShare: idleCost ? idleFactor : 0,
    drainingShare: compute,
    granularitySeconds,
    minimumSeconds,
  };
}
