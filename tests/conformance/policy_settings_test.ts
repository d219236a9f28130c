import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { buildScaling, type ScalingFacts } from "../../lib/run/scaling.ts";
import { loadConfig } from "../../lib/config/load.ts";
import {
  fixedPool,
  hybridHistogram,
  type HybridHistogramOptions,
  littlesLawPool,
  newsvendorPool,
} from "../../lib/serverless/keep_alive/mod.ts";
import {
  ScalingDecider,
  type ScalingPolicy,
  type ScalingSignals,
} from "../../lib/serverless/scaling/mod.ts";
import { createScaling, type ScalingSpec } from "../support/scaling_factories.ts";
import { signalsOf, TOY_INSTANCE, toyLoad } from "./scaling_laws.ts";

/** What policies that look ahead are told. */
const FACTS: ScalingFacts = {
  instanceConcurrency: 8,
  requestsPerInstance: Infinity,
  arrivalAtSeconds: () => Float64Array.from({ length: 200 }, (_, i) => 7 * i ** 0.9),
  holdSeconds: (concurrency) => concurrency / 2,
  startSeconds: () => 25,
  instance: TOY_INSTANCE,
  zones: [],
  weightBytes: 16e9,
};

/** Signals of successive evaluations, some near the bounds that policies compare with. */
const histories = fc.array(
  fc.record({
    gap: fc.constantFrom(1, 2, 5, 15, 30, 60),
    ready: fc.integer({ min: 0, max: 6 }),
    starting: fc.integer({ min: 0, max: 2 }),
    queued: fc.constantFrom(0, 0, 1, 5, 40),
    inFlight: fc.integer({ min: 0, max: 60 }),
    waiting: fc.constantFrom(0, 0, 3, 11),
    oldestWaitSeconds: fc.constantFrom(0, 0.5, 3, 4, 4.5, 6),
    concurrency: fc.constantFrom(0, 0, 0.5, 30, 70, 300, 900),
    arrivals: fc.constantFrom(0, 0, 1, 7, 30),
    completions: fc.integer({ min: 0, max: 9 }),
    busyFraction: fc.constantFrom(0, 0.1, 0.2, 0.5, 0.8, 0.85, 1),
    kvUtilization: fc.double({ min: 0, max: 1, noNaN: true }),
    ttftP95Seconds: fc.constantFrom(0, 0.3, 0.79, 0.81, 1.5, 9),
    tbtMeanSeconds: fc.constantFrom(0, 0.03, 0.079, 0.081, 0.3),
    idleSeconds: fc.constantFrom(0, 0, 10, 500),
    promptTokensMean: fc.constantFrom(0, 100, 900),
    outputTokensMean: fc.constantFrom(0, 50, 300),
    inBatch: fc.constantFrom(0, 1, 5, 12, 20),
    behind: fc.constantFrom(0, 0, 2, 9),
  }),
  { minLength: 1, maxLength: 60 },
);
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

function signalsAt(history: History): ScalingSignals[] {
  let nowSeconds = 0;
  return history.map(({ gap, inBatch, behind, ...signals }) => {
    const instances = Array.from(
      { length: signals.ready },
      (_, id) => toyLoad(inBatch, behind, id),
    );
    return signalsOf({ nowSeconds: nowSeconds += gap, instances, ...signals });
  });
}

/** That two ways to make a policy give the same one: the same period, and the same decisions. */
function decideAlike(
  name: string,
  one: () => { periodSeconds: number; next: (signals: ScalingSignals) => number },
  other: () => { periodSeconds: number; next: (signals: ScalingSignals) => number },
): void {
  equal(one().periodSeconds, other().periodSeconds, name);
  fc.assert(
    fc.property(histories, (history) => {
      const signals = signalsAt(history);
      const decisions = ({ next }: ReturnType<typeof one>) => signals.map((each) => next(each));
      deepEqual(decisions(one()), decisions(other()), name);
    }),
    { numRuns: 150, seed: 20261107 },
  );
}

const policy = (spec: ScalingSpec) => () => {
  const created: ScalingPolicy = createScaling(spec);
  return {
    periodSeconds: created.periodSeconds,
    next: (signals: ScalingSignals) => created.desired(signals),
  };
};

const built = (yaml: string) => () => {
  const decider = buildScaling(loadConfig(yaml), FACTS).decider!;
  return {
    periodSeconds: decider.periodSeconds,
    next: (signals: ScalingSignals) => decider.decide(signals),
  };
};

/** A policy within the limits that a configuration has by default. */
const within =
  (spec: ScalingSpec, limits: ConstructorParameters<typeof ScalingDecider>[1] = {}) => () => {
    const decider = new ScalingDecider(createScaling(spec), {
      minInstances: 0,
      maxInstances: 8,
      ...limits,
    });
    return {
      periodSeconds: decider.periodSeconds,
      next: (signals: ScalingSignals) => decider.decide(signals),
    };
  };

