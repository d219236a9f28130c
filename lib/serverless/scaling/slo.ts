import { checkNumber } from "./check.ts";
import type { ScalingPolicy, ScalingSignals } from "./policy.ts";

/** Settings of `slo`. */
export interface SloOptions {
  /** Limit of the time to first token, seconds, > 0. */
  readonly ttftSeconds: number;
  /** Limit of the time per output token, seconds, > 0. */
  readonly tpotSeconds: number;
  /** Share of a limit that the latency may use before instances are added, > 0; default 0.8. */
  readonly upAbove?: number;
  /** Share of every limit below which an instance may go; default 0.4. */
  readonly downBelow?: number;
  /** Consecutive readings below it that this takes; default 6. */
  readonly downReadings?: number;
  /** Greatest factor of growth in one evaluation, > 1; default 2. */
  readonly maxGrowth?: number;
  /** Time without any request after which no instance is kept, seconds; default Infinity. */
  readonly scaleToZeroAfterSeconds?: number;
  /** Seconds between evaluations; default 5. */
  readonly periodSeconds?: number;
}

/** The latency nearest to its limit, as a share of the limit. A waiting request counts with its age. */
function pressureOf(signals: ScalingSignals, ttftSeconds: number, tpotSeconds: number): number {
  return Math.max(
    signals.ttftP95Seconds / ttftSeconds,
    signals.oldestWaitSeconds / ttftSeconds,
    signals.tbtMeanSeconds / tpotSeconds,
  );
}

/**
 * Follows the latency limits: when the p95 of TTFT, the age of the oldest waiting request or the mean
 * gap between tokens uses more than `upAbove` of its limit, the ready instances grow in proportion, at
 * most by `maxGrowth`; when all use less than `downBelow` for long enough, one goes. Instances on
 * their way count, so that a slow start does not multiply them.
 *
 * @source assumed: a proportional controller on SLO headroom
 */
export function slo(options: SloOptions): ScalingPolicy {
  const {
    ttftSeconds,
    tpotSeconds,
    upAbove = 0.8,
    downBelow = 0.4,
    downReadings = 6,
    maxGrowth = 2,
    scaleToZeroAfterSeconds = Infinity,
    periodSeconds = 5,
  } = options;
  checkNumber(ttftSeconds, "ttftSeconds", { min: 0, above: true });
  checkNumber(tpotSeconds, "tpotSeconds", { min: 0, above: true });
  checkNumber(upAbove, "upAbove", { min: 0, above: true });
  checkNumber(downBelow, "downBelow", { min: 0, max: upAbove });
  checkNumber(downReadings, "downReadings", { min: 1 });
  checkNumber(maxGrowth, "maxGrowth", { min: 1, above: true });
  checkNumber(scaleToZeroAfterSeconds, "scaleToZeroAfterSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let low = 0;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    desired(signals) {
      const { ready, starting, queued, idleSeconds } = signals;
      const current = ready + starting;
      if (current === 0) return queued > 0 ? 1 : 0;
      if (idleSeconds > 0 && idleSeconds >= scaleToZeroAfterSeconds) return 0;
      const pressure = pressureOf(signals, ttftSeconds, tpotSeconds);
      low = pressure < downBelow ? low + 1 : 0;
      if (pressure > upAbove) {
        const growth = Math.min(maxGrowth, pressure / upAbove);
        return Math.max(current, Math.ceil(ready * growth), ready === 0 ? 1 : ready + 1);
      }
      if (low >= downReadings && starting === 0 && current > 1) {
        low = 0;
        return current - 1;
      }
      return current;
    },
  };
}
