import { withDefaults } from "../../../settings/from_table.ts";
import { choice, count, flag, quantity, quantityOr } from "../../../settings/quantities.ts";
import { checkNumber } from "../check.ts";
import type { InstanceFacts, ScalingEntry, ScalingPolicy, ScalingSignals } from "../policy.ts";
import { ReplicaTarget } from "../replica_target.ts";
import { sweepSteps } from "../sweep_steps.ts";
import { AggregatedModel } from "./aggregated_model.ts";
import { ForecastScaling } from "./forecast_scaling.ts";
import { LoadScaling } from "./load_scaling.ts";
import { limitSeconds, plannerNeeds } from "../planner_needs.ts";

/** Settings of `dynamo-planner`. */
export type DynamoPlannerSettings = {
  readonly mode: "load" | "sla";
  readonly optimizationTarget: "throughput" | "latency" | "sla";
  readonly enableLoadScaling: boolean;
  readonly ttftSeconds: number | null;
  readonly itlSeconds: number | null;
  readonly throughputAdjustmentIntervalSeconds: number;
  readonly loadPredictor: "constant" | "arima" | "kalman";
  readonly loadPredictorLog1p: boolean;
  readonly kalmanQLevel: number;
  readonly kalmanQTrend: number;
  readonly kalmanR: number;
  readonly loadScalingDownSensitivity: number;
  readonly loadMinObservations: number;
  readonly maxNumFpmSamples: number;
  readonly fpmSampleBucketSize: number;
  readonly preDeploymentSweeping: "rapid" | "none";
  readonly minEndpoint: number;
  readonly maxGpuBudget: number | "none";
};

const BY_FORECAST = { mode: ["sla"] } as const;
const BY_MODEL = [BY_FORECAST, { mode: ["load"], optimizationTarget: ["sla"] }] as const;

/** What is read in which mode. */
const READ_WHEN: ScalingEntry<"dynamo-planner", DynamoPlannerSettings>["readWhen"] = {
  optimizationTarget: [{ mode: ["load"] }],
  enableLoadScaling: [BY_FORECAST],
  ttftSeconds: BY_MODEL,
  itlSeconds: BY_MODEL,
  throughputAdjustmentIntervalSeconds: [BY_FORECAST],
  loadPredictor: [BY_FORECAST],
  loadPredictorLog1p: [{ ...BY_FORECAST, loadPredictor: ["arima", "kalman"] }],
  kalmanQLevel: [{ ...BY_FORECAST, loadPredictor: ["kalman"] }],
  kalmanQTrend: [{ ...BY_FORECAST, loadPredictor: ["kalman"] }],
  kalmanR: [{ ...BY_FORECAST, loadPredictor: ["kalman"] }],
  loadScalingDownSensitivity: [
    { mode: ["load"], optimizationTarget: ["sla"] },
    { ...BY_FORECAST, enableLoadScaling: [true] },
  ],
  loadMinObservations: BY_MODEL,
  maxNumFpmSamples: BY_MODEL,
  fpmSampleBucketSize: BY_MODEL,
  preDeploymentSweeping: BY_MODEL,
};