const AT = FACTS.arrivalAtSeconds();
const ENTRIES = [{ fromSeconds: 0, instances: 1 }, { fromSeconds: 60, instances: 3 }];

/** Settings that a policy has to be given, and those that its source or its documentation states. */
const DEFAULTS: readonly (readonly [given: ScalingSpec, stated: ScalingSpec])[] = [
  [{ policy: "threshold" }, {
    policy: "threshold",
    upAbove: 0.8,
    downBelow: 0.2,
    upReadings: 2,
    downReadings: 3,
    cooldownSeconds: 30,
    periodSeconds: 5,
  }],
  [{ policy: "concurrency" }, {
    policy: "concurrency",
    target: 8,
    keepAliveSeconds: 0,
    scaleDownWindowSeconds: 60,
    keepsLast: false,
    periodSeconds: 1,
  }],
  [{ policy: "queue-delay" }, { policy: "queue-delay", thresholdSeconds: 4, periodSeconds: 1 }],
  [{ policy: "request-count" }, {
    policy: "request-count",
    requests: 4,
    buffer: 0,
    periodSeconds: 1,
  }],
  [{ policy: "target-tracking" }, {
    policy: "target-tracking",
    metric: "concurrency",
    target: 5,
    outDatapoints: 3,
    outPeriods: 3,
    inDatapoints: 15,
    inPeriods: 15,
    inBelow: 0.9,
    outCooldownSeconds: 300,
    inCooldownSeconds: 300,
    fromZeroCooldownSeconds: 60,
    periodSeconds: 60,
  }],
  [{ policy: "knative-kpa" }, {
    policy: "knative-kpa",
    target: 100,
    targetUtilization: 0.7,
    stableWindowSeconds: 60,
    panicWindowFraction: 0.1,
    panicThreshold: 2,
    maxScaleUpRate: 1000,
    maxScaleDownRate: 2,
    activationScale: 1,
    scaleDownDelaySeconds: 0,
    scaleToZeroGraceSeconds: 30,
    podRetentionSeconds: 0,
    minInstances: 0,
    initialInstances: 0,
    periodSeconds: 2,
  }],
  [{ policy: "hpa" }, {
    policy: "hpa",
    target: 32,
    tolerance: 0.1,
    scaleUp: {
      stabilizationSeconds: 0,
      rates: [
        { type: "percent", value: 100, periodSeconds: 15 },
        { type: "pods", value: 4, periodSeconds: 15 },
      ],
      select: "max",
    },
    scaleDown: {
      stabilizationSeconds: 300,
      rates: [{ type: "percent", value: 100, periodSeconds: 15 }],
      select: "max",
    },
    periodSeconds: 15,
  }],
  [{ policy: "keda" }, {
    policy: "keda",
    target: 5,
    activationThreshold: 0,
    metric: ({ queued, waiting = 0 }) => queued + waiting,
    pollingSeconds: 30,
    cooldownSeconds: 300,
    minInstances: 0,
    tolerance: 0.1,
    periodSeconds: 15,
  }],
  [{ policy: "ray-serve" }, {
    policy: "ray-serve",
    targetOngoingRequests: 2,
    upscaleDelaySeconds: 30,
    downscaleDelaySeconds: 600,
    downscaleToZeroDelaySeconds: 600,
    upscalingFactor: 1,
    downscalingFactor: 1,
    metricsIntervalSeconds: 10,
    lookBackPeriodSeconds: 30,
    aggregationFunction: "mean",
    minInstances: 0,
    initialInstances: 0,
    followsFleet: false,
    periodSeconds: 0.1,
  }],
  [{ policy: "dynamo-planner", instance: TOY_INSTANCE }, {
    policy: "dynamo-planner",
    instance: TOY_INSTANCE,
    mode: "sla",
    enableLoadScaling: false,
    ttftSeconds: 0.5,
    itlSeconds: 0.05,
    throughputAdjustmentIntervalSeconds: 180,
    loadPredictor: "arima",
    loadPredictorLog1p: false,
    loadMinObservations: 5,
    maxNumFpmSamples: 64,
    fpmSampleBucketSize: 16,
    preDeploymentSweeping: "rapid",
    minEndpoint: 1,
    maxGpuBudget: 8,
    initialInstances: 0,
    followsFleet: false,
    periodSeconds: 5,
  }],
  [{ policy: "llm-d-wva", instance: TOY_INSTANCE }, {
    policy: "llm-d-wva",
    instance: TOY_INSTANCE,
    analyzer: "v1",
    kvCacheThreshold: 0.8,
    queueLengthThreshold: 5,
    kvSpareTrigger: 0.1,
    queueSpareTrigger: 3,
    optimizationIntervalSeconds: 60,
    metricsWindowSeconds: 60,
    scaleToZero: false,
    initialInstances: 0,
    followsFleet: false,
    periodSeconds: 15,
  }],
  [{ policy: "sky-serve" }, {
    policy: "sky-serve",
    upscaleDelaySeconds: 300,
    downscaleDelaySeconds: 1200,
    qpsWindowSeconds: 60,
    decisionIntervalSeconds: 20,
    noReplicaDecisionIntervalSeconds: 5,
    useSpot: true,
    spotPlacer: "dynamic-fallback",
    numOverprovision: 0,
    dynamicOndemandFallback: false,
    baseOndemandFallbackReplicas: 0,
    minInstances: 0,
    periodSeconds: 5,
  }],
  [{ policy: "slo", ttftSeconds: 1, tpotSeconds: 0.1 }, {
    policy: "slo",
    ttftSeconds: 1,
    tpotSeconds: 0.1,
    upAbove: 0.8,
    downBelow: 0.4,
    downReadings: 6,
    maxGrowth: 2,
    scaleToZeroAfterSeconds: Infinity,
    periodSeconds: 5,
  }],
  [{ policy: "predictive", ratePerInstance: 0.3, leadSeconds: 25 }, {
    policy: "predictive",
    ratePerInstance: 0.3,
    leadSeconds: 25,
    deviations: 1,
    alpha: 0.3,
    beta: 0.1,
    gamma: 0.3,
    seasonSeconds: 0,
    periodSeconds: 10,
  }],
  [{ policy: "schedule", entries: ENTRIES }, {
    policy: "schedule",
    entries: ENTRIES,
    repeatSeconds: Infinity,
    leadSeconds: 0,
    periodSeconds: 5,
  }],
  [
    {
      policy: "oracle",
      arrivalAtSeconds: AT,
      holdSeconds: 4,
      concurrencyPerInstance: 8,
      leadSeconds: 25,
    },
    {
      policy: "oracle",
      arrivalAtSeconds: AT,
      holdSeconds: 4,
      concurrencyPerInstance: 8,
      leadSeconds: 25,
      periodSeconds: 1,
    },
  ],
];

