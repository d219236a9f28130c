import { withDefaults } from "../../settings/from_table.ts";
import { choice, count, flag, quantity } from "../../settings/quantities.ts";
import { share } from "../../settings/share.ts";
import { LIMITS } from "../../sim/limits.ts";
import { checkMost, checkNumber } from "./check.ts";
import { KnativeAutoscaler, type KnativeDecision } from "./knative_autoscaler.ts";
import { KnativeRevision } from "./knative_revision.ts";
import { nextMultiple, type ScalingEntry, type ScalingPolicy } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `knative-kpa`. */
export type KnativeKpaSettings = {
  readonly metric: "concurrency" | "rps";
  readonly target: number | null;
  readonly targetUtilization: number;
  readonly targetBurstCapacity: number;
  readonly stableWindowSeconds: number;
  readonly panicWindowFraction: number;
  readonly panicThreshold: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly scaleDownDelaySeconds: number;
  readonly initialScale: number | null;
  readonly activationScale: number;
  readonly enableScaleToZero: boolean;
  readonly scaleToZeroGraceSeconds: number;
  readonly podRetentionSeconds: number;
  readonly progressDeadlineSeconds: number;
};

const settings: ScalingEntry<"knative-kpa", KnativeKpaSettings>["settings"] = {
  metric: choice(["concurrency", "rps"], {
    wanted: "a metric of Knative's autoscaler",
    default: "concurrency",
    describe: "What is scaled by: requests in flight, or requests per second.",
  }),
  target: quantity("number", {
    above: 0,
    default: null,
    describe: "Value of the metric that an instance may have, at most " +
      "`gateway.concurrency_per_instance` of `concurrency`; null: that, or 100 where it has no " +
      "limit, and 200 of `rps`.",
  }),
  targetUtilization: share({
    above: 0,
    max: 1,
    default: 0.7,
    aliases: ["target_utilization_percentage", "container_concurrency_target_percentage"],
    describe: "Share of that value that the policy aims at; above 1: per cent.",
  }),
  targetBurstCapacity: quantity("number", {
    min: -1,
    default: 211,
    describe: "Requests of a burst that instances should have room for: while they have less, " +
      "requests go through the activator, which holds them back. 0: only without an instance; " +
      "-1: always.",
  }),
  stableWindowSeconds: quantity("seconds", {
    above: 0,
    default: 60,
    aliases: ["window"],
    describe: "Window of the stable mean, seconds.",
  }),
  panicWindowFraction: share({
    above: 0,
    max: 1,
    default: 0.1,
    aliases: ["panic_window_percentage"],
    describe: "Panic window as a share of the stable one, in whole seconds; above 1: per cent.",
  }),
  panicThreshold: share({
    above: 1,
    max: 10,
    default: 2,
    aliases: ["panic_threshold_percentage"],
    describe: "Panic begins when the panic window asks for this multiple of the ready instances; " +
      "above 10: per cent.",
  }),
  maxScaleUpRate: quantity("number", {
    above: 1,
    default: 1000,
    describe: "Greatest ratio of desired to ready instances in one evaluation.",
  }),
  maxScaleDownRate: quantity("number", {
    above: 1,
    default: 2,
    describe: "Greatest ratio of ready to desired instances in one evaluation.",
  }),
  scaleDownDelaySeconds: quantity("seconds", {
    min: 0,
    default: 0,
    describe: "Scale-down takes the greatest decision of this time, seconds.",
  }),
  initialScale: count({
    min: 0,
    max: LIMITS.initialInstances.value,
    default: null,
    describe: "Instances that start when the run begins, and of which there are no fewer until " +
      "all have been ready; null: the revision has been there before.",
  }),
  activationScale: count({
    min: 1,
    default: 1,
    describe: "Least number of instances when there are any.",
  }),
  enableScaleToZero: flag({
    default: true,
    describe: "Whether the last instance goes when there is no traffic.",
  }),
  scaleToZeroGraceSeconds: quantity("seconds", {
    min: 0,
    default: 30,
    aliases: ["scale_to_zero_grace_period"],
    describe:
      "Time that it takes at most until the network leads to the activator, for which the " +
      "last instances are kept after the decision for none, seconds. It is over where the " +
      "activator has been in the path before.",
  }),
  podRetentionSeconds: quantity("seconds", {
    min: 0,
    default: 0,
    key: "scale_to_zero_pod_retention_period",
    describe: "Least time that the last instances are kept after the decision for none, seconds.",
  }),
  progressDeadlineSeconds: quantity("seconds", {
    above: 0,
    default: 600,
    describe: "Time of a start after which its instance goes again, if nobody waits, seconds.",
  }),
};

