import { withDefaults } from "../../settings/from_table.ts";
import { quantity } from "../../settings/quantities.ts";
import { LIMITS, plain } from "../../sim/limits.ts";
import { isMultiple } from "../is_multiple.ts";
import { checkNumber } from "./check.ts";
import { concurrencyPolicy } from "./concurrency.ts";
import { HoltWinters } from "./holt_winters.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";

/** Settings of `predictive`. */
export type PredictiveSettings = {
  readonly target: number;
  readonly ratePerInstance: number | null;
  readonly leadSeconds: number | null;
  readonly deviations: number;
  readonly alpha: number;
  readonly beta: number;
  readonly gamma: number;
  readonly seasonSeconds: number;
};

/** `predictive` as files name it. */
export const predictivePolicy: ScalingEntry<"predictive", PredictiveSettings> = {
  name: "predictive",
  describe: "Enough instances for the arrival rate that Holt-Winters smoothing forecasts.",
  periodSeconds: 10,
  keepsReplicas: true,
  settings: {
    target: concurrencyPolicy.settings.target,
    ratePerInstance: quantity("requests per second", {
      above: 0,
      default: null,
      describe:
        "Arrivals that one instance serves, requests per second; null: by `concurrency.target`.",
    }),
    leadSeconds: quantity("seconds", {
      min: 0,
      default: null,
      describe: "How far ahead the forecast looks, seconds; null: as long as a start takes.",
    }),
    deviations: quantity("number", {
      min: 0,
      default: 1,
      describe: "Standard deviations of the forecast's error added to it.",
    }),
    alpha: quantity("fraction", { min: 0, max: 1, default: 0.3, describe: "Weight of the level." }),
    beta: quantity("fraction", { min: 0, max: 1, default: 0.1, describe: "Weight of the trend." }),
    gamma: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.3,
      describe: "Weight of the season.",
    }),
    seasonSeconds: quantity("seconds", {
      min: 0,
      default: 0,
      describe: "Length of a season, seconds, a multiple of the period; 0: none.",
    }),
  },
  // With a rate, nobody asks what an instance serves at once.
  unread: { target: "ratePerInstance" },
  cuts: { seasonSeconds: "period", leadSeconds: "period" },
  check: ({ seasonSeconds }, { isChosen, periodSeconds }) =>
    !isChosen || isMultiple(seasonSeconds, periodSeconds) ? [] : [{
      option: "seasonSeconds",
      wanted: "a season",
      allowed: `a multiple of the period, which is ${periodSeconds}`,
    }],
  laws: { options: { ratePerInstance: 1, leadSeconds: 20 } },
  create: (settings, { holdSeconds, startSeconds, periodSeconds }) => {
    const { target, ratePerInstance, leadSeconds } = settings;
    return predictive({
      ...settings,
      ratePerInstance: ratePerInstance ?? target / holdSeconds(target),
      leadSeconds: leadSeconds ?? startSeconds(),
      periodSeconds,
    });
  },
};

/** What `predictive` takes beyond its settings. */
export interface PredictiveOptions extends Partial<PredictiveSettings> {
  /** Arrivals per second that one instance serves within the SLO, > 0. */
  readonly ratePerInstance: number;
  /** How far ahead the forecast looks: the time that a start takes, seconds, >= 0. */
  readonly leadSeconds: number;
  /** Seconds between evaluations; default 10. */
  readonly periodSeconds?: number;
}

/**
 * Enough instances for the greatest arrival rate that Holt-Winters smoothing forecasts between now
 * and one start from now, and for the requests that wait already. An arrival rate of zero over the
 * whole forecast asks for none once nothing is in flight.
 *
 * @source assumed combination; smoothing after Winters 1960 (see HoltWinters)
 */
export function predictive(options: PredictiveOptions): ScalingPolicy {
  const { deviations, alpha, beta, gamma, seasonSeconds } = withDefaults(
    predictivePolicy.settings,
    options,
  );
  const { ratePerInstance, leadSeconds, periodSeconds = predictivePolicy.periodSeconds } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const seasonLength = seasonSeconds / periodSeconds;
  if (!isMultiple(seasonSeconds, periodSeconds)) {
    throw new RangeError(
      `Cannot use seasonSeconds as a multiple of ${periodSeconds} s: current value is ${seasonSeconds}`,
    );
  }
  const rate = new HoltWinters({ alpha, beta, gamma, seasonLength: Math.round(seasonLength) });
  const steps = Math.max(1, Math.ceil(leadSeconds / periodSeconds));
  if (steps > LIMITS.bins.value) {
    throw new RangeError(
      `Cannot use leadSeconds as at most ${
        plain(LIMITS.bins.value)
      } periods of ${periodSeconds} s: ` +
        `current value is ${leadSeconds}`,
    );
  }
  return {
    periodSeconds,
    // Nothing is expected where nothing has ever been; any other forecast changes by itself.
    standsUntilSeconds: () => rate.isBlank ? Infinity : -Infinity,
    remembers: Infinity,
    desired({ arrivals, queued, inFlight }) {
      rate.observe(arrivals / periodSeconds);
      const margin = deviations * rate.errorDeviation;
      let highest = 0;
      for (let h = 1; h <= steps; h++) highest = Math.max(highest, rate.forecast(h));
      // A forecast decays towards zero and never reaches it: less than one arrival until the start
      // would be over is none.
      const expected = (highest + margin) * (leadSeconds + periodSeconds);
      const needed = expected < 1 ? 0 : Math.ceil((highest + margin) / ratePerInstance - 1e-9);
      return Math.max(needed, queued + inFlight > 0 ? 1 : 0);
    },
  };
}