for (const [given, stated] of DEFAULTS) {
  Deno.test(`${given.policy}: what is not given is as stated`, () => {
    decideAlike(given.policy, policy(given), policy(stated));
  });
}

/** Sections of a configuration, and the policy that they say. */
const BUILT: readonly (readonly [
  yaml: string,
  spec: ScalingSpec,
  limits?: ConstructorParameters<typeof ScalingDecider>[1],
])[] = [
  ["policy: threshold", { policy: "threshold" }],
  ["scale_up_threshold: 0.5, scale_down_threshold: 0.1, cooldown_period: 7, period: 3", {
    policy: "threshold",
    upAbove: 0.5,
    downBelow: 0.1,
    cooldownSeconds: 7,
    periodSeconds: 3,
  }],
  ["policy: concurrency, concurrency: { target: 9, scale_down_window: 31 }", {
    policy: "concurrency",
    target: 9,
    scaleDownWindowSeconds: 31,
    keepsLast: false,
  }],
  [
    "policy: concurrency, concurrency: { target: 9, scale_down_window: 31 }, keep_alive: { seconds: 5 }",
    { policy: "concurrency", target: 9, scaleDownWindowSeconds: 31, keepsLast: true },
  ],
  ["policy: queue-delay, queue_delay: { threshold: 3 }", {
    policy: "queue-delay",
    thresholdSeconds: 3,
    instanceConcurrency: 8,
    requestSeconds: FACTS.holdSeconds(8),
  }],
  ["policy: knative-kpa", { policy: "knative-kpa" }],
  [
    `policy: knative-kpa, knative_kpa: { target: 20, target_utilization: 0.5, stable_window: 40,
      panic_window_fraction: 0.2, panic_threshold: 3, max_scale_up_rate: 5, max_scale_down_rate: 3,
      scale_to_zero_grace: 11, activation_scale: 2, scale_down_delay: 17 }`,
    {
      policy: "knative-kpa",
      target: 20,
      targetUtilization: 0.5,
      stableWindowSeconds: 40,
      panicWindowFraction: 0.2,
      panicThreshold: 3,
      maxScaleUpRate: 5,
      maxScaleDownRate: 3,
      scaleToZeroGraceSeconds: 11,
      activationScale: 2,
      scaleDownDelaySeconds: 17,
    },
  ],
  ["policy: hpa, hpa: { target: 7, tolerance: 0.3, scale_down_stabilization: 45 }", {
    policy: "hpa",
    target: 7,
    tolerance: 0.3,
    scaleDownStabilizationSeconds: 45,
  }],
  ["policy: keda, keda: { target: 3, activation_threshold: 2, polling: 5, cooldown: 45 }", {
    policy: "keda",
    target: 3,
    activationThreshold: 2,
    pollingSeconds: 5,
    cooldownSeconds: 45,
    initialInstances: 0,
  }],
  [
    `policy: ray-serve, ray_serve: { target_ongoing_requests: 5, upscale_delay_s: 3,
      downscale_delay: 20s, downscale_to_zero_delay: 7, upscaling_factor: 1.5,
      downscale_smoothing_factor: 0.5, smoothing_factor: 3, metrics_interval: 2,
      look_back_period_s: 8, aggregation_function: max }`,
    {
      policy: "ray-serve",
      targetOngoingRequests: 5,
      upscaleDelaySeconds: 3,
      downscaleDelaySeconds: 20,
      downscaleToZeroDelaySeconds: 7,
      upscalingFactor: 1.5,
      downscalingFactor: 0.5,
      metricsIntervalSeconds: 2,
      lookBackPeriodSeconds: 8,
      aggregationFunction: "max",
    },
  ],
  [
    `policy: dynamo-planner, dynamo_planner: { mode: load, optimization_target: sla, ttft: 0.2,
      load_scaling_down_sensitivity: 0.5, load_min_observations: 9, max_num_fpm_samples: 30,
      fpm_sample_bucket_size: 9, pre_deployment_sweeping: none, min_endpoint: 2,
      max_gpu_budget: 12 }`,
    {
      policy: "dynamo-planner",
      instance: TOY_INSTANCE,
      mode: "load",
      optimizationTarget: "sla",
      ttftSeconds: 0.2,
      itlSeconds: 0.1,
      loadScalingDownSensitivity: 0.5,
      loadMinObservations: 9,
      maxNumFpmSamples: 30,
      fpmSampleBucketSize: 9,
      preDeploymentSweeping: "none",
      minEndpoint: 2,
      maxGpuBudget: 12,
      initialInstances: 2,
    },
    { minInstances: 2 },
  ],
  [
    `policy: dynamo-planner, dynamo_planner: { itl: 0.03, enable_load_scaling: true,
      throughput_adjustment_interval: 20, load_predictor: kalman, load_predictor_log1p: true,
      kalman_q_level: 2, kalman_q_trend: 0.5, kalman_r: 3, max_gpu_budget: none }`,
    {
      policy: "dynamo-planner",
      instance: TOY_INSTANCE,
      ttftSeconds: 1,
      itlSeconds: 0.03,
      enableLoadScaling: true,
      throughputAdjustmentIntervalSeconds: 20,
      loadPredictor: "kalman",
      loadPredictorLog1p: true,
      kalmanQLevel: 2,
      kalmanQTrend: 0.5,
      kalmanR: 3,
      maxGpuBudget: "none",
      initialInstances: 1,
    },
    { minInstances: 1 },
  ],
  [
    `policy: llm-d-wva, llm_d_wva: { analyzer: v2, kv_cache_threshold: 0.6,
      queue_length_threshold: 3, scale_up_threshold: 0.7, scale_down_boundary: 0.4,
      optimization_interval: 30, metrics_window: 45, scale_to_zero: true, retention_period: 100 }`,
    {
      policy: "llm-d-wva",
      instance: TOY_INSTANCE,
      analyzer: "v2",
      kvCacheThreshold: 0.6,
      queueLengthThreshold: 3,
      scaleUpThreshold: 0.7,
      scaleDownBoundary: 0.4,
      optimizationIntervalSeconds: 30,
      metricsWindowSeconds: 45,
      scaleToZero: true,
      retentionPeriodSeconds: 100,
    },
  ],
  [
    `policy: sky-serve, min_instances: 2, max_instances: 9, sky_serve: {
      target_qps_per_replica: 3, upscale_delay_seconds: 40, downscale_delay_seconds: 60,
      qps_window: 30, decision_interval: 10, no_replica_decision_interval: 6 }`,
    {
      policy: "sky-serve",
      targetQpsPerReplica: 3,
      upscaleDelaySeconds: 40,
      downscaleDelaySeconds: 60,
      qpsWindowSeconds: 30,
      decisionIntervalSeconds: 10,
      noReplicaDecisionIntervalSeconds: 6,
      minInstances: 2,
      maxInstances: 9,
    },
    { minInstances: 2, maxInstances: 9 },
  ],
  [
    `policy: llm-d-wva, llm_d_wva: { analyzer: queue-model, target_ttft: 0.3, tuning_enabled: false }`,
    {
      policy: "llm-d-wva",
      instance: TOY_INSTANCE,
      analyzer: "queue-model",
      targetTtftSeconds: 0.3,
      targetItlSeconds: 0.1,
      tuningEnabled: false,
      initialInstances: 1,
    },
    { minInstances: 1 },
  ],
  [
    `policy: slo, slo: { up_above: 0.7, down_below: 0.3, down_readings: 2, max_growth: 3,
      scale_to_zero_after: 100 }`,
    {
      policy: "slo",
      ttftSeconds: 1,
      tpotSeconds: 0.1,
      upAbove: 0.7,
      downBelow: 0.3,
      downReadings: 2,
      maxGrowth: 3,
      scaleToZeroAfterSeconds: 100,
    },
  ],
  // Instances serve `concurrency.target` requests at once, 8 by default: 8 in 4 s.
  ["policy: predictive", { policy: "predictive", ratePerInstance: 2, leadSeconds: 25 }],
  [
    `policy: predictive, predictive: { rate_per_instance: 0.4, lead: 33, deviations: 2, alpha: 0.5,
      beta: 0.4, gamma: 0.2, season: 60 }`,
    {
      policy: "predictive",
      ratePerInstance: 0.4,
      leadSeconds: 33,
      deviations: 2,
      alpha: 0.5,
      beta: 0.4,
      gamma: 0.2,
      seasonSeconds: 60,
    },
  ],
  [
    `policy: schedule, schedule: { entries: [{ from: 0, instances: 1 }, { from: 60, instances: 3 }],
      repeat: 100, lead: 13 }`,
    { policy: "schedule", entries: ENTRIES, repeatSeconds: 100, leadSeconds: 13 },
  ],
  ["policy: oracle, concurrency: { target: 6 }", {
    policy: "oracle",
    arrivalAtSeconds: AT,
    holdSeconds: 3,
    concurrencyPerInstance: 6,
    leadSeconds: 25,
  }],
  ["policy: oracle, concurrency: { target: 6 }, oracle: { hold: 9, lead: 2 }", {
    policy: "oracle",
    arrivalAtSeconds: AT,
    holdSeconds: 9,
    concurrencyPerInstance: 6,
    leadSeconds: 2,
  }],
];

