import fc from "fast-check";
import type { FaultParts, NoCapacityRule, ScalingParts } from "../../lib/cluster/cluster_parts.ts";
import type { PlacementName } from "../../lib/serverless/placement/mod.ts";
import type { RoutingName } from "../../lib/scheduling/routing/mod.ts";
import { ROUTING_POLICIES } from "../../lib/scheduling/routing/mod.ts";
import { SCALING_POLICIES, type ScalingName } from "../../lib/serverless/scaling/mod.ts";
import { namesOf } from "../../lib/settings/from_table.ts";
import { type ClusterCase, clusterCases } from "./random_cluster.ts";

/** How many instances a function has, and who decides. Times are seconds. */
export interface EverythingFunction {
  /** Name of a scaling policy; "wishes": the counts below one after the other; "none": no policy. */
  readonly policy: ScalingName | "wishes";
  readonly wishes: readonly number[];
  readonly period: number;
  readonly maxStep: number;
  readonly cooldown: number;
  readonly scrapeDelay: number;
  readonly actuationDelay: number;
  readonly fewest: number;
  /** Instances between fewest and most, and those of them that are there at first. */
  readonly more: number;
  readonly initialMore: number;
  readonly activation: ScalingParts["activation"];
  readonly reservesStarts: boolean;
  /** Time that an idle instance is kept; "histogram": the policy of that name decides. */
  readonly keepAlive: number | "histogram";
  /** Time after which an instance starts ahead of the next request; 0: none does. */
  readonly prewarmAfter: number;
  /** Level and time-out of sleep; level 0: instances stop. */
  readonly sleep: { readonly level: 0 | 1 | 2; readonly ttl: number };
  readonly concurrency: number;
  readonly noCapacity: NoCapacityRule;
  readonly routing: RoutingName;
  readonly staleness: number;
  readonly gpus: number;
  readonly stageGpus: number | undefined;
  readonly gpuTypes: readonly number[];
  readonly dramBytes: number;
}

/** What takes machines or instances away. */
export interface EverythingFaults {
  readonly mtbf: number;
  readonly notice: number;
  readonly down: number;
}

/** A random run of everything at once, as plain data, so that it can be shrunk and printed. */
export interface EverythingCase {
  readonly cluster: ClusterCase;
  /** Whether all times are multiples of 1/8 s, so that most instants coincide. */
  readonly isTicked: boolean;
  /** Factor of the times between arrivals. */
  readonly stretch: number;
  readonly functions: readonly EverythingFunction[];
  /** GPUs and type of each machine; empty: as many as instances need. */
  readonly machines: readonly { readonly gpus: number; readonly gpuType: number }[];
  readonly memory: number;
  readonly placement: PlacementName;
  readonly evictsIdle: boolean;
  readonly backfills: boolean;
  /** Factor of the durations of starts; 0: starts take no time. */
  readonly startFactor: number;
  readonly pools: readonly {
    readonly of: "node" | "container" | "engine";
    readonly size: number;
    /** Whether the size follows the starts instead of being fixed. */
    readonly follows: boolean;
    readonly holdsGpus: boolean;
  }[];
  /** Whether one pool is for all functions, rather than each for the function of its number. */
  readonly poolIsShared: boolean;
  readonly faults: readonly EverythingFaults[];
  readonly inFlight: FaultParts["inFlight"];
  readonly startFailure: number;
  readonly retryWait: number;
  readonly maxAttempts: number;
  readonly warmup: number;
  readonly horizon: number;
  /** Whether the single steps are compared with the leaps. */
  readonly isCompared: boolean;
}

const ROUTINGS = namesOf(ROUTING_POLICIES);
const POLICIES = namesOf(SCALING_POLICIES).filter((name) => name !== "none");

const noCapacities: fc.Arbitrary<NoCapacityRule> = fc.record({
  action: fc.constantFrom("queue", "queue", "queue", "reject"),
  limit: fc.constantFrom(Infinity, Infinity, 0, 3),
  timeoutSeconds: fc.constantFrom(Infinity, Infinity, 0.5, 3, 0),
});

