import type { ScalingParts } from "../cluster/cluster_parts.ts";
import { createKeepAlive, type KeepAliveSpec } from "../serverless/keep_alive/mod.ts";
import { createScaling, ScalingDecider, type ScalingSpec } from "../serverless/scaling/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { scalingPolicyName } from "../config/scaling_policy_name.ts";

type Scaling = Configuration["scaling"];

/** What policies that look ahead are told of a function. */
export interface ScalingFacts {
  /** Arrival instants of the function's requests, seconds, ascending. */
  arrivalAtSeconds(): Float64Array;
  /** Time that a request spends in an instance that serves `concurrency` of them, seconds. */
  holdSeconds(concurrency: number): number;
  /** Time that a start takes, seconds. */
  startSeconds(): number;
  /** Weights of an instance, bytes. */
  readonly weightBytes: number;
}

/** A scaling policy of the configuration as plain data. */
function scalingSpec(config: Configuration, facts: ScalingFacts, initial: number): ScalingSpec {
  const { scaling, slo } = config;
  const minInstances = scaling.min_instances;
  const period = scaling.period === null ? {} : { periodSeconds: scaling.period };
  const { target: concurrency } = scaling.concurrency;
  const policy = scalingPolicyName(scaling);
  switch (policy) {
    case "threshold":
      return {
        policy,
        upAbove: scaling.scale_up_threshold ?? 0.8,
        downBelow: scaling.scale_down_threshold ?? 0.2,
        cooldownSeconds: scaling.cooldown_period ?? 30,
        ...period,
      };
    case "concurrency":
      return {
        policy,
        target: concurrency,
        scaleDownWindowSeconds: scaling.concurrency.scale_down_window,
        // Whether the last one goes is the keep-alive's to say.
        keepsLast: true,
        ...period,
      };
    case "queue-delay":
      return { policy, thresholdSeconds: scaling.queue_delay.threshold, ...period };
    case "knative-kpa": {
      const { knative_kpa: kpa } = scaling;
      return {
        policy,
        target: kpa.target,
        targetUtilization: kpa.target_utilization,
        stableWindowSeconds: kpa.stable_window,
        panicWindowFraction: kpa.panic_window_fraction,
        panicThreshold: kpa.panic_threshold,
        maxScaleUpRate: kpa.max_scale_up_rate,
        maxScaleDownRate: kpa.max_scale_down_rate,
        scaleToZeroGraceSeconds: kpa.scale_to_zero_grace,
        activationScale: kpa.activation_scale,
        scaleDownDelaySeconds: kpa.scale_down_delay,
        minInstances,
        initialInstances: initial,
        ...period,
      };
    }
    case "hpa":
      return {
        policy,
        target: scaling.hpa.target,
        tolerance: scaling.hpa.tolerance,
        scaleDownStabilizationSeconds: scaling.hpa.scale_down_stabilization,
        ...period,
      };
    case "keda":
      return {
        policy,
        target: scaling.keda.target,
        activationThreshold: scaling.keda.activation_threshold,
        pollingSeconds: scaling.keda.polling,
        cooldownSeconds: scaling.keda.cooldown,
        minInstances,
        ...period,
      };
    case "slo":
      return {
        policy,
        ttftSeconds: slo.ttft_s ?? Infinity,
        tpotSeconds: slo.tpot_s ?? Infinity,
        upAbove: scaling.slo.up_above,
        downBelow: scaling.slo.down_below,
        downReadings: scaling.slo.down_readings,
        maxGrowth: scaling.slo.max_growth,
        scaleToZeroAfterSeconds: scaling.slo.scale_to_zero_after ?? Infinity,
        ...period,
      };
    case "predictive": {
      const { predictive } = scaling;
      return {
        policy,
        ratePerInstance: predictive.rate_per_instance ??
          concurrency / facts.holdSeconds(concurrency),
        leadSeconds: predictive.lead ?? facts.startSeconds(),
        deviations: predictive.deviations,
        alpha: predictive.alpha,
        beta: predictive.beta,
        gamma: predictive.gamma,
        seasonSeconds: predictive.season,
        ...period,
      };
    }
    case "schedule":
      return {
        policy,
        entries: scaling.schedule.entries.map(({ from, instances }) => ({
          fromSeconds: from,
          instances,
        })),
        repeatSeconds: scaling.schedule.repeat ?? Infinity,
        leadSeconds: scaling.schedule.lead,
        ...period,
      };
    case "oracle":
      return {
        policy,
        arrivalAtSeconds: facts.arrivalAtSeconds(),
        holdSeconds: scaling.oracle.hold ?? facts.holdSeconds(concurrency),
        concurrencyPerInstance: concurrency,
        leadSeconds: scaling.oracle.lead ?? facts.startSeconds(),
        ...period,
      };
  }
}

/** The keep-alive policy of the configuration as plain data. */
function keepAliveSpec(keepAlive: Scaling["keep_alive"]): KeepAliveSpec {
  const { policy, seconds, hybrid_histogram: histogram } = keepAlive;
  switch (policy) {
    case "fixed":
      return { policy, seconds };
    case "none":
    case "always":
      return { policy };
    case "hybrid-histogram":
      return {
        policy,
        binSeconds: histogram.bin,
        rangeSeconds: histogram.range,
        headShare: histogram.head,
        tailShare: histogram.tail,
        histogramMargin: histogram.margin,
        representativeCv: histogram.representative_cv,
        outOfBoundsShare: histogram.out_of_bounds_share,
        forecastMargin: histogram.forecast_margin,
      };
  }
}

/** What instances that are not needed do in place of stopping; nothing where they stop. */
function sleepParts(
  { level, ttl }: Scaling["keep_alive"]["sleep"],
  weightBytes: number,
): Pick<ScalingParts, "sleep"> {
  if (level === 0) return {};
  const dramBytes = level === 1 ? weightBytes : 0;
  return { sleep: { level: level as 1 | 2, ttlSeconds: ttl, dramBytes } };
}

/** How many instances a function has, and who decides. */
export function buildScaling(config: Configuration, facts: ScalingFacts): ScalingParts {
  const { scaling, cluster, cold_start: start } = config;
  if (!scaling.enabled) {
    return {
      minInstances: cluster.num_replicas,
      maxInstances: cluster.num_replicas,
      initialInstances: cluster.num_replicas,
      activation: "none",
    };
  }
  const { min_instances: minInstances, max_instances: maxInstances } = scaling;
  const initialInstances = start.initial_instances ?? minInstances;
  const policy = createScaling(scalingSpec(config, facts, initialInstances));
  return {
    decider: new ScalingDecider(policy, {
      minInstances,
      maxInstances,
      maxStepUp: scaling.max_step_up ?? Infinity,
      maxStepDown: scaling.max_step_down ?? Infinity,
      scrapeDelaySeconds: scaling.scrape_delay,
      actuationDelaySeconds: scaling.actuation_delay,
    }),
    minInstances,
    maxInstances,
    initialInstances,
    activation: scaling.activation,
    reservesStarts: scaling.reserve_starts,
    keepAlive: createKeepAlive(keepAliveSpec(scaling.keep_alive)),
    ...sleepParts(scaling.keep_alive.sleep, facts.weightBytes),
  };
}