/** `knative-kpa` as files name it. */
export const knativeKpaPolicy: ScalingEntry<"knative-kpa", KnativeKpaSettings> = {
  name: "knative-kpa",
  describe:
    "Knative's pod autoscaler: a stable and a panic window over requests in flight, with Knative's " +
    "defaults.",
  periodSeconds: 2,
  keepsReplicas: true,
  mayGoDirect: ({ targetBurstCapacity }) => targetBurstCapacity !== -1,
  startsWith: ({ initialScale }) => initialScale ?? 0,
  fewest: ({ enableScaleToZero }, least) => enableScaleToZero ? least : Math.max(1, least),
  settings,
  cuts: { stableWindowSeconds: "period", scaleDownDelaySeconds: "period" },
  check: ({ targetBurstCapacity: capacity, initialScale, activationScale }, facts) => [
    ...(capacity < 0 && capacity !== -1
      ? [{
        option: "targetBurstCapacity",
        wanted: "a capacity for bursts",
        allowed: "-1 for no bound, or >= 0",
      }]
      : []),
    ...checkMost("initialScale", "instances at the start", [initialScale], facts),
    ...checkMost("activationScale", "the fewest instances of any", [activationScale], facts),
  ],
  laws: { options: { target: 10, targetUtilization: 1 } },
  create: (options, { minInstances, initialInstances, periodSeconds, requestsPerInstance }) =>
    knativeKpa({
      ...options,
      minInstances,
      initialInstances,
      periodSeconds,
      containerConcurrency: requestsPerInstance,
    }),
};

/** What `knative-kpa` takes beyond its settings. */
export interface KnativeKpaOptions extends Partial<KnativeKpaSettings> {
  /** Most requests that an instance takes at once, >= 1; default Infinity. */
  readonly containerConcurrency?: number;
  /** Fewest instances, >= 0; with 1 or more there is no decision for none. Default 0. */
  readonly minInstances?: number;
  /** Instances ready when the policy begins: with more than 1 it begins in panic. Default 0. */
  readonly initialInstances?: number;
  /** Seconds between evaluations; default 2. */
  readonly periodSeconds?: number;
}

/** Values of the metrics where nobody says otherwise: requests in flight, and per second. */
const DEFAULT_TOTALS = { concurrency: 100, rps: 200 };

/** Requests that the proxy of an instance holds, as a multiple of those that it lets in. */
const PROXY_QUEUE = 10;

/** Least target: smaller ones would ask for instances without end. */
const LEAST_TARGET = 0.01;

/**
 * Value of the metric that an instance can take, and that it is to have.
 *
 * @source Knative Serving, pkg/reconciler/autoscaling/resources/target.go (ResolveMetricTarget)
 */
export function knativeTarget(
  { metric, target, targetUtilization, containerConcurrency }:
    & Pick<KnativeKpaSettings, "metric" | "target" | "targetUtilization">
    & { readonly containerConcurrency: number },
): { readonly total: number; readonly target: number } {
  const limit = metric === "concurrency" ? containerConcurrency : Infinity;
  const total = target !== null
    ? Math.min(target, limit)
    : limit < Infinity
    ? limit
    : DEFAULT_TOTALS[metric];
  return { total, target: Math.max(LEAST_TARGET, total * targetUtilization) };
}