const LIMITS = "slo: { ttft_s: 1s, tpot_s: 0.1s }";

for (const [yaml, spec, limits] of BUILT) {
  const section = yaml.replace(/\s+/g, " ");
  Deno.test(`scaling: { ${section.slice(0, 60)} }: the policy that it says`, () => {
    decideAlike(section, built(`{ ${LIMITS}, scaling: { ${yaml} } }`), within(spec, limits));
  });
}

Deno.test("limits, delays and the period of a configuration hold for whatever policy", () => {
  const yaml = `{ ${LIMITS}, scaling: { policy: concurrency, period: 4, min_instances: 1,
    max_instances: 5, max_step_up: 2, max_step_down: 1, scrape_delay: 20, actuation_delay: 6,
    concurrency: { target: 5 } } }`;
  const spec: ScalingSpec = {
    policy: "concurrency",
    target: 5,
    scaleDownWindowSeconds: 60,
    keepsLast: false,
    periodSeconds: 4,
  };
  const limits = {
    minInstances: 1,
    maxInstances: 5,
    maxStepUp: 2,
    maxStepDown: 1,
    scrapeDelaySeconds: 20,
    actuationDelaySeconds: 6,
  };
  decideAlike("limits", built(yaml), within(spec, limits));
  // Policies that have bounds of their own are told them.
  const kpa = "{ scaling: { policy: knative-kpa, min_instances: 2, knative_kpa: { target: 10 } } }";
  decideAlike(
    "knative-kpa",
    built(kpa),
    within({ policy: "knative-kpa", target: 10, minInstances: 2, initialInstances: 2 }, {
      minInstances: 2,
    }),
  );
  const keda = "{ scaling: { policy: keda, min_instances: 2 } }";
  decideAlike(
    "keda",
    built(keda),
    within({ policy: "keda", minInstances: 2, initialInstances: 2 }, { minInstances: 2 }),
  );
});

