import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `threshold`. */
export type ThresholdSettings = {
  readonly upAbove: number;
  readonly downBelow: number;
  readonly cooldownSeconds: number;
};

/** `threshold` as files name it. */
export const thresholdPolicy: ScalingEntry<"threshold", ThresholdSettings> = {
  name: "threshold",
  describe: "One instance more or fewer by the mean busy fraction, as in SimFaaSInfer.",
  section: null,
  isChosenBySettings: true,
  periodSeconds: 5,
  settings: {
    upAbove: quantity("fraction", {
      key: "scale_up_threshold",
      above: 0,
      max: 1,
      default: 0.8,
      describe: "`threshold` adds an instance when the mean busy fraction is above this.",
    }),
    downBelow: quantity("fraction", {
      key: "scale_down_threshold",
      min: 0,
      max: 1,
      default: 0.2,
      describe: "`threshold` removes an instance when it is below this.",
    }),
    cooldownSeconds: quantity("seconds", {
      key: "cooldown_period",
      min: 0,
      default: 30,
      describe: "Time after a change of `threshold` without another, seconds.",
    }),
  },
  check: ({ upAbove, downBelow }) =>
    downBelow < upAbove ? [] : [{
      option: "downBelow",
      wanted: "the lower threshold",
      allowed: `< scale_up_threshold, which is ${upAbove}`,
    }],
  create: (settings, { periodSeconds }) => threshold({ ...settings, periodSeconds }),
};

/** What `threshold` takes beyond its settings. */
export interface ThresholdOptions extends Partial<ThresholdSettings> {
  /** Consecutive readings above `upAbove` that it takes, >= 1; default 2. */
  readonly upReadings?: number;
  /** Consecutive readings below `downBelow` that it takes, >= 1; default 3. */
  readonly downReadings?: number;
  /** Seconds between readings; default 5. */
  readonly periodSeconds?: number;
}

/**
 * SimFaaSInfer's utilisation thresholds. The signal is the busy fraction (share of time in a step),
 * which is not the model's FLOP utilisation, over the ready instances and those that start: what is on
 * its way counts as idle, so that one need does not start an instance per cooldown. It is read every
 * period, and the readings go on during the cooldown; the original read it only once per cooldown, so
 * that a burst waited for at least two cooldowns. Without an instance a waiting request counts as a
 * reading of 1; while there is none that is ready, nothing is read.
 *
 * @source SimFaaSInfer, scaling policy: thresholds 0.8 and 0.2, 2 and 3 consecutive readings
 */
export function threshold(options: ThresholdOptions = {}): ScalingPolicy {
  const { upAbove, downBelow, cooldownSeconds } = withDefaults(thresholdPolicy.settings, options);
  const { upReadings = 2, downReadings = 3, periodSeconds = thresholdPolicy.periodSeconds } =
    options;
  checkNumber(downBelow, "downBelow", { max: upAbove });
  checkNumber(upReadings, "upReadings", { min: 1 });
  checkNumber(downReadings, "downReadings", { min: 1 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let high = 0;
  let low = 0;
  let changedAtSeconds = -Infinity;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: cooldownSeconds + downReadings * periodSeconds,
    desired(signals) {
      const { nowSeconds, ready, starting, queued, busyFraction } = signals;
      const current = ready + starting;
      const wanted = wantedInstances(signals);
      const reading = ready > 0
        ? busyFraction * ready / current
        : current === 0 && queued > 0
        ? 1
        : NaN;
      high = reading > upAbove ? high + 1 : 0;
      low = reading < downBelow ? low + 1 : 0;
      if (nowSeconds - changedAtSeconds < cooldownSeconds) return wanted;
      const change = high >= upReadings ? 1 : low >= downReadings ? -1 : 0;
      if (change !== 0) {
        changedAtSeconds = nowSeconds;
        high = 0;
        low = 0;
      }
      return wanted + change;
    },
  };
}
