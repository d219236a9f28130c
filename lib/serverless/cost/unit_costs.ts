import type { Bill } from "./bill.ts";

/** What a fleet has done for its cost. */
export interface WorkDone {
  /** Completed requests. */
  readonly completed: number;
  /** Completed requests that met every limit of their SLO. */
  readonly sloGood: number;
  /** Prompt tokens of completed requests. */
  readonly promptTokens: number;
  /** Output tokens of completed requests. */
  readonly outputTokens: number;
}

/** Costs per unit of work, dollars, and shares of the total; null where nothing was done or paid. */
export interface UnitCosts {
  /** Per completed request. */
  readonly perRequestUsd: number | null;
  /** Per completed request that met its SLO. */
  readonly perSloGoodRequestUsd: number | null;
  /** Per million output tokens. */
  readonly perMillionOutputTokensUsd: number | null;
  /** Prompt and output tokens. */
  readonly perMillionTokensUsd: number | null;
  /** Share paid for time in steps. */
  readonly busyShare: number | null;
  /** Share paid for time ready and not in a step. */
  readonly idleShare: number | null;
  /** Share paid for starts. */
  readonly coldStartShare: number | null;
  /** Share paid for what stands by: instances asleep and members of pools. */
  readonly standbyShare: number | null;
  /** Draining and rounding: paid for nothing that was asked for. */
  readonly wasteShare: number | null;
}

/** Divides a bill by the work done. */
export function unitCosts(bill: Bill, work: WorkDone): UnitCosts {
  const per = (cost: number, count: number) => count > 0 ? cost / count : null;
  const { totalUsd } = bill;
  return {
    perRequestUsd: per(totalUsd, work.completed),
    perSloGoodRequestUsd: per(totalUsd, work.sloGood),
    perMillionOutputTokensUsd: per(totalUsd * 1e6, work.outputTokens),
    perMillionTokensUsd: per(totalUsd * 1e6, work.promptTokens + work.outputTokens),
    busyShare: per(bill.busyUsd, totalUsd),
    idleShare: per(bill.idleUsd, totalUsd),
    coldStartShare: per(bill.coldStartUsd, totalUsd),
    standbyShare: per(bill.asleepUsd + bill.pooledUsd, totalUsd),
    wasteShare: per(bill.drainingUsd + bill.roundingUsd, totalUsd),
  };
}

/**
 * Share of time billed up to which paying per second is cheaper than renting GPUs throughout: the
 * ratio of the two prices, at most 1.
 *
 * @param serverlessUsdPerGpuSecond Price of billed time.
 * @param alwaysOnUsdPerGpuSecond Price of rented time, used or not.
 */
export function breakEvenUtilization(
  serverlessUsdPerGpuSecond: number,
  alwaysOnUsdPerGpuSecond: number,
): number {
  if (!(serverlessUsdPerGpuSecond > 0)) {
    throw new RangeError(
      `Cannot use a serverless price as dollars > 0: current value is ${serverlessUsdPerGpuSecond}`,
    );
  }
  return Math.min(1, alwaysOnUsdPerGpuSecond / serverlessUsdPerGpuSecond);
}