/** What a policy of the list above has to be given. */
function ofDefaults(policy: ScalingSpec["policy"]): ScalingSpec {
  return DEFAULTS.find(([given]) => given.policy === policy)![0];
}

/** Settings of each policy that are out of their range, by name. */
const REFUSED: readonly (readonly [spec: ScalingSpec, wrong: Readonly<Record<string, number>>])[] =
  [
    [{ policy: "threshold" }, {
      upAbove: 1.1,
      downBelow: 0.9,
      upReadings: 0,
      downReadings: 0,
      cooldownSeconds: -1,
    }],
    [{ policy: "concurrency" }, { target: 0, keepAliveSeconds: -1, scaleDownWindowSeconds: -1 }],
    [{ policy: "queue-delay" }, { thresholdSeconds: 0 }],
    [{ policy: "request-count" }, { requests: 0, buffer: -1, periodSeconds: 0 }],
    [{ policy: "target-tracking" }, {
      target: 0,
      outDatapoints: 4,
      outPeriods: 0,
      inDatapoints: 16,
      inPeriods: 0,
      inBelow: 1.1,
      outCooldownSeconds: -1,
      inCooldownSeconds: -1,
      fromZeroCooldownSeconds: -1,
    }],
    [{ policy: "knative-kpa" }, {
      target: 0,
      targetUtilization: 0,
      stableWindowSeconds: 0,
      panicWindowFraction: 0,
      panicThreshold: 1,
      maxScaleUpRate: 1,
      maxScaleDownRate: 1,
      scaleDownDelaySeconds: -1,
      scaleToZeroGraceSeconds: -1,
      podRetentionSeconds: -1,
    }],
    [{ policy: "hpa" }, { target: 0, tolerance: -0.1 }],
    [{ policy: "keda" }, {
      target: 0,
      activationThreshold: -1,
      pollingSeconds: 0,
      cooldownSeconds: -1,
    }],
    [{ policy: "ray-serve" }, {
      targetOngoingRequests: 0,
      upscaleDelaySeconds: -1,
      downscaleDelaySeconds: -1,
      downscaleToZeroDelaySeconds: -1,
      upscalingFactor: 0,
      downscalingFactor: 0,
      smoothingFactor: 0,
      metricsIntervalSeconds: 0,
      lookBackPeriodSeconds: 0,
      maxInstances: -1,
    }],
    [{ policy: "dynamo-planner", instance: TOY_INSTANCE }, {
      ttftSeconds: 0,
      itlSeconds: 0,
      throughputAdjustmentIntervalSeconds: 1,
      kalmanQLevel: -1,
      kalmanQTrend: -1,
      kalmanR: -1,
      loadScalingDownSensitivity: 1.1,
      loadMinObservations: 0,
      maxNumFpmSamples: 0,
      fpmSampleBucketSize: 8,
      minEndpoint: 0,
    }],
    [{ policy: "llm-d-wva", instance: TOY_INSTANCE }, {
      kvCacheThreshold: 0,
      queueLengthThreshold: -1,
      kvSpareTrigger: 0.9,
      queueSpareTrigger: -1,
      scaleUpThreshold: 0.5,
      scaleDownBoundary: 0,
      targetTtftSeconds: 0,
      targetItlSeconds: 0,
      sloMultiplier: 1,
      optimizationIntervalSeconds: 1,
      metricsWindowSeconds: 0,
      retentionPeriodSeconds: -1,
    }],
    [{ policy: "sky-serve" }, {
      targetQpsPerReplica: 0,
      upscaleDelaySeconds: -1,
      downscaleDelaySeconds: -1,
      qpsWindowSeconds: 0,
      decisionIntervalSeconds: 0,
      noReplicaDecisionIntervalSeconds: 0,
      numOverprovision: -1,
      baseOndemandFallbackReplicas: -1,
      maxInstances: -1,
    }],
    [{ policy: "slo", ttftSeconds: 1, tpotSeconds: 1 }, {
      ttftSeconds: 0,
      tpotSeconds: 0,
      upAbove: 0,
      downBelow: 0.9,
      downReadings: 0,
      maxGrowth: 1,
      scaleToZeroAfterSeconds: -1,
    }],
    [{ policy: "predictive", ratePerInstance: 1, leadSeconds: 1 }, {
      ratePerInstance: 0,
      leadSeconds: -1,
      deviations: -1,
      alpha: 1.1,
      beta: -0.1,
      gamma: 1.1,
      seasonSeconds: -10,
    }],
    [{ policy: "schedule", entries: ENTRIES }, { repeatSeconds: 0, leadSeconds: -1 }],
    [ofDefaults("oracle"), { holdSeconds: 0, concurrencyPerInstance: 0, leadSeconds: -1 }],
  ];

