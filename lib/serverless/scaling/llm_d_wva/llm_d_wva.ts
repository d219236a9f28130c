import { withDefaults } from "../../../settings/from_table.ts";
import { choice, flag, quantity } from "../../../settings/quantities.ts";
import { checkNumber } from "../check.ts";
import type { InstanceFacts, ScalingEntry, ScalingPolicy, ScalingSignals } from "../policy.ts";
import { ReplicaTarget } from "../replica_target.ts";
import { MetricsWindow } from "./metrics_window.ts";
import { RateCapacity } from "./rate_capacity.ts";
import { saturationChange, TokenCapacity } from "./saturation.ts";
import { limitSeconds, plannerNeeds } from "../planner_needs.ts";

/** Settings of `llm-d-wva`. */
export type LlmDWvaSettings = {
  readonly analyzer: "v1" | "v2" | "queue-model";
  readonly kvCacheThreshold: number;
  readonly queueLengthThreshold: number;
  readonly kvSpareTrigger: number;
  readonly queueSpareTrigger: number;
  readonly scaleUpThreshold: number;
  readonly scaleDownBoundary: number;
  readonly targetTtftSeconds: number | null;
  readonly targetItlSeconds: number | null;
  readonly sloMultiplier: number;
  readonly tuningEnabled: boolean;
  readonly optimizationIntervalSeconds: number;
  readonly metricsWindowSeconds: number;
  readonly scaleToZero: boolean;
  readonly retentionPeriodSeconds: number;
};

/** `llm-d-wva` as files name it. */
export const llmDWvaPolicy: ScalingEntry<"llm-d-wva", LlmDWvaSettings> = {
  name: "llm-d-wva",
  describe:
    "llm-d's workload-variant autoscaler of one variant: by saturation, by tokens or by a " +
    "queueing model, with its defaults.",
  periodSeconds: 15,
  keepsReplicas: true,
  fewest: ({ scaleToZero }, least) => scaleToZero ? least : Math.max(1, least),
  settings: {
    analyzer: choice(["v1", "v2", "queue-model"], {
      wanted: "an analyzer",
      default: "v1",
      describe: "What decides: shares of KV memory and queue, tokens, or the rate that keeps the " +
        "latency targets.",
    }),
    kvCacheThreshold: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.8,
      describe: "Share of KV blocks in use from which an instance is saturated.",
    }),
    queueLengthThreshold: quantity("number", {
      min: 0,
      default: 5,
      describe: "Waiting requests from which an instance is saturated.",
    }),
    kvSpareTrigger: quantity("fraction", {
      min: 0,
      max: 1,
      default: 0.1,
      describe: "One more where the others' mean distance to `kv_cache_threshold` is less.",
    }),
    queueSpareTrigger: quantity("number", {
      min: 0,
      default: 3,
      describe: "One more where the others' mean distance to `queue_length_threshold` is less.",
    }),
    scaleUpThreshold: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.85,
      describe: "Share of the tokens that all instances have room for above which more are needed.",
    }),
    scaleDownBoundary: quantity("fraction", {
      above: 0,
      max: 1,
      default: 0.7,
      describe: "Share of them that demand must fit in for some to go.",
    }),
    targetTtftSeconds: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Target of the time to first token, seconds; null: that of `slo`. Without both " +
        "targets the model makes its own.",
    }),
    targetItlSeconds: quantity("seconds", {
      above: 0,
      default: null,
      describe: "Target of the time between tokens, seconds; null: that of `slo`.",
    }),
    sloMultiplier: quantity("number", {
      above: 1,
      default: 3,
      describe: "Times the base of an iteration that it may take, for targets of its own.",
    }),
    tuningEnabled: flag({
      default: true,
      describe: "The model goes on learning from measured steps.",
    }),
    optimizationIntervalSeconds: quantity("seconds", {
      above: 0,
      default: 60,
      describe: "Time between two decisions, seconds; metrics are read every period.",
    }),
    metricsWindowSeconds: quantity("seconds", {
      above: 0,
      default: 60,
      describe: "Window of the metrics' maxima, means and rates, seconds.",
    }),
    scaleToZero: flag({
      default: false,
      describe: "No instance without requests for `retention_period`; otherwise one stays.",
    }),
    retentionPeriodSeconds: quantity("seconds", {
      min: 0,
      default: 600,
      describe: "Time without requests before the last instance goes, seconds.",
    }),
  },
  readWhen: {
    kvCacheThreshold: [{ analyzer: ["v1", "v2"] }],
    queueLengthThreshold: [{ analyzer: ["v1", "v2"] }],
    kvSpareTrigger: [{ analyzer: ["v1"] }],
    queueSpareTrigger: [{ analyzer: ["v1"] }],
    scaleUpThreshold: [{ analyzer: ["v2"] }],
    scaleDownBoundary: [{ analyzer: ["v2"] }],
    targetTtftSeconds: [{ analyzer: ["queue-model"] }],
    targetItlSeconds: [{ analyzer: ["queue-model"] }],
    sloMultiplier: [{ analyzer: ["queue-model"] }],
    tuningEnabled: [{ analyzer: ["queue-model"] }],
    retentionPeriodSeconds: [{ scaleToZero: [true] }],
  },
  cuts: { metricsWindowSeconds: "period" },
  check: (settings, { isChosen, periodSeconds }) => [
    ...(!isChosen || settings.optimizationIntervalSeconds >= periodSeconds ? [] : [{
      option: "optimizationIntervalSeconds",
      wanted: "a time between two decisions",
      allowed: `>= the period, which is ${periodSeconds}`,
    }]),
    ...(settings.kvCacheThreshold >= settings.kvSpareTrigger ? [] : [{
      option: "kvSpareTrigger",
      wanted: "a trigger",
      allowed: `<= kv_cache_threshold, which is ${settings.kvCacheThreshold}`,
    }]),
    ...(settings.scaleUpThreshold > settings.scaleDownBoundary ? [] : [{
      option: "scaleDownBoundary",
      wanted: "a boundary",
      allowed: `< scale_up_threshold, which is ${settings.scaleUpThreshold}`,
    }]),
  ],
  // With the defaults a queue that comes and goes with one instance makes that one come and go.
  laws: { options: { kvSpareTrigger: 0.25 } },
  create: (settings, needs) =>
    llmDWva({
      ...settings,
      ...plannerNeeds(needs),
      targetTtftSeconds: limitSeconds(settings.targetTtftSeconds, needs.ttftSeconds),
      targetItlSeconds: limitSeconds(settings.targetItlSeconds, needs.tpotSeconds),
    }),
};

