import { withDefaults } from "../../settings/from_table.ts";
import type { Contradiction, SettingGroup, SettingList } from "../../settings/policy.ts";
import { choice, count, quantity } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import { checkMost, checkNumber } from "./check.ts";
import { aggregated, type FleetMetric, FleetReadings, summed } from "./fleet_readings.ts";
import { HPA_SCALE_DOWN, HpaBehavior, type HpaRules, settlesWithin } from "./hpa_behavior.ts";
import {
  type HpaBehaviorSettings,
  hpaBehaviorSettings,
  hpaRules,
} from "./hpa_behavior_settings.ts";
import {
  type HpaPods,
  replicasForAll,
  replicasForAverage,
  replicasForValue,
} from "./hpa_replicas.ts";
import { KedaActivation } from "./keda_activation.ts";
import { type KedaTrigger, kedaTriggers } from "./keda_triggers.ts";
import {
  nextMultiple,
  type ScalingEntry,
  type ScalingPolicy,
  type ScalingSignals,
} from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

/** Settings of `keda`. */
export type KedaSettings = {
  readonly target: number;
  readonly activationThreshold: number;
  readonly triggers: readonly {
    readonly metric: FleetMetric;
    readonly metricType: "average-value" | "value";
    readonly aggregate?: "sum" | "mean" | null;
    readonly target: number | null;
    readonly activationThreshold: number;
  }[];
  readonly pollingSeconds: number;
  readonly cooldownSeconds: number;
  readonly initialCooldownSeconds: number;
  readonly idleReplicaCount: number | null;
  readonly fallback: {
    readonly failureThreshold: number;
    readonly replicas: number | null;
    readonly behavior:
      | "static"
      | "current-replicas"
      | "current-replicas-if-higher"
      | "current-replicas-if-lower";
  };
  readonly outages: readonly { readonly fromSeconds: number; readonly untilSeconds: number }[];
  readonly behavior: HpaBehaviorSettings;
};

type KedaFallback = KedaSettings["fallback"];

const fallback: SettingGroup<KedaFallback> = {
  kind: "group",
  description: "What is done while the metrics cannot be read.",
  settings: {
    failureThreshold: count({
      min: 0,
      default: 3,
      describe: "Readings of the autoscaler that have to fail before.",
    }),
    replicas: count({
      min: 0,
      default: null,
      describe: "Instances that there are then; null: the number stays as it is.",
    }),
    behavior: choice(
      [
        "static",
        "current-replicas",
        "current-replicas-if-higher",
        "current-replicas-if-lower",
      ],
      {
        wanted: "a behaviour without metrics",
        default: "static",
        otherNames: {
          currentReplicas: "current-replicas",
          currentReplicasIfHigher: "current-replicas-if-higher",
          currentReplicasIfLower: "current-replicas-if-lower",
        },
        describe: "Whether `replicas` counts, or the present number, or the present one where it " +
          "is higher or lower.",
      },
    ),
  },
};

const outages: SettingList<KedaSettings["outages"][number]> = {
  kind: "list",
  description: "Times in which the metrics cannot be read.",
  itemDescription: "One such time.",
  item: {
    fromSeconds: quantity("seconds", { min: 0, default: 0, describe: "Its begin, seconds." }),
    untilSeconds: quantity("seconds", { min: 0, default: 0, describe: "Its end, seconds." }),
  },
};

