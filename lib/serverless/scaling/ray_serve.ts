import { withDefaults } from "../../settings/from_table.ts";
import { choice, quantity } from "../../settings/quantities.ts";
import { checkNumber } from "./check.ts";
import type { ScalingEntry, ScalingPolicy } from "./policy.ts";
import { ReplicaTarget } from "./replica_target.ts";
import { WindowMean } from "./window_mean.ts";

/** Settings of `ray-serve`. */
export type RayServeSettings = {
  readonly targetOngoingRequests: number;
  readonly upscaleDelaySeconds: number;
  readonly downscaleDelaySeconds: number;
  readonly downscaleToZeroDelaySeconds: number | null;
  readonly upscalingFactor: number | null;
  readonly downscalingFactor: number | null;
  readonly smoothingFactor: number;
  readonly metricsIntervalSeconds: number;
  readonly lookBackPeriodSeconds: number;
  readonly aggregationFunction: "mean" | "max" | "min";
};

/** `ray-serve` as files name it. */
export const rayServePolicy: ScalingEntry<"ray-serve", RayServeSettings> = {
  name: "ray-serve",
  describe: "Ray Serve's autoscaler: ongoing requests per replica, delays and smoothing factors, " +
    "with Ray's defaults.",
  periodSeconds: 0.1,
  keepsReplicas: true,
  settings: {
    targetOngoingRequests: quantity("number", {
      above: 0,
      default: 2,
      describe: "Ongoing requests per instance that the policy aims at, waiting ones included.",
    }),
    upscaleDelaySeconds: quantity("seconds", {
      min: 0,
      default: 30,
      aliases: ["upscale_delay_s"],
      describe: "Time for which more instances must be asked for before they start, seconds.",
    }),
    downscaleDelaySeconds: quantity("seconds", {
      min: 0,
      default: 600,
      aliases: ["downscale_delay_s"],
      describe: "Time for which fewer must be asked for before some go, seconds.",
    }),
    downscaleToZeroDelaySeconds: quantity("seconds", {
      min: 0,
      default: null,
      aliases: ["downscale_to_zero_delay_s"],
      describe: "The same before the last instance goes, seconds; null: `downscale_delay`.",
    }),
    upscalingFactor: quantity("number", {
      above: 0,
      default: null,
      aliases: ["upscale_smoothing_factor"],
      describe: "Share of the missing instances that a decision adds, and the instances that " +
        "the first request starts; null: `smoothing_factor`.",
    }),
    downscalingFactor: quantity("number", {
      above: 0,
      default: null,
      aliases: ["downscale_smoothing_factor"],
      describe: "Share of the surplus that a decision takes away; null: `smoothing_factor`.",
    }),
    smoothingFactor: quantity("number", {
      above: 0,
      default: 1,
      describe: "Both factors where they are not given (deprecated in Ray).",
    }),
    metricsIntervalSeconds: quantity("seconds", {
      above: 0,
      default: 10,
      aliases: ["metrics_interval_s"],
      describe: "Time between two reports of the ongoing requests, seconds.",
    }),
    lookBackPeriodSeconds: quantity("seconds", {
      above: 0,
      default: 30,
      aliases: ["look_back_period_s"],
      describe: "Window of the ongoing requests that a report covers, seconds.",
    }),
    aggregationFunction: choice(["mean", "max", "min"], {
      wanted: "an aggregation function",
      default: "mean",
      describe: "What a report says of its window.",
    }),
  },
  cuts: { lookBackPeriodSeconds: "period" },
  laws: { options: { targetOngoingRequests: 10 } },
  create: (settings, needs) => {
    const { minInstances, maxInstances, initialInstances, hasKeepAlive, periodSeconds } = needs;
    return rayServe({
      ...settings,
      minInstances,
      maxInstances,
      initialInstances,
      followsFleet: hasKeepAlive,
      periodSeconds,
    });
  },
};

/** What `ray-serve` takes beyond its settings. */
export interface RayServeOptions extends Partial<RayServeSettings> {
  /** Fewest instances, >= 0; default 0. Ray's own default is 1. */
  readonly minInstances?: number;
  /** Most instances; default Infinity. Ray's own default is 1. */
  readonly maxInstances?: number;
  /** Instances that are wanted when the policy begins; default `minInstances`. */
  readonly initialInstances?: number;
  /** What somebody else has taken away stays away; default false: it is replaced at once. */
  readonly followsFleet?: boolean;
  /** Seconds between evaluations, Ray's control loop; default 0.1. */
  readonly periodSeconds?: number;
}

