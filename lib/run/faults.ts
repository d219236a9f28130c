import type { ClusterParts, FaultParts, FaultSource } from "../cluster/cluster_parts.ts";
import type { WeightCache } from "../serverless/cold_start/mod.ts";
import { failures, retryBackoff, startFails } from "../serverless/faults/mod.ts";
import type { RandomStream, RandomStreams } from "../sim/random_streams.ts";
import type { Configuration } from "../config/configuration.ts";
import { buildZones } from "./zones.ts";

/** What goes wrong, as far as something does, and the zones whose spot capacity changes. */
export function buildFaults(
  config: Configuration,
  streams: RandomStreams,
  weights: WeightCache | undefined,
): Pick<ClusterParts, "faults" | "spot"> {
  const spot = buildZones(config);
  const faults = faultParts(config, streams, weights, spot !== undefined);
  return { ...(faults && { faults }), ...(spot && { spot }) };
}

function faultParts(
  { faults, cluster }: Configuration,
  streams: RandomStreams,
  weights: WeightCache | undefined,
  hasZones: boolean,
): FaultParts | undefined {
  const { failures: failing, spot, starts } = faults;
  const sources: FaultSource[] = [];
  // Each machine has a stream of its own; single instances draw in the order in which they are made.
  const streamOf = (what: string) => {
    const byUnit = new Map<number, RandomStream>();
    return (unit: number): RandomStream => {
      const key = cluster.nodes.length > 0 ? unit : -1;
      if (!byUnit.has(key)) {
        byUnit.set(key, streams.take(key < 0 ? what : `${what} of node ${key}`));
      }
      return byUnit.get(key)!;
    };
  };
  if (failing.mtbf !== null) {
    const process = failures({ mtbfSeconds: failing.mtbf, shape: failing.shape });
    const stream = streamOf("failures");
    sources.push({
      next: (unit, fromSeconds) => process.next(stream(unit), fromSeconds),
      isPreemption: false,
      noticeSeconds: 0,
      downSeconds: failing.repair,
    });
  }
  if (spot.mtbf !== null) {
    const process = failures({ mtbfSeconds: spot.mtbf });
    const stream = streamOf("preemptions");
    sources.push({
      next: (unit, fromSeconds) => process.next(stream(unit), fromSeconds),
      isPreemption: true,
      noticeSeconds: spot.notice,
      downSeconds: spot.replace,
    });
  }
  const { failure_probability: probability } = starts;
  if (sources.length === 0 && probability === 0 && !hasZones) return undefined;
  const startStream = streams.take("failing starts");
  const retry = retryBackoff({
    initialSeconds: starts.initial_wait,
    factor: starts.factor,
    maxSeconds: Math.max(starts.initial_wait, starts.max_wait),
    maxAttempts: starts.max_attempts ?? Infinity,
    jitter: starts.jitter,
  });
  return {
    sources,
    inFlight: faults.in_flight,
    ...(probability > 0 && {
      startFails: () => startFails(probability, startStream),
      retryWaitSeconds: (failed: number) => retry.waitSeconds(failed, startStream),
    }),
    ...(weights && { onNodeLost: (node: number, now: number) => weights.clearNode(node, now) }),
  };
}