/** Settings at the very edge of their range, which are taken. */
const TAKEN: readonly ScalingSpec[] = [
  {
    policy: "threshold",
    upAbove: 1,
    downBelow: 1,
    upReadings: 1,
    downReadings: 1,
    cooldownSeconds: 0,
  },
  { policy: "threshold", upAbove: 0.01, downBelow: 0 },
  { policy: "concurrency", keepAliveSeconds: 0, scaleDownWindowSeconds: 0, target: 0.01 },
  { policy: "queue-delay", thresholdSeconds: 0.01 },
  { policy: "request-count", requests: 0.01, buffer: 0 },
  {
    policy: "target-tracking",
    target: 0.01,
    outDatapoints: 1,
    outPeriods: 1,
    inDatapoints: 1,
    inPeriods: 1,
    inBelow: 1,
    outCooldownSeconds: 0,
    inCooldownSeconds: 0,
    fromZeroCooldownSeconds: 0,
  },
  {
    policy: "knative-kpa",
    target: 0.01,
    targetUtilization: 1,
    panicWindowFraction: 1,
    panicThreshold: 1.01,
    maxScaleUpRate: 1.01,
    maxScaleDownRate: 1.01,
    stableWindowSeconds: 0.01,
    scaleDownDelaySeconds: 0,
    scaleToZeroGraceSeconds: 0,
    podRetentionSeconds: 0,
  },
  { policy: "hpa", target: 0.01, tolerance: 0, scaleDownStabilizationSeconds: 0 },
  { policy: "hpa", tolerance: 1 },
  {
    policy: "keda",
    target: 0.01,
    activationThreshold: 0,
    pollingSeconds: 0.01,
    cooldownSeconds: 0,
  },
  {
    policy: "ray-serve",
    targetOngoingRequests: 0.01,
    upscaleDelaySeconds: 0,
    downscaleDelaySeconds: 0,
    downscaleToZeroDelaySeconds: 0,
    upscalingFactor: 0.01,
    downscalingFactor: 0.01,
    smoothingFactor: 0.01,
    metricsIntervalSeconds: 0.01,
    lookBackPeriodSeconds: 0.01,
    maxInstances: 0,
  },
  {
    policy: "dynamo-planner",
    instance: TOY_INSTANCE,
    ttftSeconds: 0.01,
    itlSeconds: 0.001,
    throughputAdjustmentIntervalSeconds: 0.01,
    kalmanQLevel: 0,
    kalmanQTrend: 0,
    kalmanR: 0,
    loadScalingDownSensitivity: 0,
    loadMinObservations: 1,
    maxNumFpmSamples: 1,
    fpmSampleBucketSize: 1,
    maxGpuBudget: 1,
  },
  {
    policy: "llm-d-wva",
    instance: TOY_INSTANCE,
    kvCacheThreshold: 0.01,
    queueLengthThreshold: 0,
    kvSpareTrigger: 0,
    queueSpareTrigger: 0,
    scaleUpThreshold: 0.02,
    scaleDownBoundary: 0.01,
    targetTtftSeconds: 0.01,
    targetItlSeconds: 0.01,
    sloMultiplier: 1.01,
    optimizationIntervalSeconds: 0.01,
    metricsWindowSeconds: 0.01,
    retentionPeriodSeconds: 0,
  },
  {
    policy: "sky-serve",
    targetQpsPerReplica: 0.01,
    upscaleDelaySeconds: 0,
    downscaleDelaySeconds: 0,
    qpsWindowSeconds: 0.01,
    decisionIntervalSeconds: 0.01,
    noReplicaDecisionIntervalSeconds: 0.01,
    numOverprovision: 0,
    baseOndemandFallbackReplicas: 0,
    maxInstances: 0,
  },
  {
    policy: "slo",
    ttftSeconds: 0.01,
    tpotSeconds: 0.01,
    upAbove: 0.01,
    downBelow: 0,
    downReadings: 1,
    maxGrowth: 1.01,
    scaleToZeroAfterSeconds: 0,
  },
  {
    policy: "predictive",
    ratePerInstance: 0.01,
    leadSeconds: 0,
    deviations: 0,
    alpha: 0,
    beta: 1,
    gamma: 0,
    seasonSeconds: 0,
  },
  { policy: "schedule", entries: [{ fromSeconds: 0, instances: 0 }], leadSeconds: 0 },
  {
    policy: "oracle",
    arrivalAtSeconds: AT,
    holdSeconds: 0.01,
    concurrencyPerInstance: 0.01,
    leadSeconds: 0,
  },
];

