import { quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import { concurrencyPolicy } from "./concurrency.ts";
import { safelyBefore, type ScalingEntry, type ScalingPolicy } from "./policy.ts";

/** Settings of `oracle`. */
export type OracleSettings = {
  readonly target: number;
  readonly holdSeconds: number | null;
  readonly leadSeconds: number | null;
};

/** `oracle` as files name it. */
export const oraclePolicy: ScalingEntry<"oracle", OracleSettings> = {
  name: "oracle",
  describe: "Knows the arrivals: a bound for the others.",
  periodSeconds: 1,
  keepsReplicas: true,
  settings: {
    target: concurrencyPolicy.settings.target,
    holdSeconds: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Time of a request in an instance, seconds; null: estimated for " +
        "`concurrency.target`, the requests that it takes an instance to serve at once.",
    }),
    leadSeconds: quantity("seconds", {
      min: 0,
      default: null,
      describe:
        "Time from a decision to a ready instance, seconds; null: as long as a start takes.",
    }),
  },
  laws: {
    options: { target: 10, holdSeconds: 10, leadSeconds: 20 },
    skip: [{ law: "shrinks", reason: "it knows a workload that goes on" }],
  },
  create: ({ target, holdSeconds, leadSeconds }, needs) =>
    oracle({
      arrivalAtSeconds: needs.arrivalAtSeconds(),
      holdSeconds: holdSeconds ?? needs.holdSeconds(target),
      concurrencyPerInstance: target,
      leadSeconds: leadSeconds ?? needs.startSeconds(),
      periodSeconds: needs.periodSeconds,
    }),
};

/** What the oracle is made from. */
export interface OracleOptions {
  /** Arrival instants of the whole workload, seconds, non-decreasing. */
  readonly arrivalAtSeconds: Float64Array;
  /** Time that a request spends in an instance, seconds, > 0. */
  readonly holdSeconds: number;
  /** Requests that an instance serves at once within the SLO, > 0. */
  readonly concurrencyPerInstance: number;
  /** Time from a decision to a ready instance, seconds, >= 0. */
  readonly leadSeconds: number;
  /** Seconds between evaluations; default 1. */
  readonly periodSeconds?: number;
}

/**
 * Knows the workload: at each evaluation the greatest number of instances needed until one start and
 * one period from now. So an instance is ready just before it is needed, and it goes when it will not
 * be needed for the time of a start, which is when stopping begins to pay. What other policies add in
 * latency or instance-seconds is their regret.
 *
 * @source assumed: ceil(requests in flight / concurrency per instance) with each request in flight
 *   for `holdSeconds`
 */
export function oracle(options: OracleOptions): ScalingPolicy {
  const {
    arrivalAtSeconds: at,
    holdSeconds,
    concurrencyPerInstance,
    leadSeconds,
    periodSeconds = oraclePolicy.periodSeconds,
  } = options;
  checkNumber(holdSeconds, "holdSeconds", { min: 0, above: true });
  checkNumber(concurrencyPerInstance, "concurrencyPerInstance", { min: 0, above: true });
  checkNumber(leadSeconds, "leadSeconds", { min: 0 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  /** Requests in flight just after each arrival; the number only grows at arrivals. */
  const inFlight = new Int32Array(at.length);
  for (let i = 0, oldest = 0; i < at.length; i++) {
    while (at[oldest] <= at[i] - holdSeconds) oldest++;
    inFlight[i] = i - oldest + 1;
  }
  /** Rows in the window whose count is above all later ones': the front has the window's greatest. */
  const front: number[] = [];
  let head = 0;
  let ahead = 0;
  let oldest = 0;
  return {
    periodSeconds,
    // Then the next arrival comes into sight.
    settlesWithinSeconds: holdSeconds + leadSeconds,
    standsUntilSeconds: () =>
      ahead < at.length ? safelyBefore(at[ahead] - leadSeconds - periodSeconds) : Infinity,
    desired({ nowSeconds }) {
      const until = nowSeconds + leadSeconds + periodSeconds;
      while (ahead < at.length && at[ahead] <= until) {
        while (front.length > head && inFlight[front[front.length - 1]] <= inFlight[ahead]) {
          front.pop();
        }
        front.push(ahead++);
      }
      while (head < front.length && at[front[head]] < nowSeconds) head++;
      if (head > 1024) front.splice(0, head), head = 0;
      // Those that arrived before now and are still in flight.
      let arrived = oldest;
      while (arrived < at.length && at[arrived] <= nowSeconds - holdSeconds) arrived++;
      oldest = arrived;
      while (arrived < at.length && at[arrived] <= nowSeconds) arrived++;
      const greatest = Math.max(arrived - oldest, head < front.length ? inFlight[front[head]] : 0);
      return Math.max(0, Math.ceil(greatest / concurrencyPerInstance - 1e-9));
    },
  };
}
