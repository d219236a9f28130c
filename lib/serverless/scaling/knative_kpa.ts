import { checkNumber } from "./check.ts";
import type { ScalingPolicy } from "./policy.ts";
import { WindowMean } from "./window_mean.ts";

/** Settings of `knative-kpa`. The defaults are Knative's. */
export interface KnativeKpaOptions {
  /** Requests in flight that an instance may have (container concurrency target); default 100. */
  readonly target?: number;
  /** Share of `target` aimed at, 0..1; default 0.7. */
  readonly targetUtilization?: number;
  /** Stable window, seconds; default 60. */
  readonly stableWindowSeconds?: number;
  /** Panic window as a share of the stable one, 0..1; default 0.1. */
  readonly panicWindowFraction?: number;
  /** Panic begins when the panic window asks for this multiple of the ready instances; default 2. */
  readonly panicThreshold?: number;
  /** Greatest ratio of desired to ready instances; default 1000. */
  readonly maxScaleUpRate?: number;
  /** Greatest ratio of ready to desired instances; default 2. */
  readonly maxScaleDownRate?: number;
  /** Least number of instances when there are any (activation-scale); default 1. */
  readonly activationScale?: number;
  /** Scale-down takes the greatest decision of this time, seconds; default 0. */
  readonly scaleDownDelaySeconds?: number;
  /** Time for which the last instance stays after the decision for none, seconds; default 30. */
  readonly scaleToZeroGraceSeconds?: number;
  /** Least time for which the last instance stays after that decision, seconds; default 0. */
  readonly podRetentionSeconds?: number;
  /** Fewest instances, >= 0; with 1 or more there is no decision for none. Default 0. */
  readonly minInstances?: number;
  /** Instances ready when the policy begins: with more than 1 it begins in panic. Default 0. */
  readonly initialInstances?: number;
  /** Seconds between evaluations; default 2. */
  readonly periodSeconds?: number;
}

/** A concurrency average in Knative's resolution of six decimals, rounded down. */
const sixDecimals = (value: number) => Math.floor(value * 1e6) / 1e6;

/**
 * Knative's pod autoscaler (KPA), metric concurrency: a stable and a panic window, rate limits, panic
 * without scale-down, and scale to zero after a grace period.
 *
 * Concurrency counts requests held at the gateway, as Knative's activator reports its own. Windows
 * are made of the means of the evaluation periods: with a period that divides both windows, the
 * averages are those of Knative's one-second buckets.
 *
 * @source Knative Serving, pkg/autoscaler/scaling/autoscaler.go (Scale), pkg/autoscaler/aggregation/bucketing.go
 *   (WindowAverage), pkg/reconciler/autoscaling/kpa/scaler.go (handleScaleToZero); defaults of config-autoscaler
 *
 * @example
 * ```ts
 * import { knativeKpa } from "./mod.ts";
 * const policy = knativeKpa({ target: 10 });
 * console.log(policy.periodSeconds); // 2
 * ```
 */
