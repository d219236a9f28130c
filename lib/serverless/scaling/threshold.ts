import { checkNumber } from "./check.ts";
import type { ScalingPolicy } from "./policy.ts";

/** Settings of `threshold`. */
export interface ThresholdOptions {
  /** One more instance when the busy fraction is above this, 0..1; default 0.8. */
  readonly upAbove?: number;
  /** One instance fewer when it is below this, 0..1; default 0.2. */
  readonly downBelow?: number;
  /** Consecutive readings above `upAbove` that it takes, >= 1; default 2. */
  readonly upReadings?: number;
  /** Consecutive readings below `downBelow` that it takes, >= 1; default 3. */
  readonly downReadings?: number;
  /** Seconds after a change without another; default 30. */
  readonly cooldownSeconds?: number;
  /** Seconds between readings; default 5. */
  readonly periodSeconds?: number;
}

/**
 * SimFaaSInfer's utilisation thresholds. The signal is the busy fraction (share of time in a step),
 * which is not the model's FLOP utilisation. It is read every period, and the readings go on during
 * the cooldown; the original read it only once per cooldown, so that a burst waited for at least two
 * cooldowns. Without a ready instance, a waiting request counts as a reading of 1.
 *
 * @source SimFaaSInfer, scaling policy: thresholds 0.8 and 0.2, 2 and 3 consecutive readings
 */
export function threshold(options: ThresholdOptions = {}): ScalingPolicy {
  const {
    upAbove = 0.8,
    downBelow = 0.2,
    upReadings = 2,
    downReadings = 3,
    cooldownSeconds = 30,
    periodSeconds = 5,
  } = options;
  checkNumber(upAbove, "upAbove", { min: 0, max: 1 });
  checkNumber(downBelow, "downBelow", { min: 0, max: upAbove });
  checkNumber(upReadings, "upReadings", { min: 1 });
  checkNumber(downReadings, "downReadings", { min: 1 });
  checkNumber(cooldownSeconds, "cooldownSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let high = 0;
  let low = 0;
  let changedAtSeconds = -Infinity;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    // Beyond that many low readings more of them make no difference.
    remembers: downReadings,
    desired({ nowSeconds, ready, starting, queued, busyFraction }) {
      const current = ready + starting;
      const reading = ready > 0 ? busyFraction : queued > 0 ? 1 : 0;
      high = reading > upAbove ? high + 1 : 0;
      low = reading < downBelow ? low + 1 : 0;
      if (nowSeconds - changedAtSeconds < cooldownSeconds) return current;
      const change = high >= upReadings ? 1 : low >= downReadings && current > 0 ? -1 : 0;
      if (change !== 0) {
        changedAtSeconds = nowSeconds;
        high = 0;
        low = 0;
      }
      return current + change;
    },
  };
}
