import type { Configuration } from "../config/configuration.ts";
import { buildBilling, type BuiltBilling } from "../run/billing.ts";
import { buildPower } from "../run/energy.ts";
import type { Deployment } from "../run/deployment.ts";
import { isFixedFleet } from "./fleet.ts";
import type { Load } from "./load.ts";

/** What a candidate costs and uses at least, whatever a run shows. */
export interface LeastCost {
  /** Dollars per hour at least; null: a price is not known. */
  readonly usdPerHourAtLeast: number | null;
  /** Why there is no price. */
  readonly unpriced?: string;
  /** GPUs at least, on the average. */
  readonly gpusAtLeast: number;
  /** Dollars per million output tokens at least; null without a price. */
  readonly usdPerMillionAtLeast: number | null;
  /** Power of GPUs and machines at least, kW; 0 where energy is not counted. */
  readonly kilowattsAtLeast: number;
}

/** Standard errors of a mean by which requests of other seeds may be fewer, shorter or slower to come. */
const STANDARD_ERRORS = 7;

/**
 * What every run of a candidate is billed at least. Instances that are there from the beginning to the
 * end are; of others nothing is known, since a run may be as long as its last requests and its timers
 * take. Tokens are those of the load, less what chance may do to another seed's.
 */
export function leastCost(
  config: Configuration,
  deployment: Pick<Deployment, "gpus" | "gpu" | "peakFlops" | "shape">,
  load: Load,
): LeastCost {
  const { gpus, gpu } = deployment;
  const billing = buildBilling(config, gpu.name);
  const { lacksPrice, notices, reserved } = billing;
  const always = instancesThroughout(config);
  const gpusAtLeast = always * gpus;
  const { idleWatts = 0, hostWatts = 0 } = buildPower(config, deployment)?.state ?? {};
  const kilowattsAtLeast = always * (idleWatts + hostWatts) * (config.energy.pue ?? 1) / 1000;
  if (lacksPrice) {
    const unpriced = notices.find((one) => one.includes("no price")) ?? "no price";
    const prices = { usdPerHourAtLeast: null, unpriced, usdPerMillionAtLeast: null };
    return { ...prices, gpusAtLeast, kilowattsAtLeast };
  }
  const usdPerSecond = Math.max(0, always - (reserved?.count ?? 0)) *
      instanceUsdPerSecond(billing, gpus) +
    (reserved?.count ?? 0) * gpus * (reserved?.usdPerGpuSecond ?? 0);
  const millions = load.count * load.outputTokens / 1e6;
  const sure = Math.max(0, 1 - STANDARD_ERRORS / Math.sqrt(Math.max(1, load.count)));
  return {
    usdPerHourAtLeast: 3600 * usdPerSecond,
    gpusAtLeast,
    kilowattsAtLeast,
    usdPerMillionAtLeast: millions === 0 || !load.isOpen
      ? 0
      : sure * usdPerSecond * load.spanSeconds / millions,
  };
}

/** Least price of an instance that is up, busy or idle, dollars per second. */
function instanceUsdPerSecond({ plan }: BuiltBilling, gpus: number): number {
  const { busyShare, idleShare, usdPerGpuSecond, usdPerInstanceSecond = 0 } = plan;
  return Math.min(busyShare, idleShare) * (gpus * usdPerGpuSecond + usdPerInstanceSecond);
}

/** Instances that are up from the beginning of a run to its end. */
function instancesThroughout(config: Configuration): number {
  const { scaling, cluster, cold_start: start, faults } = config;
  // Zones have prices of their own, and take their instances away.
  if (cluster.zones.length > 0) return 0;
  if (isFixedFleet(config)) return scaling.enabled ? scaling.min_instances : cluster.num_replicas;
  const isKept = faults.failures.mtbf === null && faults.spot.mtbf === null &&
    scaling.keep_alive.sleep.level === 0;
  if (!isKept) return 0;
  return Math.min(
    scaling.min_instances,
    start.initial_instances ?? scaling.min_instances,
    scaling.policy === "keda" ? scaling.keda.idle_replica_count ?? Infinity : Infinity,
  );
}