export function knativeKpa(options: KnativeKpaOptions = {}): ScalingPolicy {
  const {
    target = 100,
    targetUtilization = 0.7,
    stableWindowSeconds = 60,
    panicWindowFraction = 0.1,
    panicThreshold = 2,
    maxScaleUpRate = 1000,
    maxScaleDownRate = 2,
    activationScale = 1,
    scaleDownDelaySeconds = 0,
    scaleToZeroGraceSeconds = 30,
    podRetentionSeconds = 0,
    minInstances = 0,
    initialInstances = 0,
    periodSeconds = 2,
  } = options;
  checkNumber(target, "target", { min: 0, above: true });
  checkNumber(targetUtilization, "targetUtilization", { min: 0, max: 1, above: true });
  checkNumber(panicWindowFraction, "panicWindowFraction", { min: 0, max: 1, above: true });
  checkNumber(panicThreshold, "panicThreshold", { min: 1, above: true });
  checkNumber(maxScaleUpRate, "maxScaleUpRate", { min: 1, above: true });
  checkNumber(maxScaleDownRate, "maxScaleDownRate", { min: 1, above: true });
  checkNumber(stableWindowSeconds, "stableWindowSeconds", { min: 0, above: true });
  checkNumber(scaleDownDelaySeconds, "scaleDownDelaySeconds", { min: 0 });
  checkNumber(scaleToZeroGraceSeconds, "scaleToZeroGraceSeconds", { min: 0 });
  checkNumber(podRetentionSeconds, "podRetentionSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const perInstance = target * targetUtilization;
  const stable = new WindowMean(stableWindowSeconds);
  const panic = new WindowMean(stableWindowSeconds * panicWindowFraction);
  const zeroHoldSeconds = Math.max(scaleToZeroGraceSeconds, podRetentionSeconds);
  /** Decisions of the scale-down delay's window. */
  const decisions: { atSeconds: number; count: number }[] = [];
  let panicAtSeconds = initialInstances > 1 ? 0 : -1;
  let maxPanic = initialInstances > 1 ? initialInstances : 0;
  let activeAtSeconds = initialInstances > 0 ? 0 : -1;
  let zeroAtSeconds = -1;

  /** Knative's Scale(): what the windows ask for. */
  function scale(nowSeconds: number, ready: number): number {
    const limit = (asked: number) =>
      Math.min(
        Math.max(asked, Math.floor(ready / maxScaleDownRate)),
        Math.ceil(maxScaleUpRate * ready),
      );
    const lift = (asked: number, desired: number) =>
      activationScale > 1 && asked > 0 ? Math.max(desired, activationScale) : desired;
    const stableAsks = Math.ceil(sixDecimals(stable.mean()) / perInstance);
    const panicAsks = Math.ceil(sixDecimals(panic.mean()) / perInstance);
    const desiredStable = lift(stableAsks, limit(stableAsks));
    const desiredPanic = lift(panicAsks, limit(panicAsks));
    if (panicAsks / ready >= panicThreshold) {
      panicAtSeconds = nowSeconds;
    } else if (panicAtSeconds >= 0 && panicAtSeconds + stableWindowSeconds < nowSeconds) {
      panicAtSeconds = -1;
      maxPanic = 0;
    }
    if (panicAtSeconds < 0) return desiredStable;
    return maxPanic = Math.max(maxPanic, desiredStable, desiredPanic);
  }

  /** The greatest decision of the scale-down delay. */
  function delayed(nowSeconds: number, count: number): number {
    if (scaleDownDelaySeconds === 0) return count;
    while (decisions.length > 0 && decisions[decisions.length - 1].count <= count) decisions.pop();
    decisions.push({ atSeconds: nowSeconds, count });
    // The present one stays, however short the delay.
    const from = nowSeconds - scaleDownDelaySeconds;
    while (decisions.length > 1 && decisions[0].atSeconds <= from) decisions.shift();
    return decisions[0].count;
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    // Windows that end with no load are empty from there on.
    remembers: 1,
    desired({ nowSeconds, ready, starting, concurrency }) {
      stable.add(nowSeconds, concurrency);
      panic.add(nowSeconds, concurrency);
      if (ready === 0) activeAtSeconds = -1;
      else if (activeAtSeconds < 0) activeAtSeconds = nowSeconds;
      const desired = Math.max(
        minInstances,
        delayed(nowSeconds, scale(nowSeconds, Math.max(1, ready))),
      );
      if (desired > 0) {
        zeroAtSeconds = -1;
        return desired;
      }
      // From here on the decision is for none; what is there is kept until the grace is over.
      if (ready === 0) return starting;
      if (nowSeconds - activeAtSeconds < stableWindowSeconds) return 1;
      if (zeroAtSeconds < 0) zeroAtSeconds = nowSeconds;
      return nowSeconds - zeroAtSeconds >= zeroHoldSeconds ? 0 : 1;
    },
  };
}
