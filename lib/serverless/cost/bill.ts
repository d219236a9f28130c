import type { BillingPlan } from "./billing_plan.ts";

/** Time of each instance by phase, one row per instance, seconds. */
export interface InstanceDurations {
  /** Rows. */
  readonly count: number;
  /** From creation to ready, or to its end if it never was. */
  readonly startSeconds: Float64Array;
  /** In a step, before draining. */
  readonly busySeconds: Float64Array;
  /** Ready and not in a step, before draining. */
  readonly idleSeconds: Float64Array;
  /** From the decision to stop to the stop. */
  readonly drainingSeconds: Float64Array;
  /** Asleep; absent where none sleeps. */
  readonly asleepSeconds?: Float64Array;
  /** As a member of a pool, before the start; absent without pools. */
  readonly pooledSeconds?: Float64Array;
  /** GPUs of each instance; absent for 1. */
  readonly gpus?: Int32Array;
}

/** A bill by use. The parts add up to the total. */
export interface Bill {
  /** The whole bill, dollars. */
  readonly totalUsd: number;
  /** For time in steps, dollars. */
  readonly busyUsd: number;
  /** For time ready and not in a step, dollars. */
  readonly idleUsd: number;
  /** For time from creation to ready, dollars. */
  readonly coldStartUsd: number;
  /** For time from the decision to stop to the stop, dollars. */
  readonly drainingUsd: number;
  /** For time asleep, dollars. */
  readonly asleepUsd: number;
  /** For time as a member of a pool, dollars. */
  readonly pooledUsd: number;
  /** Billed beyond the time used, by granularity and minimum. */
  readonly roundingUsd: number;
  /** GPU-seconds at the full price that cost as much. */
  readonly billedGpuSeconds: number;
  /** GPU-seconds from the start to the end of service, billed or not. */
  readonly gpuSeconds: number;
}

/**
 * The bill of a fleet for GPUs and for what is billed beside them. The time of an instance, weighted by the shares of its phases, is rounded up as
 * the plan says; the difference is billed and reported apart.
 *
 * @example
 * ```ts
 * import { bill, BILLING_PRESETS } from "./mod.ts";
 * const seconds = (value: number) => Float64Array.of(value);
 * const { totalUsd, coldStartUsd } = bill({
 *   count: 1,
 *   startSeconds: seconds(30),
 *   busySeconds: seconds(60),
 *   idleSeconds: seconds(10),
 *   drainingSeconds: seconds(0),
 * }, { ...BILLING_PRESETS["per-second-from-start"], usdPerGpuSecond: 0.001 });
 * console.log(totalUsd.toFixed(3), coldStartUsd.toFixed(3)); // 0.100 0.030
 * ```
 */
export function bill(durations: InstanceDurations, plan: BillingPlan): Bill {
  const { startShare, busyShare, idleShare, drainingShare, usdPerGpuSecond } = plan;
  const { asleepShare = 0, pooledShare = 0, usdPerInstanceSecond = 0 } = plan;
  const start = new Use(), busy = new Use(), idle = new Use(), draining = new Use();
  const asleep = new Use(), pooled = new Use(), rounding = new Use(), used = new Use();
  for (let i = 0; i < durations.count; i++) {
    const gpus = durations.gpus === undefined ? 1 : durations.gpus[i];
    const startSeconds = durations.startSeconds[i];
    const busySeconds = durations.busySeconds[i];
    const idleSeconds = durations.idleSeconds[i];
    const drainingSeconds = durations.drainingSeconds[i];
    const asleepSeconds = durations.asleepSeconds?.[i] ?? 0;
    const pooledSeconds = durations.pooledSeconds?.[i] ?? 0;
    const billable = startShare * startSeconds + busyShare * busySeconds + idleShare * idleSeconds +
      drainingShare * drainingSeconds + asleepShare * asleepSeconds + pooledShare * pooledSeconds;
    start.add(startSeconds, gpus);
    busy.add(busySeconds, gpus);
    idle.add(idleSeconds, gpus);
    draining.add(drainingSeconds, gpus);
    asleep.add(asleepSeconds, gpus);
    pooled.add(pooledSeconds, gpus);
    used.add(startSeconds + busySeconds + idleSeconds + drainingSeconds, gpus);
    rounding.add(roundedSeconds(billable, plan) - billable, gpus);
  }
  const usd = (use: Use, share: number) =>
    use.gpuSeconds * share * usdPerGpuSecond + use.seconds * share * usdPerInstanceSecond;
  const coldStartUsd = usd(start, startShare);
  const busyUsd = usd(busy, busyShare);
  const idleUsd = usd(idle, idleShare);
  const drainingUsd = usd(draining, drainingShare);
  const asleepUsd = usd(asleep, asleepShare);
  const pooledUsd = usd(pooled, pooledShare);
  const roundingUsd = usd(rounding, 1);
  return {
    totalUsd: coldStartUsd + busyUsd + idleUsd + drainingUsd + asleepUsd + pooledUsd + roundingUsd,
    busyUsd,
    idleUsd,
    coldStartUsd,
    drainingUsd,
    asleepUsd,
    pooledUsd,
    roundingUsd,
    billedGpuSeconds: start.gpuSeconds * startShare + busy.gpuSeconds * busyShare +
      idle.gpuSeconds * idleShare + draining.gpuSeconds * drainingShare +
      asleep.gpuSeconds * asleepShare + pooled.gpuSeconds * pooledShare + rounding.gpuSeconds,
    gpuSeconds: used.gpuSeconds,
  };
}

/** Time of all instances in one phase. */
class Use {
  seconds = 0;
  gpuSeconds = 0;

  add(seconds: number, gpus: number): void {
    this.seconds += seconds;
    this.gpuSeconds += gpus * seconds;
  }
}

/**
 * Billed time of an instance that was billable for `seconds`: at least the minimum, a multiple of the
 * granularity; nothing when it was never billable.
 */
export function roundedSeconds(
  seconds: number,
  { granularitySeconds, minimumSeconds }: Pick<
    BillingPlan,
    "granularitySeconds" | "minimumSeconds"
  >,
): number {
  if (seconds <= 0) return 0;
  const least = Math.max(seconds, minimumSeconds);
  if (granularitySeconds === 0) return least;
  // A sum of phases may miss the multiple by rounding: a nanosecond does not begin another one.
  const multiple = Math.ceil((least - 1e-9) / granularitySeconds) * granularitySeconds;
  // Less than that nanosecond is the error of a sum: what was used is billed, and nothing more.
  return multiple - least < 1e-9 ? least : multiple;
}
