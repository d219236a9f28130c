import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import {
  HPA_SCALE_DOWN,
  HPA_SCALE_UP,
  HpaBehavior,
  type HpaRules,
  settlesWithin,
} from "./hpa_behavior.ts";
import type { ScalingEntry, ScalingPolicy, ScalingSignals } from "./policy.ts";

/** Settings of `hpa`. */
export type HpaSettings = {
  readonly target: number;
  readonly tolerance: number;
  readonly scaleDownStabilizationSeconds: number;
};

/** `hpa` as files name it. */
export const hpaPolicy: ScalingEntry<"hpa", HpaSettings> = {
  name: "hpa",
  describe: "Kubernetes' horizontal pod autoscaler on requests in flight, with its defaults.",
  periodSeconds: 15,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 32,
      describe: "Requests in flight per instance that the policy aims at.",
    }),
    tolerance: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.1,
      describe: "No change while the ratio of metric to target is this near to 1.",
    }),
    scaleDownStabilizationSeconds: quantity("seconds", {
      min: 0,
      default: HPA_SCALE_DOWN.stabilizationSeconds,
      describe: "Scale-down takes the greatest recommendation of this time, seconds.",
    }),
  },
  cuts: { scaleDownStabilizationSeconds: "period" },
  laws: { options: { target: 10 } },
  create: (settings, { periodSeconds }) => hpa({ ...settings, periodSeconds }),
};

/** What `hpa` takes beyond its settings. */
export interface HpaOptions extends Partial<HpaSettings> {
  /** The metric, summed over the ready instances; default: mean requests in flight, queued ones included. */
  readonly metric?: (signals: ScalingSignals) => number;
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
  const { target, tolerance, scaleDownStabilizationSeconds } = withDefaults(
    hpaPolicy.settings,
    options,
  );
  const {
    metric = ({ concurrency }) => concurrency,
    scaleUp = HPA_SCALE_UP,
    scaleDown = { ...HPA_SCALE_DOWN, stabilizationSeconds: scaleDownStabilizationSeconds },
    periodSeconds = hpaPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: settlesWithin(scaleDown),
    remembers: 1,
    desired(signals) {
      const { nowSeconds, ready, starting } = signals;
      const total = metric(signals);
      const asked = hpaRecommendation({ ready, starting, total, target, tolerance });
      return behavior.next(nowSeconds, ready + starting, asked);
    },
  };
}