const functions: fc.Arbitrary<EverythingFunction> = fc.record({
  policy: fc.constantFrom(...POLICIES, "wishes", "wishes", "none", "none", "none"),
  wishes: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8, size: "max" }),
  period: fc.constantFrom(0.5, 1, 2.5),
  maxStep: fc.constantFrom(Infinity, 1),
  cooldown: fc.constantFrom(0, 0, 2),
  scrapeDelay: fc.constantFrom(0, 0, 0.75),
  actuationDelay: fc.constantFrom(0, 0, 0.75, 3),
  fewest: fc.constantFrom(0, 0, 0, 1, 2),
  more: fc.constantFrom(0, 1, 2, 3),
  initialMore: fc.constantFrom(0, 0, 1, 3),
  activation: fc.constantFrom("none", "first", "each", "join"),
  reservesStarts: fc.boolean(),
  keepAlive: fc.constantFrom<number | "histogram">(Infinity, 0, 0.5, 2, "histogram"),
  prewarmAfter: fc.constantFrom(0, 0, 0.25, 2),
  sleep: fc.record({
    level: fc.constantFrom(0, 0, 1, 2),
    ttl: fc.constantFrom(0, 0.5, 3, Infinity),
  }),
  concurrency: fc.constantFrom(Infinity, 1, 1, 2, 4),
  noCapacity: noCapacities,
  routing: fc.constantFrom(...ROUTINGS),
  staleness: fc.constantFrom(0, 0, 0.5),
  gpus: fc.constantFrom(1, 1, 1, 1, 2, 4),
  stageGpus: fc.constantFrom(undefined, 1, 2),
  gpuTypes: fc.constantFrom([0], [0], [0], [0, 1], [0, 1], [1, 0], [1]),
  dramBytes: fc.constantFrom(0, 0, 1),
});

/** Random runs with everything on. Nothing is left out because it may not go together. */
export const everythingCases: fc.Arbitrary<EverythingCase> = fc.record({
  cluster: clusterCases,
  isTicked: fc.boolean(),
  stretch: fc.constantFrom(1, 3, 12),
  functions: fc.array(functions, { minLength: 1, maxLength: 3, size: "max" }),
  machines: fc.oneof(
    fc.constant([]),
    fc.array(
      fc.record({
        gpus: fc.constantFrom(1, 2, 4, 4),
        gpuType: fc.constantFrom(0, 0, 1),
      }),
      { minLength: 1, maxLength: 4, size: "max" },
    ),
  ),
  memory: fc.integer({ min: 1, max: 3 }),
  placement: fc.constantFrom("first-fit", "best-fit", "spread", "startup-time"),
  evictsIdle: fc.boolean(),
  backfills: fc.boolean(),
  startFactor: fc.constantFrom(0, 1, 1, 1, 4),
  pools: fc.array(
    fc.record({
      of: fc.constantFrom("node", "container", "engine"),
      size: fc.integer({ min: 0, max: 2 }),
      follows: fc.boolean(),
      holdsGpus: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  poolIsShared: fc.boolean(),
  faults: fc.array(
    fc.record({
      mtbf: fc.constantFrom(3, 10, 40),
      notice: fc.constantFrom(0, 0, 0, 0.75, 0.75, 0.75, 5, 5, 60),
      down: fc.constantFrom(0, 1.5, 6),
    }),
    { maxLength: 2 },
  ),
  inFlight: fc.constantFrom("fail", "restart", "resume"),
  startFailure: fc.constantFrom(0, 0, 0.3, 1),
  retryWait: fc.constantFrom(0, 0.25, 1),
  maxAttempts: fc.constantFrom(1, 3, Infinity, Infinity),
  warmup: fc.constantFrom(0, 0, 2.5),
  horizon: fc.constantFrom(0, 0, 7),
  isCompared: fc.boolean(),
});
