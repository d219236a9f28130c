import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { checkNumber } from "./check.ts";
import {
  HPA_SCALE_DOWN,
  HPA_SCALE_UP,
  HpaBehavior,
  type HpaRules,
  settlesWithin,
} from "./hpa_behavior.ts";
import type { ScalingEntry, ScalingPolicy, ScalingSignals } from "./policy.ts";

/** Settings of `keda`. */
export type KedaSettings = {
  readonly target: number;
  readonly activationThreshold: number;
  readonly pollingSeconds: number;
  readonly cooldownSeconds: number;
};

/** `keda` as files name it. */
export const kedaPolicy: ScalingEntry<"keda", KedaSettings> = {
  name: "keda",
  describe: "KEDA: to and from zero by the queue, and Kubernetes' autoscaler from 1 on, with " +
    "KEDA's defaults.",
  periodSeconds: 15,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 5,
      describe: "Queued requests per instance that the policy aims at.",
    }),
    activationThreshold: quantity("number", {
      min: 0,
      default: 0,
      describe: "The first instance starts when more requests than this wait.",
    }),
    pollingSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: 30,
      describe: "Time between two looks at the queue for activation, seconds.",
    }),
    cooldownSeconds: quantity("seconds", {
      min: 0,
      default: 300,
      describe: "Time after the last active look before the last instance goes, seconds.",
    }),
  },
  laws: { options: { target: 10 } },
  create: (settings, { minInstances, periodSeconds }) =>
    keda({ ...settings, minInstances, periodSeconds }),
};

/** What `keda` takes beyond its settings. */
export interface KedaOptions extends Partial<KedaSettings> {
  /** The metric, which nothing but what there is may change; default: requests that wait, at the gateway and inside instances. */
  readonly metric?: (signals: ScalingSignals) => number;
  /** Fewest instances, >= 0; default 0. */
  readonly minInstances?: number;
  /** No change while metric / (target x instances) is this near to 1; default 0.1. */
  readonly tolerance?: number;
  /** Rules of scale-up from 1; default `HPA_SCALE_UP`. */
  readonly scaleUp?: HpaRules;
  /** Rules of scale-down to 1; default `HPA_SCALE_DOWN`. */
  readonly scaleDown?: HpaRules;
  /** Seconds between evaluations of the autoscaler from 1 upwards; default 15. */
  readonly periodSeconds?: number;
}

/** Requests that wait: at the gateway, and inside instances where that is known. */
const waitingRequests = ({ queued, waiting = 0 }: ScalingSignals) => queued + waiting;

/**
 * KEDA: from none to one instance and back by an activation threshold and a cooldown, looked at every
 * polling interval; between 1 and N by a Kubernetes HPA on an external metric with an average target,
 * ceil(metric / target).
 *
 * @source KEDA documentation, "Scaling deployments" (pollingInterval 30 s, cooldownPeriod 300 s,
 *   activating and scaling thresholds)
 */
export function keda(options: KedaOptions = {}): ScalingPolicy {
  const { target, activationThreshold, pollingSeconds, cooldownSeconds } = withDefaults(
    kedaPolicy.settings,
    options,
  );
  const {
    metric = waitingRequests,
    minInstances = 0,
    tolerance = 0.1,
    scaleUp = HPA_SCALE_UP,
    scaleDown = HPA_SCALE_DOWN,
    periodSeconds = kedaPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  let polledAtSeconds = -Infinity;
  let activeAtSeconds = -Infinity;
  let countBefore = 0;
  /** Whether the first instance has been asked for and has not been seen yet. */
  let isActivating = false;

  /** What activation decides at a poll: a count, or undefined to leave it to the HPA. */
  function activate(nowSeconds: number, current: number, value: number): number | undefined {
    polledAtSeconds = nowSeconds;
    if (value > activationThreshold) {
      activeAtSeconds = nowSeconds;
      if (current > 0) return undefined;
      isActivating = true;
      return Math.max(1, minInstances);
    }
    if (minInstances > 0) return undefined;
    return nowSeconds - activeAtSeconds > cooldownSeconds ? 0 : undefined;
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: Math.max(cooldownSeconds, settlesWithin(scaleDown)) + pollingSeconds,
    // Looks follow one another.
    remembers: Infinity,
    desired(signals) {
      const { nowSeconds, ready, starting } = signals;
      const current = ready + starting;
      const value = metric(signals);
      // Instances that were there from the beginning, or that a request has started meanwhile, count as
      // active when they are seen; those of an activation do since the look that has brought them.
      if (current > 0 && countBefore === 0) {
        if (!isActivating) activeAtSeconds = nowSeconds;
        isActivating = false;
      }
      countBefore = current;
      if (nowSeconds - polledAtSeconds >= pollingSeconds) {
        const decided = activate(nowSeconds, current, value);
        if (decided !== undefined) return decided;
      }
      if (current === 0) return 0;
      const ratio = value / target / current;
      const isNear = Math.abs(1 - ratio) <= tolerance + 1e-12;
      const asked = isNear ? current : Math.max(1, minInstances, Math.ceil(value / target));
      return behavior.next(nowSeconds, current, asked);
    },
  };
}