/**
 * Knative's pod autoscaler (KPA): a stable and a panic window, rate limits, panic without scale-down,
 * and scale to zero. What an instance is to have is min(target, container concurrency) times the
 * target utilisation.
 *
 * While the activator is in the path, requests that instances have no room for wait at the gateway. When
 * there is room for the burst it is not: then each goes to an instance at once, and waits there for its
 * proxy to let it in.
 *
 * Concurrency counts requests held at the gateway, as Knative's activator reports its own. Windows
 * are made of the means of the evaluation periods: with a period that divides both windows, the
 * averages are those of Knative's one-second buckets.
 *
 * @source Knative Serving, pkg/autoscaler/scaling/autoscaler.go (Scale), pkg/autoscaler/aggregation/bucketing.go
 *   (WindowAverage), pkg/activator/handler/concurrency_reporter.go (computeReport), pkg/queue (breaker),
 *   pkg/reconciler/autoscaling/kpa/scaler.go (scale, handleScaleToZero); defaults of config-autoscaler
 *
 * @example
 * ```ts
 * import { knativeKpa } from "./mod.ts";
 * const policy = knativeKpa({ target: 10 });
 * console.log(policy.periodSeconds); // 2
 * ```
 */
export function knativeKpa(options: KnativeKpaOptions = {}): ScalingPolicy {
  const own = withDefaults(settings, options);
  const {
    containerConcurrency = Infinity,
    minInstances = 0,
    initialInstances = 0,
    periodSeconds = knativeKpaPolicy.periodSeconds,
  } = options;
  checkNumber(containerConcurrency, "containerConcurrency", { min: 1 });
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const rules = { ...own, ...knativeTarget({ ...own, containerConcurrency }), minInstances };
  const autoscaler = new KnativeAutoscaler(rules, initialInstances);
  const revision = new KnativeRevision(rules, initialInstances);
  const { stableWindowSeconds, scaleDownDelaySeconds } = own;
  let askedAtSeconds = 0;
  let wasBusy = false;
  /** Instances of which there are no fewer until all have been ready. */
  let initialScale = own.initialScale ?? 0;
  let last: KnativeDecision | undefined;
  const { targetBurstCapacity } = own;
  const firstCapacity = targetBurstCapacity > 0
    ? rules.total - targetBurstCapacity
    : targetBurstCapacity;
  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: 2 * stableWindowSeconds + scaleDownDelaySeconds + 3 +
      Math.max(own.scaleToZeroGraceSeconds, own.podRetentionSeconds),
    // An interval of reports begins with the evaluation before.
    remembers: 1,
    get directLimit() {
      return revision.isProxied ? 0 : (1 + PROXY_QUEUE) * containerConcurrency;
    },
    nextAfter: (atSeconds) => {
      const next = nextMultiple(atSeconds, periodSeconds);
      const { looksAtSeconds } = revision;
      return looksAtSeconds > atSeconds ? Math.min(next, looksAtSeconds) : next;
    },
    desired(signals) {
      const { nowSeconds, ready, concurrency, arrivals } = signals;
      const seconds = nowSeconds - askedAtSeconds;
      // Instances report all the time, the activator while it has requests, and once when it has none.
      const isBusy = concurrency > 0 || arrivals > 0 && own.metric === "rps";
      if (seconds > 0 && (ready > 0 || isBusy || wasBusy)) {
        const value = own.metric === "rps" ? arrivals / seconds : concurrency;
        autoscaler.report(askedAtSeconds, nowSeconds, value);
      }
      askedAtSeconds = nowSeconds;
      wasBusy = isBusy;
      const replicas = wantedInstances(signals);
      if (ready >= initialScale) initialScale = 0;
      // Without any report the last decision stands.
      last = autoscaler.decide(nowSeconds, ready) ?? last;
      const wanted = Math.max(minInstances, initialScale, last?.desired ?? replicas);
      const count = revision.apply(nowSeconds, wanted, ready, replicas);
      revision.follow(nowSeconds, last?.excessBurstCapacity ?? firstCapacity);
      return count;
    },
  };
}
