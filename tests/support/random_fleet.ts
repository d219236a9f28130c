import fc from "fast-check";
import type { ClusterParts, FaultParts, FunctionParts } from "../../lib/cluster/cluster_parts.ts";
import type { Stepping } from "../../lib/engine/engine_parts.ts";
import { sequentialStarts } from "../../lib/serverless/cold_start/start_service.ts";
import { fromTable } from "../../lib/settings/from_table.ts";
import { PLACEMENT_POLICIES } from "../../lib/serverless/placement/mod.ts";
import { leastLoaded } from "../../lib/scheduling/routing/mod.ts";
import { randomStreams } from "../../lib/sim/random_streams.ts";
import { caseParts, type ClusterCase, clusterCases } from "./random_cluster.ts";

/** A random elastic fleet as plain data. */
export interface FleetCase {
  readonly cluster: ClusterCase;
  readonly functions: number;
  /** Factor of the times between arrivals, so that instances become idle. */
  readonly stretch: number;
  /** GPUs of each machine; empty: as many as instances need. */
  readonly machines: readonly number[];
  /** Whether the last function's instances have one more GPU than any machine, in stages of one. */
  readonly lastSpans: boolean;
  readonly placement: "first-fit" | "best-fit" | "spread";
  readonly evictsIdle: boolean;
  readonly backfills: boolean;
  readonly prewarmAfter: number;
  readonly keepAlive: number;
  readonly activation: "first" | "each" | "join";
  readonly reservesStarts: boolean;
  readonly minInstances: number;
  /** Level and time-out of sleep; level 0: instances stop. */
  readonly sleep: { readonly level: 0 | 1 | 2; readonly ttl: number };
  /** Host memory of each machine in units of what a sleeping instance holds. */
  readonly memory: number;
  /** Whether an instance that runs holds such a unit as well. */
  readonly instancesHoldMemory: boolean;
  /** Size of the pool; 0: none. */
  readonly pool: number;
  /** Whether all functions share it; otherwise it is the first one's. */
  readonly poolIsShared: boolean;
  readonly poolOf: "container" | "engine";
  /** Whether the pool's size follows the starts, up to `pool`, instead of being fixed. */
  readonly poolFollows: boolean;
  readonly inFlight: FaultParts["inFlight"];
  /** Mean time between faults, seconds; Infinity: none. */
  readonly mtbf: number;
  readonly notice: number;
  readonly startFailure: number;
}

/** What each part of a start takes, seconds. */
export const START_SECONDS = { all: 0.93, wake: 0.11, reload: 0.41, ahead: 0.52, rest: 0.43 };

/** Random fleets: several functions on few machines, pre-warming, sleep, pools, faults. */
export const fleetCases: fc.Arbitrary<FleetCase> = fc.record({
  cluster: clusterCases,
  functions: fc.integer({ min: 1, max: 3 }),
  stretch: fc.constantFrom(1, 3, 10),
  machines: fc.oneof(
    fc.constant([]),
    fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 }),
  ),
  lastSpans: fc.constantFrom(false, false, true),
  placement: fc.constantFrom("first-fit", "best-fit", "spread"),
  evictsIdle: fc.boolean(),
  backfills: fc.boolean(),
  prewarmAfter: fc.constantFrom(0, 0, 0.3, 2),
  keepAlive: fc.constantFrom(0, 0.5, 2),
  activation: fc.constantFrom("first", "each", "join"),
  reservesStarts: fc.boolean(),
  minInstances: fc.constantFrom(0, 0, 1),
  sleep: fc.record({
    level: fc.constantFrom(0, 1, 1, 2),
    ttl: fc.constantFrom(0.4, 3, Infinity),
  }),
  memory: fc.integer({ min: 1, max: 3 }),
  instancesHoldMemory: fc.boolean(),
  pool: fc.constantFrom(0, 0, 1, 2),
  poolIsShared: fc.boolean(),
  poolOf: fc.constantFrom("container", "engine"),
  poolFollows: fc.boolean(),
  inFlight: fc.constantFrom("fail", "restart", "resume"),
  mtbf: fc.constantFrom(Infinity, 8, 2.5),
  notice: fc.constantFrom(0, 0, 0.8),
  startFailure: fc.constantFrom(0, 0, 0.3),
});

/** GPUs of an instance of a function. */
export function fleetGpus(
  { machines, lastSpans, functions }: FleetCase,
  functionId: number,
): number {
  const spans = lastSpans && machines.length > 0 && functionId === functions - 1;
  return spans ? Math.max(...machines) + 1 : 1;
}

/** GPUs of each machine: those of the case, and room for each function's fewest, so that runs end. */
export function fleetMachines(test: FleetCase): number[] {
  if (test.machines.length === 0) return [];
  let fewest = 0;
  for (let id = 0; id < test.functions; id++) fewest += fleetGpus(test, id);
  return [...test.machines, ...Array.from({ length: fewest }, () => 1)];
}

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
  const machines = fleetMachines(test);
  const spanning = machines.length > 0 && test.lastSpans ? test.functions - 1 : -1;
  const pooled = Array.from({ length: test.poolIsShared ? test.functions : 1 }, (_, id) => id)
    .filter((id) => id !== spanning);
  const [fn] = base.functions;
  return {
    ...base,
    requests: {
      ...base.requests,
      arrivalAtSeconds: base.requests.arrivalAtSeconds.map((at) => at * test.stretch),
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
        reservesStarts: test.reservesStarts,
        ...(test.sleep.level > 0 && {
          sleep: {
            level: test.sleep.level as 1 | 2,
            ttlSeconds: test.sleep.ttl,
            dramBytes: test.sleep.level === 1 ? 1 : 0,
          },
        }),
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
        nodes: machines.map((gpus) => ({
          gpuType: 0,
          gpus,
          dramBytes: test.memory,
          ssdBytes: 0,
        })),
        policy: fromTable(PLACEMENT_POLICIES, test.placement, {}, {}),
        needs: Array.from({ length: test.functions }, (_, functionId) => ({
          functionId,
          gpus: fleetGpus(test, functionId),
          stageGpus: 1,
          gpuTypes: [0],
          dramBytes: Number(test.instancesHoldMemory),
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
    ...(test.pool > 0 && pooled.length > 0 && {
      pools: [{
        of: test.poolOf,
        functions: pooled,
        size: {
          periodSeconds: 1.3,
          initialSize: test.poolFollows ? 0 : test.pool,
          size: (taken) => test.poolFollows ? Math.min(test.pool, taken) : test.pool,
        },
        holdsGpus: test.poolOf === "engine",
      }],
    }),
    starts: sequentialStarts((_, stages) => [{ stage: stages, seconds: START_SECONDS[stages] }]),
  };
}
