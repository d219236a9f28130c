import { checkNumber } from "./check.ts";
import { HPA_SCALE_DOWN, HPA_SCALE_UP, HpaBehavior, type HpaRules } from "./hpa_behavior.ts";
import type { ScalingPolicy, ScalingSignals } from "./policy.ts";

/** Settings of `hpa`. The defaults are Kubernetes'. */
export interface HpaOptions {
  /** Value of the metric per instance aimed at, > 0; default 32. */
  readonly target?: number;
  /** The metric, summed over the ready instances; default: mean requests in flight, queued ones included. */
  readonly metric?: (signals: ScalingSignals) => number;
  /** No change while metric / target is this near to 1; default 0.1. */
  readonly tolerance?: number;
  /** Scale-down takes the greatest recommendation of this time, seconds; default 300. */
  readonly scaleDownStabilizationSeconds?: number;
  /** Rules of scale-up; default `HPA_SCALE_UP`. */
  readonly scaleUp?: HpaRules;
  /** Rules of scale-down; default `HPA_SCALE_DOWN` with `scaleDownStabilizationSeconds`. */
  readonly scaleDown?: HpaRules;
  /** Seconds between evaluations; default 15. */
  readonly periodSeconds?: number;
}

/**
 * What a horizontal pod autoscaler recommends for a metric of its pods. Instances that are not ready
 * count as 0 of the metric when it asks for more, which dampens scale-up, and not at all when it asks
 * for fewer.
 *
 * @param total Sum of the metric over the ready instances.
 * @source Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details; replica_calculator.go
 */
export function hpaRecommendation(
  { ready, starting, total, target, tolerance }: {
    readonly ready: number;
    readonly starting: number;
    readonly total: number;
    readonly target: number;
    readonly tolerance: number;
  },
): number {
  const current = ready + starting;
  if (ready === 0) return current;
  const ratio = total / ready / target;
  const isNear = (value: number) => Math.abs(1 - value) <= tolerance + 1e-12;
  if (starting === 0 || ratio <= 1) {
    return isNear(ratio) ? current : Math.ceil(roundNoise(ratio * ready));
  }
  const dampened = total / current / target;
  if (isNear(dampened) || dampened < 1) return current;
  return Math.max(current, Math.ceil(roundNoise(dampened * current)));
}

/** 3.0000000000000004 asks for 3 instances, not 4. */
const roundNoise = (value: number) => Math.round(value * 1e9) / 1e9;

/**
 * Kubernetes' horizontal pod autoscaler on requests in flight per instance. It cannot scale from zero:
 * without a ready instance there is no metric, so a deployment with a minimum of 0 needs activation by
 * the first request.
 *
 * @source Kubernetes documentation, "Horizontal Pod Autoscaling"
 */
export function hpa(options: HpaOptions = {}): ScalingPolicy {
  const {
    target = 32,
    metric = ({ concurrency }) => concurrency,
    tolerance = 0.1,
    scaleDownStabilizationSeconds = HPA_SCALE_DOWN.stabilizationSeconds,
    scaleUp = HPA_SCALE_UP,
    scaleDown = { ...HPA_SCALE_DOWN, stabilizationSeconds: scaleDownStabilizationSeconds },
    periodSeconds = 15,
  } = options;
  checkNumber(target, "target", { min: 0, above: true });
  checkNumber(tolerance, "tolerance", { min: 0, max: 1 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    remembers: 1,
    desired(signals) {
      const { nowSeconds, ready, starting } = signals;
      const total = metric(signals);
      const asked = hpaRecommendation({ ready, starting, total, target, tolerance });
      return behavior.next(nowSeconds, ready + starting, asked);
    },
  };
}