/** `dynamo-planner` as files name it. */
export const dynamoPlannerPolicy: ScalingEntry<"dynamo-planner", DynamoPlannerSettings> = {
  name: "dynamo-planner",
  describe:
    "NVIDIA Dynamo's planner of aggregated engines: by the engines' load or by a forecast " +
    "and latency limits, with Dynamo's defaults.",
  periodSeconds: 5,
  keepsReplicas: true,
  fewest: ({ minEndpoint }, least) => Math.max(minEndpoint, least),
  settings: {
    mode: choice(["load", "sla"], {
      wanted: "a mode of the planner",
      default: "sla",
      describe:
        "`load`: one instance more or fewer by what the engines do; `sla`: as many as the " +
        "forecast load needs within the limits.",
    }),
    optimizationTarget: choice(["throughput", "latency", "sla"], {
      wanted: "a target of optimization",
      default: "throughput",
      describe:
        "Of `mode: load`: thresholds of KV use for throughput or for latency, or estimates " +
        "against the limits.",
    }),
    enableLoadScaling: flag({
      default: false,
      describe: "Of `mode: sla`: load decides every period, and the forecast only how few there " +
        "may be.",
    }),
    ttftSeconds: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Limit of the time to first token, seconds; null: that of `slo`, else 0.5.",
    }),
    itlSeconds: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Limit of the time between tokens, seconds; null: that of `slo`, else 0.05.",
    }),
    throughputAdjustmentIntervalSeconds: quantity("seconds", {
      above: 0,
      default: 180,
      describe: "Time between two forecasts, seconds.",
    }),
    loadPredictor: choice(["constant", "arima", "kalman"], {
      wanted: "a predictor of load",
      default: "arima",
      describe: "What forecasts requests, prompts and outputs of the next interval.",
    }),
    loadPredictorLog1p: flag({
      default: false,
      describe: "ARIMA and Kalman forecast log(1 + load).",
    }),
    kalmanQLevel: quantity("number", {
      min: 0,
      default: 1,
      describe: "Variance of the level's change per interval.",
    }),
    kalmanQTrend: quantity("number", {
      min: 0,
      default: 0.1,
      describe: "Variance of the trend's change per interval.",
    }),
    kalmanR: quantity("number", { min: 0, default: 10, describe: "Variance of a measurement." }),
    loadScalingDownSensitivity: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.8,
      describe: "Share of a limit below which every engine's estimate must be for one to go.",
    }),
    loadMinObservations: count({
      min: 1,
      default: 5,
      describe: "Steps that must have been seen before the model says anything.",
    }),
    maxNumFpmSamples: count({ min: 1, default: 64, describe: "Steps that the model rests on." }),
    fpmSampleBucketSize: count({
      min: 1,
      default: 16,
      describe: "Parts of the range from whose fullest the oldest step goes; a square number.",
    }),
    preDeploymentSweeping: choice(["rapid", "none"], {
      wanted: "a way to sweep",
      default: "rapid",
      describe:
        "`rapid`: the model begins with steps of the execution model; `none`: with nothing.",
    }),
    minEndpoint: count({ min: 1, default: 1, describe: "Fewest instances that it asks for." }),
    maxGpuBudget: quantityOr(["none"], "count", {
      min: 1,
      whole: true,
      default: 8,
      describe: "Most GPUs of all instances together.",
    }),
  },
  check: (settings, { isChosen, periodSeconds }) => [
    ...(!isChosen || settings.throughputAdjustmentIntervalSeconds >= periodSeconds ? [] : [{
      option: "throughputAdjustmentIntervalSeconds",
      wanted: "a time between two forecasts",
      allowed: `>= the period, which is ${periodSeconds}`,
    }]),
    ...(isSquare(settings.fpmSampleBucketSize) ? [] : [{
      option: "fpmSampleBucketSize",
      wanted: "parts of two axes together",
      allowed: "a square number, such as 16",
    }]),
  ],
  readWhen: READ_WHEN,
  laws: { options: { mode: "load", optimizationTarget: "latency", maxGpuBudget: "none" } },
  create: (settings, needs) => {
    checkBudget(settings, needs.instance.gpus);
    return dynamoPlanner({
      ...settings,
      ...plannerNeeds(needs),
      ttftSeconds: limitSeconds(settings.ttftSeconds, needs.ttftSeconds),
      itlSeconds: limitSeconds(settings.itlSeconds, needs.tpotSeconds),
    });
  },
};

/** Throws where the budget has no GPUs for the fewest instances: Dynamo has none then, for ever. */
function checkBudget({ maxGpuBudget, minEndpoint }: DynamoPlannerSettings, gpus: number): void {
  if (maxGpuBudget === "none" || maxGpuBudget >= minEndpoint * gpus) return;
  throw new RangeError(
    `Cannot use scaling.dynamo_planner.max_gpu_budget as the GPUs of ${minEndpoint} or more instances ` +
      `of ${gpus}: current value is ${maxGpuBudget} (allowed: ${
        minEndpoint * gpus
      } or more, or none)`,
  );
}

const isSquare = (value: number) => Number.isInteger(Math.sqrt(value));