/** `keda` as files name it. */
export const kedaPolicy: ScalingEntry<"keda", KedaSettings> = {
  name: "keda",
  describe:
    "KEDA: to and from zero by the queue or other triggers, and Kubernetes' autoscaler from " +
    "1 on, with KEDA's defaults.",
  periodSeconds: 15,
  keepsReplicas: true,
  looksEvery: "pollingSeconds",
  fewest: ({ idleReplicaCount }, minInstances) => idleReplicaCount ?? minInstances,
  settings: {
    target: quantity("number", {
      above: 0,
      default: 5,
      describe: "Waiting requests per instance that the policy aims at, where `triggers` has none.",
    }),
    activationThreshold: quantity("number", {
      min: 0,
      default: 0,
      describe: "The first instance starts when more requests than this wait, where `triggers` " +
        "has none.",
    }),
    triggers: kedaTriggers,
    pollingSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: 30,
      aliases: ["polling_interval"],
      describe: "Time between two looks at the triggers for activation, seconds.",
    }),
    cooldownSeconds: quantity("seconds", {
      min: 0,
      default: 300,
      aliases: ["cooldown_period"],
      describe: "Time after the last active look before the last instance goes, seconds.",
    }),
    initialCooldownSeconds: quantity("seconds", {
      min: 0,
      default: 0,
      aliases: ["initial_cooldown_period"],
      describe: "Time from the begin of the run before the last instance goes where no look has " +
        "been active, seconds.",
    }),
    idleReplicaCount: count({
      min: 0,
      default: null,
      describe:
        "Instances for as long as no trigger is active, fewer than `min_instances`, which there are " +
        "at once when one is; null: as many as those.",
    }),
    fallback,
    outages,
    behavior: hpaBehaviorSettings("300"),
  },
  unread: { target: "triggers", activationThreshold: "triggers" },
  check: ({ triggers, idleReplicaCount, outages, fallback }, facts): Contradiction[] => [
    ...checkMost("fallback", "instances without metrics", [fallback.replicas], facts),
    ...triggers.filter(({ target }) => target === null).map(({ metric }) => ({
      option: "triggers",
      wanted: "triggers of KEDA",
      value: metric,
      allowed: "each with its target",
    })),
    ...(idleReplicaCount !== null && idleReplicaCount >= facts.minInstances
      ? [{
        option: "idleReplicaCount",
        wanted: "a number of instances without load",
        allowed: `fewer than scaling.min_instances, which is ${facts.minInstances}`,
      }]
      : []),
    ...outages.filter(({ fromSeconds, untilSeconds }) => untilSeconds <= fromSeconds).map((
      one,
    ) => ({
      option: "outages",
      wanted: "times without metrics",
      value: [one.fromSeconds, one.untilSeconds],
      allowed: "each until later than from",
    })),
  ],
  laws: { options: { target: 10 } },
  create: ({ behavior, ...settings }, { minInstances, initialInstances, periodSeconds }) =>
    keda({
      ...settings,
      ...hpaRules(behavior, HPA_SCALE_DOWN.stabilizationSeconds),
      minInstances,
      initialInstances,
      periodSeconds,
    }),
};

/** What `keda` takes beyond its settings. */
export interface KedaOptions extends Partial<Omit<KedaSettings, "behavior">> {
  /** In place of `triggers`: one, which nothing but what there is may change. */
  readonly metric?: (signals: ScalingSignals) => number;
  /** Fewest instances, >= 0; default 0. */
  readonly minInstances?: number;
  /** Instances that are there when it begins, >= 0; absent: those that it sees first. */
  readonly initialInstances?: number;
  /** No change while metric / (target x instances) is this near to 1; default 0.1. */
  readonly tolerance?: number;
  /** Rules of scale-up from 1; default `HPA_SCALE_UP`. */
  readonly scaleUp?: HpaRules;
  /** Rules of scale-down to 1; default `HPA_SCALE_DOWN`. */
  readonly scaleDown?: HpaRules;
  /** Seconds between evaluations of the autoscaler from 1 upwards; default 15. */
  readonly periodSeconds?: number;
}

/** Instances that a fallback stands for. */
function fallbackReplicas({ replicas, behavior }: KedaFallback, current: number): number {
  const given = replicas ?? 0;
  switch (behavior) {
    case "static":
      return given;
    case "current-replicas":
      return current;
    case "current-replicas-if-higher":
      return Math.max(current, given);
    case "current-replicas-if-lower":
      return Math.min(current, given);
  }
}

/**
 * KEDA: from none to one instance and back by activation thresholds and a cooldown, looked at every
 * polling interval; between 1 and N by a Kubernetes HPA on external metrics with an average target,
 * ceil(metric / target), every 15 s. Both look by their own clocks.
 *
 * @source KEDA documentation, "Scaling deployments" and "ScaledObject specification" (pollingInterval
 *   30 s, cooldownPeriod 300 s, initialCooldownPeriod 0 s, activating and scaling thresholds);
 *   pkg/scaling/executor/scale_scaledobjects.go (RequestScale), pkg/fallback/fallback.go (doFallback)
 */
