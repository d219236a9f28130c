import { withDefaults } from "../../settings/from_table.ts";
import { count, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy, ScalingSignals } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `slo`. */
export type SloSettings = {
  readonly upAbove: number;
  readonly downBelow: number;
  readonly downReadings: number;
  readonly maxGrowth: number;
  readonly scaleToZeroAfterSeconds: number | null;
};

/** `slo` as files name it. */
export const sloPolicy: ScalingEntry<"slo", SloSettings> = {
  name: "slo",
  describe: "Follows the limits of the section `slo` by the latencies that are measured.",
  periodSeconds: 5,
  keepsReplicas: true,
  settings: {
    upAbove: quantity("fraction", {
      above: 0,
      default: 0.8,
      describe: "Share of a limit of the section `slo` above which instances are added.",
    }),
    downBelow: quantity("fraction", {
      min: 0,
      default: 0.4,
      describe: "Share of every limit below which an instance may go.",
    }),
    downReadings: count({
      min: 1,
      default: 6,
      describe: "Consecutive readings below it that this takes.",
    }),
    maxGrowth: quantity("number", {
      above: 1,
      default: 2,
      describe: "Greatest factor of growth in one evaluation.",
    }),
    scaleToZeroAfterSeconds: quantity("seconds", {
      min: 0,
      default: null,
      describe: "Time without any request after which no instance is kept, seconds; null: never.",
    }),
  },
  check: (_settings, { isChosen, hasLimits }) =>
    !isChosen || hasLimits ? [] : [{
      wanted: "a policy with limits",
      allowed: "a policy without limits, or slo.ttft_s or slo.tpot_s given",
    }],
  create: (settings, { ttftSeconds, tpotSeconds, periodSeconds }) =>
    slo({ ...settings, ttftSeconds, tpotSeconds, periodSeconds }),
};

/** What `slo` takes beyond its settings. */
export interface SloOptions extends Partial<SloSettings> {
  /** Limit of the time to first token, seconds, > 0. */
  readonly ttftSeconds: number;
  /** Limit of the time per output token, seconds, > 0. */
  readonly tpotSeconds: number;
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
  const { upAbove, downBelow, downReadings, maxGrowth, scaleToZeroAfterSeconds } = withDefaults(
    sloPolicy.settings,
    options,
  );
  const { ttftSeconds, tpotSeconds, periodSeconds = sloPolicy.periodSeconds } = options;
  checkNumber(ttftSeconds, "ttftSeconds", { min: 0, above: true });
  checkNumber(tpotSeconds, "tpotSeconds", { min: 0, above: true });
  checkNumber(downBelow, "downBelow", { max: upAbove });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  let low = 0;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: (scaleToZeroAfterSeconds ?? 0) + downReadings * periodSeconds,
    desired(signals) {
      const { ready, starting, queued, idleSeconds } = signals;
      const current = wantedInstances(signals);
      if (current === 0) return queued > 0 ? 1 : 0;
      if (idleSeconds > 0 && idleSeconds >= (scaleToZeroAfterSeconds ?? Infinity)) return 0;
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