Deno.test("settings at the edge of their range are taken, and so are short periods", () => {
  for (const spec of TAKEN) {
    equal(createScaling({ ...spec, periodSeconds: 0.01 }).periodSeconds, 0.01);
  }
  const policy = createScaling({ policy: "concurrency" });
  const decider = new ScalingDecider(policy, {
    minInstances: 0,
    maxInstances: 0,
    maxStepUp: 1,
    maxStepDown: 1,
    upCooldownSeconds: 0,
    downCooldownSeconds: 0,
    scrapeDelaySeconds: 0,
    actuationDelaySeconds: 0,
  });
  equal(decider.decide(signalsOf({ nowSeconds: 1, queued: 9 })), 0);
});

/** The message of what is thrown; "" when nothing is. */
function refusal(make: () => unknown): string {
  try {
    make();
  } catch (error) {
    ok(error instanceof RangeError);
    return error.message;
  }
  return "";
}

Deno.test("every setting of a scaling policy that is out of its range is refused by name", () => {
  for (const [spec, wrong] of REFUSED) {
    for (const [name, value] of Object.entries({ ...wrong, periodSeconds: 0 })) {
      for (const bad of [value, NaN]) {
        const message = refusal(() => createScaling({ ...spec, [name]: bad }));
        ok(
          message.startsWith(`Cannot use ${name} as `) &&
            message.endsWith(`current value is ${bad}`),
          `${spec.policy}.${name}: ${message}`,
        );
      }
    }
  }
  for (const entries of [[], [ENTRIES[1], ENTRIES[0]], [ENTRIES[0], ENTRIES[0]]]) {
    ok(refusal(() => createScaling({ policy: "schedule", entries })).startsWith("Cannot use "));
  }
});

