import { withDefaults } from "../../../settings/from_table.ts";
import { choice, count, flag, quantity } from "../../../settings/quantities.ts";
import { LIMITS } from "../../../sim/limits.ts";
import { checkNumber } from "../check.ts";
import type { ScalingEntry, ScalingPolicy } from "../policy.ts";
import type { SpotMix, ZoneFacts } from "../spot_mix.ts";
import { wantedInstances } from "../wanted_instances.ts";
import { SPOT_PLACERS, spotPlacer } from "./spot_placers.ts";

/** Settings of `sky-serve`. */
export type SkyServeSettings = {
  readonly targetQpsPerReplica: number | null;
  readonly upscaleDelaySeconds: number;
  readonly downscaleDelaySeconds: number;
  readonly qpsWindowSeconds: number;
  readonly decisionIntervalSeconds: number;
  readonly noReplicaDecisionIntervalSeconds: number;
  readonly useSpot: boolean;
  readonly spotPlacer: "dynamic-fallback" | "round-robin" | "even-spread";
  readonly numOverprovision: number;
  readonly dynamicOndemandFallback: boolean;
  readonly baseOndemandFallbackReplicas: number;
};

/** `sky-serve` as files name it. */
export const skyServePolicy: ScalingEntry<"sky-serve", SkyServeSettings> = {
  name: "sky-serve",
  describe:
    "SkyServe's autoscaler by requests per second, with hysteresis, and SpotHedge's mix of " +
    "spot and on-demand instances over zones.",
  periodSeconds: 5,
  fewest: ({ targetQpsPerReplica }, least) =>
    targetQpsPerReplica === null ? Math.max(1, least) : least,
  settings: {
    targetQpsPerReplica: quantity("requests per second", {
      above: 0,
      default: null,
      describe: "Load of an instance that the policy aims at, requests per second; null: as many " +
        "instances as `min_instances`, one at least.",
    }),
    upscaleDelaySeconds: quantity("seconds", {
      min: 0,
      default: 300,
      aliases: ["upscale_delay_seconds"],
      describe: "Time for which more instances must be asked for, seconds.",
    }),
    downscaleDelaySeconds: quantity("seconds", {
      min: 0,
      default: 1200,
      aliases: ["downscale_delay_seconds"],
      describe: "Time for which fewer must be asked for, seconds.",
    }),
    qpsWindowSeconds: quantity("seconds", {
      above: 0,
      default: 60,
      describe: "Window in which requests are counted, seconds.",
    }),
    decisionIntervalSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: 20,
      describe: "Time between two decisions, seconds; the delays are counted in them.",
    }),
    noReplicaDecisionIntervalSeconds: quantity("seconds", {
      min: LIMITS.shortestPeriodSeconds.value,
      default: 5,
      describe: "The same while no instance is wanted, seconds.",
    }),
    useSpot: flag({
      default: true,
      describe:
        "Instances are of spot capacity where `cluster.zones` has some; otherwise all are " +
        "on demand.",
    }),
    spotPlacer: choice(SPOT_PLACERS, {
      wanted: "a placer of spot instances",
      default: "dynamic-fallback",
      otherNames: { "spot-hedge": "dynamic-fallback" },
      describe: "How zones are chosen: SpotHedge, which leaves zones that preempt; the next zone " +
        "after each loss; as many in each.",
    }),
    numOverprovision: count({
      min: 0,
      default: 0,
      describe: "Spot instances beyond those that are wanted.",
    }),
    dynamicOndemandFallback: flag({
      default: false,
      describe: "On-demand instances stand in for spot ones that are not ready.",
    }),
    baseOndemandFallbackReplicas: count({
      min: 0,
      default: 0,
      describe: "Wanted instances that are always on demand.",
    }),
  },
  readWhen: {
    spotPlacer: [{ useSpot: [true] }],
    numOverprovision: [{ useSpot: [true] }],
    dynamicOndemandFallback: [{ useSpot: [true] }],
    baseOndemandFallbackReplicas: [{ useSpot: [true] }],
  },
  cuts: { qpsWindowSeconds: "period" },
  laws: { options: { targetQpsPerReplica: 1, upscaleDelaySeconds: 40, downscaleDelaySeconds: 60 } },
  create: (settings, { minInstances, maxInstances, zones, periodSeconds }) =>
    skyServe({ ...settings, minInstances, maxInstances, zones, periodSeconds }),
};

/** What `sky-serve` takes beyond its settings. */
export interface SkyServeOptions extends Partial<SkyServeSettings> {
  /** Fewest instances, >= 0; default 0. SkyServe's own default is 1. */
  readonly minInstances?: number;
  /** Most instances; default Infinity. */
  readonly maxInstances?: number;
  /** Zones with spot capacity; default none. */
  readonly zones?: readonly ZoneFacts[];
  /** Seconds between evaluations, of which some decide; default 5. */
  readonly periodSeconds?: number;
}

