import { LIMITS, plain } from "../../sim/limits.ts";
import { checkNumber } from "./check.ts";
import { HoltWinters } from "./holt_winters.ts";
import type { ScalingPolicy } from "./policy.ts";

/** Settings of `predictive`. */
export interface PredictiveOptions {
  /** Arrivals per second that one instance serves within the SLO, > 0. */
  readonly ratePerInstance: number;
  /** How far ahead the forecast looks: the time that a start takes, seconds, >= 0. */
  readonly leadSeconds: number;
  /** Standard deviations of the forecast's error added to it, >= 0; default 1. */
  readonly deviations?: number;
  /** Weight of the newest observation in the level; default 0.3. */
  readonly alpha?: number;
  /** Weight of the newest slope in the trend; default 0.1. */
  readonly beta?: number;
  /** Weight of the newest deviation in the season; default 0.3. */
  readonly gamma?: number;
  /** Length of a season, seconds, a multiple of the period; 0 (default) for none. */
  readonly seasonSeconds?: number;
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
  const {
    ratePerInstance,
    leadSeconds,
    deviations = 1,
    alpha = 0.3,
    beta = 0.1,
    gamma = 0.3,
    seasonSeconds = 0,
    periodSeconds = 10,
  } = options;
  checkNumber(ratePerInstance, "ratePerInstance", { min: 0, above: true });
  checkNumber(leadSeconds, "leadSeconds", { min: 0 });
  checkNumber(deviations, "deviations", { min: 0 });
  checkNumber(seasonSeconds, "seasonSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const seasonLength = seasonSeconds / periodSeconds;
  if (Math.abs(seasonLength - Math.round(seasonLength)) > 1e-9) {
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