Deno.test("every limit of a decider that is out of its range is refused by name", () => {
  const create = (limits: ConstructorParameters<typeof ScalingDecider>[1]) => () =>
    new ScalingDecider(createScaling({ policy: "concurrency" }), limits);
  for (
    const [name, value] of Object.entries({
      minInstances: -1,
      maxInstances: -1,
      maxStepUp: 0,
      maxStepDown: 0,
      upCooldownSeconds: -1,
      downCooldownSeconds: -1,
      scrapeDelaySeconds: -1,
      actuationDelaySeconds: -1,
    })
  ) {
    ok(refusal(create({ [name]: value })).startsWith(`Cannot use ${name} as `), name);
  }
  ok(refusal(create({ minInstances: 3, maxInstances: 2 })) !== "");
});

/** Idle times, and the decisions after each. */
function decisions(options: HybridHistogramOptions, idle: readonly number[]) {
  const keepAlive = hybridHistogram(options);
  return idle.map((seconds) => {
    keepAlive.observeIdle(seconds);
    return { ...keepAlive.decide() };
  });
}

const idleTimes = fc.array(
  fc.oneof(
    fc.constantFrom(59, 60, 61, 600, 14_399, 14_400),
    fc.double({ min: 0, max: 30_000, noNaN: true }),
  ),
  { minLength: 1, maxLength: 150 },
);

Deno.test("hybrid-histogram: what is not given is as the paper and its reproduction state", () => {
  const stated: HybridHistogramOptions = {
    binSeconds: 60,
    rangeSeconds: 14_400,
    headShare: 0.05,
    tailShare: 0.99,
    histogramMargin: 0.1,
    forecastMargin: 0.15,
    representativeCv: 2,
    outOfBoundsShare: 0.5,
  };
  const configured = buildScaling(
    loadConfig("scaling: { keep_alive: { policy: hybrid-histogram } }"),
    FACTS,
  ).keepAlive!;
  fc.assert(
    fc.property(idleTimes, (idle) => {
      const expected = decisions(stated, idle);
      deepEqual(decisions({}, idle), expected);
    }),
    { numRuns: 100, seed: 20261108 },
  );
  equal(configured.name, "hybrid-histogram");
});

Deno.test("keep_alive: the policy that its section says", () => {
  const keepAlive = (yaml: string) =>
    buildScaling(loadConfig(`scaling: { keep_alive: { ${yaml} } }`), FACTS).keepAlive!;
  equal(keepAlive("seconds: 17").decide().keepAliveSeconds, 17);
  equal(keepAlive("policy: none").decide().keepAliveSeconds, 0);
  equal(keepAlive("policy: always").decide().keepAliveSeconds, Infinity);
  const spec: HybridHistogramOptions = {
    binSeconds: 30,
    rangeSeconds: 3600,
    headShare: 0.1,
    tailShare: 0.9,
    histogramMargin: 0.2,
    forecastMargin: 0.25,
    representativeCv: 3,
    outOfBoundsShare: 0.4,
  };
  const yaml = `policy: hybrid-histogram, hybrid_histogram: { bin: 30, range: 3600, head: 0.1,
    tail: 0.9, margin: 0.2, forecast_margin: 0.25, representative_cv: 3, out_of_bounds_share: 0.4 }`;
  fc.assert(
    fc.property(idleTimes, (idle) => {
      const configured = keepAlive(yaml);
      const seen = idle.map((seconds) => {
        configured.observeIdle(seconds);
        return { ...configured.decide() };
      });
      deepEqual(seen, decisions(spec, idle));
    }),
    { numRuns: 60, seed: 20261109 },
  );
});

Deno.test("pools: what is not given is as stated", () => {
  const demand = { leadSeconds: 40, windowSeconds: 600, periodSeconds: 10, size: 1, most: 8 };
  const pairs = [
    () => [fixedPool(3), fixedPool(3, 10)],
    () => [littlesLawPool({ leadSeconds: 40 }), littlesLawPool({ ...demand, headroom: 0 })],
    () => [
      newsvendorPool({ leadSeconds: 40 }),
      newsvendorPool({ ...demand, missCost: 3, idleCost: 1 }),
    ],
  ];
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 130 }), (demands) => {
      for (const pair of pairs) {
        const [one, other] = pair();
        equal(one.periodSeconds, other.periodSeconds);
        equal(one.initialSize, other.initialSize);
        deepEqual(demands.map((n) => one.size(n)), demands.map((n) => other.size(n)));
      }
    }),
    { numRuns: 40, seed: 20261110 },
  );
});