/** What `llm-d-wva` takes beyond its settings. */
export interface LlmDWvaOptions extends Partial<LlmDWvaSettings> {
  /** What an instance can do. */
  readonly instance: InstanceFacts;
  /** Instances that are wanted when the policy begins; default 0. */
  readonly initialInstances?: number;
  /** What somebody else has taken away stays away; default false: it is replaced. */
  readonly followsFleet?: boolean;
  /** Seconds between two looks at the metrics; default 15. */
  readonly periodSeconds?: number;
}

/**
 * llm-d's workload-variant autoscaler for one variant of a model: metrics are read every period, and
 * every interval one of three analyzers decides.
 *
 * - `v1`: {@link saturationChange}, one replica at a time and none while any is starting.
 * - `v2`: {@link TokenCapacity}, as many as the tokens need, those that are starting counted.
 * - `queue-model`: {@link RateCapacity}, arrivals over the rate that keeps the latency targets.
 *
 * From none the first waiting request starts one at the next look.
 *
 * @source llm-d workload-variant autoscaler (256df39c; queueing model 51808888): internal/saturation,
 *   internal/engines, internal/config/saturation_scaling.go
 */
export function llmDWva(options: LlmDWvaOptions): ScalingPolicy {
  const settings = withDefaults(llmDWvaPolicy.settings, options);
  const { analyzer, optimizationIntervalSeconds: intervalSeconds, metricsWindowSeconds } = settings;
  const { scaleToZero, retentionPeriodSeconds } = settings;
  const {
    instance,
    initialInstances = 0,
    followsFleet = false,
    periodSeconds = llmDWvaPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(intervalSeconds, "optimizationIntervalSeconds", { min: periodSeconds });
  checkNumber(settings.kvSpareTrigger, "kvSpareTrigger", { max: settings.kvCacheThreshold });
  checkNumber(settings.scaleUpThreshold, "scaleUpThreshold", {
    min: settings.scaleDownBoundary,
    above: true,
  });
  const metrics = new MetricsWindow(metricsWindowSeconds);
  const tokens = new TokenCapacity(instance, settings);
  const rates = analyzer === "queue-model" ? new RateCapacity(instance, settings) : undefined;
  const target = new ReplicaTarget(initialInstances, followsFleet);
  let intervals = 0;

  /** What the analyzer says of the replicas that report. */
  function analyze({ ready, starting, queued }: ScalingSignals): number {
    const replicas = metrics.replicas();
    if (replicas.length === 0) return target.count;
    const means = metrics.means();
    if (rates !== undefined) return rates.desired(metrics.arrivalRate(), means) ?? target.count;
    if (analyzer === "v2") return tokens.desired(replicas, { pending: starting, queued, ...means });
    if (starting > 0) return target.count;
    return ready + saturationChange(replicas, settings);
  }

  function decide(signals: ScalingSignals): number {
    const { nowSeconds, ready, starting, queued, idleSeconds } = signals;
    if (ready + starting === 0) return queued > 0 ? Math.max(1, target.count) : target.count;
    const over = Math.floor(nowSeconds / intervalSeconds + 1e-9);
    if (over === intervals) return target.count;
    intervals = over;
    const isUnused = scaleToZero && idleSeconds > 0 && idleSeconds >= retentionPeriodSeconds;
    return isUnused ? 0 : Math.max(1, analyze(signals));
  }

  return {
    periodSeconds,
    readsInstances: true,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: Math.max(20 * intervalSeconds, scaleToZero ? retentionPeriodSeconds : 0),
    // Metrics of that time are gone from the window, and the next decision keeps its instant.
    remembers: Math.ceil(Math.max(metricsWindowSeconds, intervalSeconds) / periodSeconds) + 1,
    desired(signals) {
      target.see(signals);
      metrics.scrape(signals);
      rates?.learn(signals.instances ?? []);
      return target.count = decide(signals);
    },
  };
}