/** A mean of 4.000000000000001 requests is one of 4; Ray's own samples are whole numbers. */
const roundNoise = (value: number) => Math.round(value * 1e9) / 1e9;

/**
 * Ray Serve's autoscaling by ongoing requests: ceil(running + factor x (requests / target - running)),
 * bounded, and taken over once it has been asked for in the same direction for longer than the delay.
 * One of fewer never goes below 1 at first; from 1 to none has a delay of its own. Without a running
 * instance a waiting request starts some at once. As in Ray, the delay is counted in evaluations,
 * trunc(delay / period) of them and one more.
 *
 * Requests are those of the last report, which comes every `metricsIntervalSeconds` and covers the
 * look-back period: all of the function's at once, as Ray's controller adds them up.
 *
 * @source Ray, python/ray/serve/autoscaling_policy.py (00590c45: _apply_scaling_factors,
 *   _apply_delay_logic, _get_cold_start_scale_up_replicas), config.py (AutoscalingConfig),
 *   _private/autoscaling_state.py; control loop of 0.1 s, _private/constants.py
 */
export function rayServe(options: RayServeOptions = {}): ScalingPolicy {
  const settings = withDefaults(rayServePolicy.settings, options);
  const { targetOngoingRequests, smoothingFactor, metricsIntervalSeconds } = settings;
  const { upscaleDelaySeconds, downscaleDelaySeconds, lookBackPeriodSeconds } = settings;
  const {
    minInstances = 0,
    maxInstances = Infinity,
    initialInstances = minInstances,
    followsFleet = false,
    periodSeconds = rayServePolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(maxInstances, "maxInstances", { min: minInstances });
  const upFactor = settings.upscalingFactor ?? smoothingFactor;
  const downFactor = settings.downscalingFactor ?? smoothingFactor;
  const toZeroDelaySeconds = settings.downscaleToZeroDelaySeconds ?? downscaleDelaySeconds;
  const periodsOf = (delaySeconds: number) => Math.trunc(delaySeconds / periodSeconds);
  const bounded = (count: number) => Math.max(minInstances, Math.min(maxInstances, count));
  const window = new WindowMean(lookBackPeriodSeconds);
  const target = new ReplicaTarget(bounded(initialInstances), followsFleet);
  /** Evaluations in a row that asked for more (above 0) or for fewer (below 0). */
  let inRow = 0;
  let reported = 0;
  let reports = 0;

  /** Takes note of the ongoing requests; they are reported now and then. */
  function observe(nowSeconds: number, requests: number): void {
    window.add(nowSeconds, requests);
    const due = Math.floor(nowSeconds / metricsIntervalSeconds + 1e-9);
    if (due === reports) return;
    reports = due;
    reported = roundNoise(window[settings.aggregationFunction]());
  }

  /** What the reported requests ask for, beginning at the running instances. */
  function asked(running: number): number {
    const wished = running * (reported / (targetOngoingRequests * running));
    const missing = wished - running;
    const scaled = Math.ceil(running + (missing > 0 ? upFactor : downFactor) * missing);
    // A factor below 1 would never take the last surplus instance away.
    const isStuck = Math.ceil(wished) < running && scaled === running;
    return bounded(isStuck ? scaled - 1 : scaled);
  }

  function change(count: number): void {
    inRow = 0;
    target.count = count;
  }

  /** Changes the target when the same direction has been asked for long enough. */
  function delay(count: number): void {
    if (count === target.count) {
      inRow = 0;
    } else if (count > target.count) {
      inRow = Math.max(0, inRow) + 1;
      if (inRow > periodsOf(upscaleDelaySeconds)) change(count);
    } else {
      inRow = Math.min(0, inRow) - 1;
      const isLast = target.count === 1;
      const delaySeconds = isLast ? toZeroDelaySeconds : downscaleDelaySeconds;
      if (inRow < -periodsOf(delaySeconds)) change(isLast ? count : Math.max(1, count));
    }
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: downscaleDelaySeconds + toZeroDelaySeconds + lookBackPeriodSeconds +
      metricsIntervalSeconds,
    // The last report has its instant again; before it there was no load.
    remembers: Math.ceil(metricsIntervalSeconds / periodSeconds) + 1,
    desired(signals) {
      const { nowSeconds, ready, queued, concurrency } = signals;
      observe(nowSeconds, concurrency);
      target.see(signals);
      if (ready > 0) delay(asked(ready));
      else if (queued > 0) target.count = bounded(Math.max(Math.ceil(upFactor), target.count));
      return target.count;
    },
  };
}