/** What `dynamo-planner` takes beyond its settings. */
export interface DynamoPlannerOptions extends Partial<DynamoPlannerSettings> {
  /** What an instance can do. */
  readonly instance: InstanceFacts;
  /** Instances that are wanted when the policy begins; default 0. */
  readonly initialInstances?: number;
  /** What somebody else has taken away stays away; default false: it is replaced. */
  readonly followsFleet?: boolean;
  /** Seconds between evaluations, Dynamo's `load_adjustment_interval`; default 5. */
  readonly periodSeconds?: number;
}

/**
 * NVIDIA Dynamo's planner in its aggregated form: engines that do prefill and decode in the same steps.
 * {@link LoadScaling} decides every period, {@link ForecastScaling} every interval, by a model of
 * the engines that goes on learning. With both, the forecast only says how few instances there may be.
 *
 * @source Dynamo, components/src/dynamo/planner: core/state_machine.py (f2d1bd35), load_scaling.py
 *   (936d8195), throughput_scaling.py (4d3f6720), config/defaults.py (bb6bb8ff)
 */
export function dynamoPlanner(options: DynamoPlannerOptions): ScalingPolicy {
  const settings = withDefaults(dynamoPlannerPolicy.settings, options);
  const { mode, optimizationTarget, minEndpoint, maxGpuBudget } = settings;
  const { throughputAdjustmentIntervalSeconds: intervalSeconds } = settings;
  const {
    instance,
    initialInstances = 0,
    followsFleet = false,
    periodSeconds = dynamoPlannerPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(intervalSeconds, "throughputAdjustmentIntervalSeconds", { min: periodSeconds });
  if (!isSquare(settings.fpmSampleBucketSize)) {
    throw new RangeError(
      `Cannot use fpmSampleBucketSize as a square number: current value is ` +
        `${settings.fpmSampleBucketSize}`,
    );
  }
  const limits = {
    ttftSeconds: settings.ttftSeconds ?? 0.5,
    itlSeconds: settings.itlSeconds ?? 0.05,
  };
  const isForecasting = mode === "sla";
  const byThresholds = mode === "load" && optimizationTarget !== "sla";
  const model = byThresholds ? undefined : new AggregatedModel(settings);
  if (settings.preDeploymentSweeping === "rapid") {
    for (const step of sweepSteps(instance)) model?.observe(step);
  }
  const byLoad = !isForecasting || settings.enableLoadScaling
    ? new LoadScaling(byThresholds ? optimizationTarget : model!, {
      ...limits,
      downShare: settings.loadScalingDownSensitivity,
      instance,
    })
    : undefined;
  const byForecast = isForecasting
    ? new ForecastScaling(model!, { ...settings, ...limits, instance, intervalSeconds })
    : undefined;
  const target = new ReplicaTarget(initialInstances, followsFleet);
  /** Fewest instances by the last forecast. */
  let floor = 1;

  /** As many of so many instances as the GPUs allow. */
  function withinBudget(desired: number): number {
    const least = Math.max(desired, minEndpoint);
    const most = maxGpuBudget === "none" ? Infinity : Math.trunc(maxGpuBudget / instance.gpus);
    if (least <= most) return least;
    return most < minEndpoint ? 0 : most;
  }

  function decide(signals: ScalingSignals): number | undefined {
    const { instances = [], starting } = signals;
    for (const { step } of instances) model?.observe(step);
    // Whoever scales waits for the instances that are on their way.
    const isSettled = instances.length > 0 && starting === 0;
    const loaded = isSettled ? byLoad?.decide(instances) : undefined;
    const bounded = loaded === undefined ? undefined : withinBudget(Math.max(loaded, floor));
    const forecast = byForecast?.decide(signals);
    if (forecast !== undefined && byLoad !== undefined) floor = forecast;
    const forecasted = byLoad === undefined ? forecast : undefined;
    return bounded ?? (forecasted === undefined ? undefined : withinBudget(forecasted));
  }

  return {
    periodSeconds,
    readsInstances: true,
    // Without an instance nothing completes and no engine reports: only what is counted may decide.
    standsUntilSeconds: () => byForecast?.hasTraffic ? -Infinity : Infinity,
    settlesWithinSeconds: isForecasting ? 2 * intervalSeconds : 20 * periodSeconds,
    remembers: 1,
    desired(signals) {
      target.see(signals);
      return target.count = decide(signals) ?? target.count;
    },
  };
}
