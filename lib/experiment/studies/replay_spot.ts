import { simulateCluster } from "../../cluster/simulate.ts";
import { spotCapacity } from "../../run/zones.ts";
import { newestIdle } from "../../scheduling/routing/newest_idle.ts";
import { sequentialStarts } from "../../serverless/cold_start/start_service.ts";
import { ScalingDecider } from "../../serverless/scaling/scaling_decider.ts";
import { skyServe } from "../../serverless/scaling/sky_serve/sky_serve.ts";
import { constantStepEngine } from "./constant_step_engine.ts";

/** Ways to place spot instances that are compared. */
export type SpotPlacement = "even-spread" | "round-robin" | "spot-hedge";

/** A replay of spot capacity for a service of constant size. */
export interface SpotReplay {
  readonly placement: SpotPlacement;
  /** Spot instances of each zone by interval, in the form of `cluster.zones[].spot`. */
  readonly zones: readonly string[];
  readonly intervalSeconds: number;
  readonly intervals: number;
  /** From the request of an instance to its readiness, seconds. */
  readonly startSeconds: number;
  /** Price of a spot instance as a share of that on demand. */
  readonly spotPriceShare: number;
  /** Instances wanted. */
  readonly wanted: number;
  /** Spot instances of SpotHedge beyond them. */
  readonly overprovision: number;
}

/**
 * Runs it through the whole simulator, without requests.
 *
 * @returns `availability`: share of time with as many ready instances as are wanted; `cost`: share of
 *   what as many cost on demand.
 */
export function replaySpot(replay: SpotReplay): { availability: number; cost: number } {
  const { placement, wanted, spotPriceShare, intervals, intervalSeconds } = replay;
  const isHedge = placement === "spot-hedge";
  const zones = replay.zones.map((spot, i) => ({
    name: `zone ${i}`,
    spotPriceShare,
    capacity: spotCapacity(spot, intervalSeconds)!,
  }));
  const endSeconds = intervals * intervalSeconds;
  const policy = skyServe({
    minInstances: wanted,
    maxInstances: wanted,
    zones,
    spotPlacer: isHedge ? "dynamic-fallback" : placement,
    numOverprovision: isHedge ? replay.overprovision : 0,
    dynamicOndemandFallback: isHedge,
    periodSeconds: 20,
  });
  const none = new Int32Array(0);
  const { lives } = simulateCluster({
    requests: {
      count: 0,
      arrivalAtSeconds: new Float64Array(0),
      promptTokens: none,
      outputTokens: none,
    },
    functions: [{
      name: "f",
      engine: constantStepEngine({ stepSeconds: 1, longestTokens: 16, sequences: 1 }),
      routing: newestIdle(),
      scaling: {
        minInstances: wanted,
        maxInstances: wanted,
        initialInstances: wanted,
        activation: "none",
        decider: new ScalingDecider(policy, { minInstances: wanted, maxInstances: wanted }),
      },
      noCapacity: { action: "reject", limit: Infinity, timeoutSeconds: Infinity },
      concurrencyPerInstance: 1,
    }],
    faults: { sources: [], inFlight: "restart" },
    spot: { zones, noticeSeconds: 0 },
    starts: sequentialStarts(() => [{ stage: "start", seconds: replay.startSeconds }]),
    horizonSeconds: endSeconds,
    stopAtSeconds: endSeconds,
    sampleSeconds: endSeconds,
  });
  let paid = 0;
  const changes: [atSeconds: number, change: number][] = [];
  for (const { zone, createdAtSeconds, readyAtSeconds, stoppedAtSeconds } of lives) {
    paid += (stoppedAtSeconds - createdAtSeconds) * (zone === undefined ? 1 : spotPriceShare);
    if (!(readyAtSeconds < stoppedAtSeconds)) continue;
    changes.push([readyAtSeconds, 1], [stoppedAtSeconds, -1]);
  }
  changes.sort(([a], [b]) => a - b);
  let ready = 0, sinceSeconds = 0, availableSeconds = 0;
  for (const [atSeconds, change] of [...changes, [endSeconds, 0]]) {
    if (ready >= wanted) availableSeconds += atSeconds - sinceSeconds;
    [sinceSeconds, ready] = [atSeconds, ready + change];
  }
  return {
    availability: availableSeconds / endSeconds,
    cost: paid / (wanted * endSeconds),
  };
}