/**
 * SkyServe's autoscaler: ceil(requests of the window / window / target) instances within the bounds,
 * taken over once asked for in trunc(delay / interval) decisions in a row, and at once where none was
 * wanted.
 *
 * A request that waits counts as one of the window, however old it is: SkyServe's balancer tells clients
 * without a replica to come again, and each time is a request. So there is one instance at least while
 * any waits.
 *
 * With zones it has SpotHedge's mix: those wanted, but for the base, and `numOverprovision` more are of
 * spot capacity; on demand are the base and, with the dynamic fallback, as many as spot instances are
 * missing, at most those wanted.
 *
 * @source SkyPilot, sky/serve/autoscalers.py (4b81f5d0: RequestRateAutoscaler,
 *   FallbackRequestRateAutoscaler), constants.py; SkyServe (EuroSys 25), section 3
 */
export function skyServe(options: SkyServeOptions = {}): ScalingPolicy {
  const settings = withDefaults(skyServePolicy.settings, options);
  const { targetQpsPerReplica, qpsWindowSeconds, decisionIntervalSeconds } = settings;
  const { noReplicaDecisionIntervalSeconds: noReplicaSeconds } = settings;
  const {
    minInstances: least = 0,
    maxInstances = Infinity,
    zones = [],
    periodSeconds = skyServePolicy.periodSeconds,
  } = options;
  checkNumber(periodSeconds, "periodSeconds", { min: 0, above: true });
  checkNumber(maxInstances, "maxInstances", { min: least });
  // A number that does not follow the load is one at least.
  const minInstances = Math.min(
    maxInstances,
    targetQpsPerReplica === null ? Math.max(1, least) : least,
  );
  const isMixed = settings.useSpot && zones.length > 0;
  const periodsOf = (seconds: number) => Math.trunc(seconds / decisionIntervalSeconds);
  const [upPeriods, downPeriods] = [
    periodsOf(settings.upscaleDelaySeconds),
    periodsOf(settings.downscaleDelaySeconds),
  ];
  const arrivals: { readonly atSeconds: number; readonly count: number }[] = [];
  let target = minInstances;
  let upInRow = 0, downInRow = 0;
  let decidedAtSeconds = 0;
  /** Whether the last evaluation was one that decides; at the start there is a decision as well. */
  let isDue = true;

  function asked(queued: number): number {
    if (targetQpsPerReplica === null) return minInstances;
    const requests = arrivals.reduce((sum, one) => sum + one.count, 0);
    const needed = Math.ceil(requests / qpsWindowSeconds / targetQpsPerReplica);
    return Math.min(maxInstances, Math.max(minInstances, needed, queued > 0 ? 1 : 0));
  }

  function decide(queued: number): void {
    const count = asked(queued);
    upInRow = target > 0 && count > target ? upInRow + 1 : 0;
    downInRow = target > 0 && count < target ? downInRow + 1 : 0;
    const isUp = upInRow > 0 && upInRow >= upPeriods;
    const isDown = downInRow > 0 && downInRow >= downPeriods;
    if (target > 0 && !isUp && !isDown) return;
    target = count;
    upInRow = downInRow = 0;
  }

  return {
    periodSeconds,
    standsUntilSeconds: () => target === 0 && arrivals.length === 0 ? Infinity : -Infinity,
    settlesWithinSeconds: settings.downscaleDelaySeconds + qpsWindowSeconds +
      2 * decisionIntervalSeconds,
    remembers: noReplicaSeconds <= periodSeconds ? 1 : Infinity,
    ...(isMixed && { spot: spotMix(settings, zones, () => isDue) }),
    desired(signals) {
      const { nowSeconds, arrivals: count, queued } = signals;
      const from = nowSeconds - qpsWindowSeconds + 1e-9;
      if (count > 0) arrivals.push({ atSeconds: nowSeconds, count });
      while (arrivals.length > 0 && arrivals[0].atSeconds <= from) arrivals.shift();
      const interval = target === 0 ? noReplicaSeconds : decisionIntervalSeconds;
      isDue = nowSeconds - decidedAtSeconds >= interval - 1e-9;
      // Between decisions nothing is launched or taken away, whatever is lost.
      if (!isDue) return isMixed ? target : wantedInstances(signals);
      decidedAtSeconds = nowSeconds;
      decide(queued);
      return target;
    },
  };
}

/** SpotHedge's mix. @param isDue Whether it is to decide now. */
function spotMix(
  settings: SkyServeSettings,
  zones: readonly ZoneFacts[],
  isDue: () => boolean,
): SpotMix {
  const { baseOndemandFallbackReplicas: base, numOverprovision, dynamicOndemandFallback } =
    settings;
  return {
    ...spotPlacer(settings.spotPlacer, zones),
    wanted(desired, readySpot) {
      if (!isDue()) return undefined;
      const spare = Math.max(0, desired - base);
      const spot = desired === 0 ? 0 : spare + numOverprovision;
      const missing = dynamicOndemandFallback ? Math.max(0, spot - readySpot) : 0;
      return { spot, onDemand: Math.min(desired, Math.min(base, desired) + missing) };
    },
  };
}
