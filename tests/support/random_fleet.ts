import fc from "fast-check";
import type { ClusterParts, FaultParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import type { Stepping } from "../../lib/cluster/engine_parts.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { createPlacement } from "../../lib/serverless/placement/mod.ts";
import { leastLoaded } from "../../lib/scheduling/routing/mod.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { caseParts, type ClusterCase, clusterCases } from "./random_cluster.ts";

/** A random elastic fleet as plain data. */
export interface FleetCase {
  readonly cluster: ClusterCase;
  readonly functions: number;
  /** GPUs of each machine; empty: as many as instances need. */
  readonly machines: readonly number[];
  readonly placement: "first-fit" | "best-fit" | "spread";
  readonly evictsIdle: boolean;
  readonly backfills: boolean;
  readonly prewarmAfter: number;
  readonly keepAlive: number;
  readonly activation: "first" | "each";
  readonly bindsStarts: boolean;
  readonly minInstances: number;
  readonly inFlight: FaultParts["inFlight"];
  /** Mean time between faults, seconds; Infinity: none. */
  readonly mtbf: number;
  readonly notice: number;
  readonly startFailure: number;
}

/** Random fleets: several functions on few machines, pre-warming, faults, failing starts. */
export const fleetCases: fc.Arbitrary<FleetCase> = fc.record({
  cluster: clusterCases,
  functions: fc.integer({ min: 1, max: 3 }),
  machines: fc.oneof(
    fc.constant([]),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  ),
  placement: fc.constantFrom("first-fit", "best-fit", "spread"),
  evictsIdle: fc.boolean(),
  backfills: fc.boolean(),
  prewarmAfter: fc.constantFrom(0, 0, 0.3, 2),
  keepAlive: fc.constantFrom(0, 0.5, 2),
  activation: fc.constantFrom("first", "each"),
  bindsStarts: fc.boolean(),
  minInstances: fc.constantFrom(0, 0, 1),
  inFlight: fc.constantFrom("fail", "restart", "resume"),
  mtbf: fc.constantFrom(Infinity, 8, 2.5),
  notice: fc.constantFrom(0, 0, 0.8),
  startFailure: fc.constantFrom(0, 0, 0.3),
});

/** The parts of a case's run; new ones for every run. */
export function fleetParts(test: FleetCase, stepping: Stepping): ClusterParts {
  const { closedLoop: _, ...cluster } = test.cluster;
  const base = caseParts({
    ...cluster,
    closedLoop: 0,
    sessions: false,
    stopAt: Infinity,
    desired: [],
  }, stepping);
  const streams = randomStreams(7);
  const stream = streams.take("faults");
  // A machine for each function's fewest instances, so that every run can end.
  const machines = test.machines.length === 0
    ? []
    : [...test.machines, ...Array.from({ length: test.functions }, () => 1)];
  const [fn] = base.functions;
  return {
    ...base,
    requests: {
      ...base.requests,
      functionId: Uint16Array.from(test.cluster.requests, ({ group }) => group % test.functions),
    },
    functions: Array.from({ length: test.functions }, (_, i): FunctionParts => ({
      ...fn,
      name: `f${i}`,
      routing: leastLoaded(),
      scaling: {
        minInstances: test.minInstances,
        maxInstances: 3,
        initialInstances: test.minInstances,
        activation: test.activation,
        bindsStarts: test.bindsStarts,
        keepAlive: {
          name: "test",
          observeIdle: () => {},
          decide: () => ({
            prewarmAfterSeconds: test.prewarmAfter,
            keepAliveSeconds: test.keepAlive,
          }),
        },
      },
    })),
    ...(machines.length > 0 && {
      placement: {
        nodes: machines.map((gpus) => ({ gpuType: 0, gpus, dramBytes: 0, ssdBytes: 0 })),
        policy: createPlacement(test.placement),
        needs: Array.from({ length: test.functions }, (_, functionId) => ({
          functionId,
          gpus: 1,
          gpuTypes: [0],
          dramBytes: 0,
        })),
        evictsIdle: test.evictsIdle,
        backfills: test.backfills,
      },
    }),
    faults: {
      sources: [{
        // Faults end after a while, so that every run does.
        next(_unit, fromSeconds) {
          const at = fromSeconds - Math.log(1 - stream.next()) * test.mtbf;
          return at < 30 ? at : Infinity;
        },
        isPreemption: test.notice > 0,
        noticeSeconds: test.notice,
        downSeconds: 1.7,
      }],
      inFlight: test.inFlight,
      startFails: () => stream.next() < test.startFailure,
      retryWaitSeconds: (failed) => 0.2 * failed,
    },
    starts: sequentialStarts(() => [{ stage: "all", seconds: 0.93 }]),
  };
}
