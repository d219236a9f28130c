import { withDefaults } from "../../settings/from_table.ts";
import { choice, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import {
  aggregated,
  FLEET_METRICS,
  type FleetMetric,
  FleetReadings,
  summed,
} from "./fleet_readings.ts";
import { HPA_SCALE_DOWN, HpaBehavior, type HpaRules, settlesWithin } from "./hpa_behavior.ts";
import {
  type HpaBehaviorSettings,
  hpaBehaviorSettings,
  hpaRules,
} from "./hpa_behavior_settings.ts";
import {
  type HpaPods,
  replicasForAll,
  replicasForAverage,
  replicasForPods,
  replicasForValue,
} from "./hpa_replicas.ts";
import type { ScalingEntry, ScalingPolicy, ScalingSignals } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `hpa`. */
export type HpaSettings = {
  readonly target: number;
  readonly metrics: readonly {
    readonly metric: FleetMetric;
    readonly type: "pods" | "object" | "external" | null;
    readonly targetType: "average-value" | "value" | null;
    readonly aggregate?: "sum" | "mean" | null;
    readonly target: number | null;
  }[];
  readonly tolerance: number;
  readonly scaleDownStabilizationSeconds: number;
  readonly behavior: HpaBehaviorSettings;
};

type HpaMetric = HpaSettings["metrics"][number];

/** `hpa` as files name it. */
export const hpaPolicy: ScalingEntry<"hpa", HpaSettings> = {
  name: "hpa",
  describe: "Kubernetes' horizontal pod autoscaler on requests in flight or other metrics, with " +
    "its defaults.",
  periodSeconds: 15,
  keepsReplicas: true,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 32,
      describe:
        "Requests in flight per instance that the policy aims at, where `metrics` has none.",
    }),
    metrics: {
      kind: "list",
      description: "Metrics, of which the one counts that asks for the most instances; none: " +
        "`concurrency`, with `target`.",
      itemDescription: "One metric.",
      item: {
        metric: choice(FLEET_METRICS, {
          wanted: "a metric",
          default: "concurrency",
          describe: "Requests in flight (mean), requests that wait (at the gateway and inside " +
            "instances) or run, share of the KV cache in use, requests or output tokens per " +
            "second, p95 of the time to first token in seconds.",
        }),
        type: choice(["pods", "object", "external"], {
          wanted: "a type of metric",
          default: null,
          describe:
            "Of the instances one by one, or of the whole; null: `pods`, and `external` of " +
            "`ttft`.",
        }),
        targetType: choice(["average-value", "value"], {
          wanted: "a type of target",
          default: null,
          otherNames: { AverageValue: "average-value", Value: "value" },
          describe: "A target per instance, or for the value; null: `average-value`, and `value` " +
            "of `ttft`.",
        }),
        aggregate: choice(["sum", "mean"], {
          wanted: "a way from instances to one value",
          default: null,
          describe: "Of the whole: the value is the sum over instances, or their mean, which " +
            "leaves a latency as it is; null: the sum, and of `value` the mean of the KV cache's " +
            "share and the latency itself.",
        }),
        target: quantity("number", {
          above: 0,
          default: null,
          describe: "What the policy aims at, in the metric's unit; to be given.",
        }),
      },
    },
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
    behavior: hpaBehaviorSettings("`scale_down_stabilization`"),
  },
  cuts: { scaleDownStabilizationSeconds: "period" },
  unread: { target: "metrics" },
  check: ({ metrics }) =>
    metrics.flatMap(({ metric, type, targetType, aggregate = null, target }) => [
      ...(target === null
        ? [{
          option: "metrics",
          wanted: "metrics of an autoscaler",
          value: metric,
          allowed: "each with its target",
        }]
        : []),
      ...((type ?? (metric === "ttft" ? "external" : "pods")) === "pods" && aggregate !== null
        ? [{
          option: "metrics",
          wanted: "metrics of an autoscaler",
          value: `${metric} of pods with ${aggregate}`,
          allowed: "aggregate of object and external metrics",
        }]
        : []),
      ...(type === "pods" && targetType === "value"
        ? [{
          option: "metrics",
          wanted: "metrics of an autoscaler",
          value: `${metric} of pods with a value`,
          allowed: "pods have an average value",
        }]
        : []),
    ]),
  laws: { options: { target: 10 } },
  create: ({ behavior, ...settings }, { periodSeconds }) =>
    hpa({
      ...settings,
      ...hpaRules(behavior, settings.scaleDownStabilizationSeconds),
      periodSeconds,
    }),
};