export function keda(options: KedaOptions = {}): ScalingPolicy {
  const { behavior: _, ...declared } = kedaPolicy.settings;
  const own = withDefaults<Omit<KedaSettings, "behavior">>(declared, options);
  const standard = hpaRules(
    withDefaults(kedaPolicy.settings, {}).behavior,
    HPA_SCALE_DOWN.stabilizationSeconds,
  );
  const {
    metric,
    minInstances = 0,
    tolerance = 0.1,
    scaleUp = standard.scaleUp,
    scaleDown = standard.scaleDown,
    periodSeconds = kedaPolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  const { pollingSeconds, cooldownSeconds, initialCooldownSeconds, target, activationThreshold } =
    own;
  const followed: readonly KedaTrigger[] = own.triggers.length > 0 ? own.triggers : [{
    metric: "waiting",
    metricType: "average-value",
    aggregate: null,
    target,
    activationThreshold,
  }];
  const readings = new FleetReadings(periodSeconds);
  const activation = new KedaActivation({
    ...own,
    minInstances,
    ...(options.initialInstances !== undefined && { initialInstances: options.initialInstances }),
  });
  const behavior = new HpaBehavior(scaleUp, scaleDown);
  const fewest = Math.max(1, minInstances);
  let nextPollSeconds = pollingSeconds;
  let nextSyncSeconds = periodSeconds;
  let failures = 0;

  const isOut = (nowSeconds: number) =>
    own.outages.some(({ fromSeconds, untilSeconds }) =>
      fromSeconds <= nowSeconds && nowSeconds < untilSeconds
    );
  const valueOf = (one: KedaTrigger, value: number | undefined, { ready }: ScalingSignals) => {
    const { aggregate = null } = one;
    if (value === undefined || aggregate === null) return value;
    return aggregated(one.metric, value, ready, aggregate);
  };
  const read = (one: KedaTrigger, signals: ScalingSignals) =>
    metric === undefined ? valueOf(one, readings.read(one.metric), signals) : metric(signals);
  /** What KEDA itself sees at its look. */
  const seen = (one: KedaTrigger, signals: ScalingSignals) =>
    metric === undefined ? valueOf(one, readings.now(one.metric), signals) : metric(signals);
  /** What the autoscaler reads: a sum where the target is per instance. */
  const reading = (one: KedaTrigger, signals: ScalingSignals) => {
    const value = read(one, signals);
    const isRead = one.metricType === "value" || (one.aggregate ?? null) !== null ||
      metric !== undefined;
    if (value === undefined || isRead) return value;
    return summed(one.metric, value, signals.ready);
  };

  /** What a trigger asks for; undefined when it has no value. */
  function asked(one: KedaTrigger, value: number | undefined, pods: HpaPods): number | undefined {
    if (value === undefined || one.target === null) return undefined;
    const goal = { target: one.target, tolerance };
    return one.metricType === "value"
      ? replicasForValue(value, pods, goal)
      : replicasForAverage(value, pods, goal);
  }

  /** The value that stands for a trigger's while it cannot be read. */
  function instead(one: KedaTrigger, { ready, replicas = 0 }: HpaPods): number | undefined {
    if (own.fallback.replicas === null || failures <= own.fallback.failureThreshold) {
      return undefined;
    }
    const total = fallbackReplicas(own.fallback, replicas) * one.target!;
    if (one.metricType === "average-value") return total;
    return ready > 0 ? total / ready : undefined;
  }

  /** What Kubernetes' autoscaler makes of the triggers. */
  function autoscale(signals: ScalingSignals, replicas: number): number {
    const { nowSeconds, ready, starting } = signals;
    if (replicas < fewest) return fewest;
    const isFailing = isOut(nowSeconds);
    failures = isFailing ? failures + 1 : 0;
    const pods = { ready, starting, replicas };
    const most = replicasForAll(
      followed.map((one) =>
        asked(one, isFailing ? instead(one, pods) : reading(one, signals), pods)
      ),
      replicas,
    );
    if (most === undefined) return replicas;
    return behavior.next(nowSeconds, replicas, Math.max(fewest, most));
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => Infinity,
    settlesWithinSeconds: pollingSeconds +
      Math.max(cooldownSeconds, initialCooldownSeconds, settlesWithin(scaleDown)),
    // A rate is of the time since the evaluation before.
    remembers: 1,
    nextAfter: (atSeconds) =>
      Math.min(nextMultiple(atSeconds, pollingSeconds), nextMultiple(atSeconds, periodSeconds)),
    desired(signals) {
      const { nowSeconds } = signals;
      readings.add(signals);
      const replicas = wantedInstances(signals);
      activation.sees(nowSeconds, replicas);
      // The autoscaler's first reading is of the begin, whenever somebody asks for the first time.
      behavior.begin(Math.min(nowSeconds, periodSeconds), replicas);
      let count: number | undefined;
      if (nowSeconds >= nextPollSeconds - 1e-9) {
        nextPollSeconds = nextMultiple(nowSeconds, pollingSeconds);
        const isActive = followed.some((one) =>
          (seen(one, signals) ?? 0) > one.activationThreshold
        );
        count = activation.poll(nowSeconds, replicas, isOut(nowSeconds) ? undefined : isActive);
      }
      const isDue = nowSeconds >= nextSyncSeconds - 1e-9;
      if (isDue) nextSyncSeconds = nextMultiple(nowSeconds, periodSeconds);
      if (count !== undefined) return count;
      // Without a replica the autoscaler is switched off.
      const isOff = replicas === 0 || activation.isIdle(replicas);
      return isDue && !isOff ? autoscale(signals, replicas) : replicas;
    },
  };
}
