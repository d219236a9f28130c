import { withDefaults } from "../../settings/from_table.ts";
import { count, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { WindowMean } from "./window_mean.ts";

/** Settings of `knative-kpa`. */
export type KnativeKpaSettings = {
  readonly target: number;
  readonly targetUtilization: number;
  readonly stableWindowSeconds: number;
  readonly panicWindowFraction: number;
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly scaleToZeroGraceSeconds: number;
  readonly activationScale: number;
  readonly scaleDownDelaySeconds: number;
};

/** `knative-kpa` as files name it. */
export const knativeKpaPolicy: ScalingEntry<"knative-kpa", KnativeKpaSettings> = {
  name: "knative-kpa",
  describe:
    "Knative's pod autoscaler: a stable and a panic window over requests in flight, with Knative's " +
    "defaults.",
  periodSeconds: 2,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 100,
      describe: "Requests in flight that an instance may have (container concurrency target).",
    }),
    targetUtilization: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.7,
      describe: "Share of `target` that the policy aims at.",
    }),
    stableWindowSeconds: quantity("seconds", {
      above: 0,
      default: 60,
      describe: "Window of the stable mean, seconds.",
    }),
    panicWindowFraction: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.1,
      describe: "Panic window as a share of the stable one.",
    }),
    panicThreshold: quantity("number", {
      above: 1,
      default: 2,
      describe: "Panic begins when the panic window asks for this multiple of the ready instances.",
    }),
    maxScaleUpRate: quantity("number", {
      above: 1,
      default: 1000,
      describe: "Greatest ratio of desired to ready instances in one evaluation.",
    }),
    maxScaleDownRate: quantity("number", {
      above: 1,
      default: 2,
      describe: "Greatest ratio of ready to desired instances in one evaluation.",
    }),
    scaleToZeroGraceSeconds: quantity("seconds", {
      min: 0,
      default: 30,
      describe: "Time that the last instance is kept after the decision for zero, seconds.",
    }),
    activationScale: count({
      min: 1,
      default: 1,
      describe: "Least number of instances when there are any.",
    }),
    scaleDownDelaySeconds: quantity("seconds", {
      min: 0,
      default: 0,
      describe: "Scale-down takes the greatest decision of this time, seconds.",
    }),
  },
  cuts: { stableWindowSeconds: "period", scaleDownDelaySeconds: "period" },
  laws: { options: { target: 10, targetUtilization: 1 } },
  create: (settings, { minInstances, initialInstances, periodSeconds }) =>
    knativeKpa({ ...settings, minInstances, initialInstances, periodSeconds }),
};

/** What `knative-kpa` takes beyond its settings. */
export interface KnativeKpaOptions extends Partial<KnativeKpaSettings> {
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
    target,
    targetUtilization,
    stableWindowSeconds,
    panicWindowFraction,
    panicThreshold,
    maxScaleUpRate,
    maxScaleDownRate,
    activationScale,
    scaleDownDelaySeconds,
    scaleToZeroGraceSeconds,
  } = withDefaults(knativeKpaPolicy.settings, options);
  const {
    podRetentionSeconds = 0,
    minInstances = 0,
    initialInstances = 0,
    periodSeconds = knativeKpaPolicy.periodSeconds,
  } = options;
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
    settlesWithinSeconds: 2 * stableWindowSeconds + scaleDownDelaySeconds + zeroHoldSeconds,
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