/** What `hpa` takes beyond its settings. */
export interface HpaOptions extends Partial<Omit<HpaSettings, "behavior">> {
  /** In place of `metrics`: one, summed over the ready instances. */
  readonly metric?: (signals: ScalingSignals) => number;
  /** Rules of scale-up; default `HPA_SCALE_UP`. */
  readonly scaleUp?: HpaRules;
  /** Rules of scale-down; default `HPA_SCALE_DOWN` with `scaleDownStabilizationSeconds`. */
  readonly scaleDown?: HpaRules;
  /** Seconds between evaluations; default 15. */
  readonly periodSeconds?: number;
}

/**
 * What a horizontal pod autoscaler recommends for a metric of its pods.
 *
 * @param total Sum of the metric over the ready instances.
 * @source Kubernetes documentation, "Horizontal Pod Autoscaling", algorithm details; replica_calculator.go
 */
export function hpaRecommendation(
  { total, target, tolerance, ...pods }: {
    readonly ready: number;
    readonly starting: number;
    readonly pending?: number;
    readonly total: number;
    readonly target: number;
    readonly tolerance: number;
  },
): number {
  return replicasForPods(total, pods, { target, tolerance }) ?? pods.ready + pods.starting;
}

/** What a metric asks for; undefined when it has no value. */
function replicasForMetric(
  { metric, type, targetType, aggregate = null, target }: HpaMetric,
  value: number | undefined,
  pods: HpaPods,
  tolerance: number,
): number | undefined {
  if (value === undefined || target === null) return undefined;
  const isLatency = metric === "ttft";
  const goal = { target, tolerance };
  const sum = summed(metric, value, pods.ready);
  if ((type ?? (isLatency ? "external" : "pods")) === "pods") {
    return replicasForPods(sum, pods, goal);
  }
  const isValue = (targetType ?? (isLatency ? "value" : "average-value")) === "value";
  const whole = aggregate === null
    ? isValue ? value : sum
    : aggregated(metric, value, pods.ready, aggregate);
  return isValue ? replicasForValue(whole, pods, goal) : replicasForAverage(whole, pods, goal);
}

/**
 * Kubernetes' horizontal pod autoscaler on requests in flight per instance, or on several metrics, of
 * which the one counts that asks for the most. Metrics of pods cannot scale from zero: without a ready
 * instance there are none, so a deployment with a minimum of 0 needs activation by the first request.
 *
 * @source Kubernetes documentation, "Horizontal Pod Autoscaling"; pkg/controller/podautoscaler
 */
export function hpa(options: HpaOptions = {}): ScalingPolicy {
  const { behavior: _, ...declared } = hpaPolicy.settings;
  const { target, metrics, tolerance, scaleDownStabilizationSeconds } = withDefaults<
    Omit<HpaSettings, "behavior">
  >(declared, options);
  const standard = hpaRules(
    withDefaults(hpaPolicy.settings, {}).behavior,
    scaleDownStabilizationSeconds,
  );
  const {
    metric,
    scaleUp = standard.scaleUp,
    scaleDown = standard.scaleDown,
    periodSeconds = hpaPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  const readings = new FleetReadings(periodSeconds);
  const followed: readonly HpaMetric[] = metrics.length > 0
    ? metrics
    : [{ metric: "concurrency", type: "pods", targetType: null, target }];
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: settlesWithin(scaleDown),
    remembers: 1,
    desired(signals) {
      const { nowSeconds, ready, starting, pending } = signals;
      readings.add(signals);
      const replicas = wantedInstances(signals);
      behavior.begin(nowSeconds, replicas);
      const pods = { ready, starting, pending, replicas };
      const asked = metric === undefined
        ? replicasForAll(
          followed.map((one) => replicasForMetric(one, readings.read(one.metric), pods, tolerance)),
          replicas,
        )
        : replicasForPods(metric(signals), pods, { target, tolerance });
      return asked === undefined ? replicas : behavior.next(nowSeconds, replicas, asked);
    },
  };
}
