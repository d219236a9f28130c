import type { AdmissionRules, GatewayQueue } from "../scheduling/admission/mod.ts";
import type { RoutingPolicy } from "../scheduling/routing/policy.ts";
import type { PooledThing } from "../serverless/cold_start/partial_plan.ts";
import type { KeepAlivePolicy } from "../serverless/keep_alive/policy.ts";
import type { PoolSizePolicy } from "../serverless/keep_alive/prewarmed_pool.ts";
import type { PlacementPolicy, PlacementRequest } from "../serverless/placement/policy.ts";
import type { ScalingDecider } from "../serverless/scaling/scaling_decider.ts";
import type { StartService } from "../serverless/cold_start/start_service.ts";
import type { RequestPages } from "../metrics/rows/request_pages.ts";
import type { RequestTable } from "../workload/request_table.ts";
import type { RequestWindow } from "./stream/mod.ts";
import type { StatePower } from "../serverless/energy/state_power.ts";
import type { MigrationParts } from "./handoff/migration_parts.ts";
import type { HandoffParts, KvTransferParts } from "./handoff/kv_transfer_parts.ts";
import type { EngineParts } from "../engine/engine_parts.ts";
import type { KvTierParts } from "./kv_tiers/kv_tier_parts.ts";

/** What the gateway does with a request that no instance can take. */
export interface NoCapacityRule {
  /** The request waits, or is turned away. */
  readonly action: "queue" | "reject";
  /** Most requests that wait; one more is turned away. Infinity for no limit. */
  readonly limit: number;
  /** Longest time that a request waits before it is turned away, seconds. Infinity for no limit. */
  readonly timeoutSeconds: number;
  /**
   * Mean times of a start that it may wait at least, where that is longer: of the function's starts
   * so far, and before there are any of `startSeconds`. Default 0.
   */
  readonly timeoutStarts?: number;
  /** What becomes of a request at that limit: it has timed out (the default), or is refused. */
  readonly afterTimeout?: "time-out" | "reject";
  /** What a start is taken to last before one has been seen, seconds; default 0. */
  readonly startSeconds?: number;
}

/** Order of the gateway's queue of a function. */
export interface GatewayOrder {
  /** Makes the queue. */
  queue(promptTokensOf: (request: number) => number): GatewayQueue;
  /** Whether the queue is to see the requests that do not wait, and the output of all. */
  readonly chargesFlows: boolean;
}

/** An idle instance that is not needed sleeps in place of stopping. */
export interface SleepParts {
  /** Weights stay in host memory (1) or go (2); the process stays, the GPUs are free. */
  readonly level: 1 | 2;
  /** Time after which a sleeping instance stops, seconds, >= 0; 0: none sleeps, Infinity: no limit. */
  readonly ttlSeconds: number;
  /** Host memory that a sleeping instance holds, bytes, >= 0. */
  readonly dramBytes: number;
}

/** How long an instance may finish what it has once it is told to stop. */
export interface DrainParts {
  /** Seconds, >= 0; then it ends with the step in progress, and what is inside leaves it. */
  readonly limitSeconds: number;
  /** Requests that are left then end, begin anew, or go on elsewhere by recomputing. */
  readonly inFlight: "fail" | "restart" | "resume";
}

/** How many instances a function has, and who decides. */
export interface ScalingParts {
  /** Absent: the number of instances never changes. */
  readonly decider?: ScalingDecider;
  /** Fewest instances, >= 0. */
  readonly minInstances: number;
  /** Most instances, >= `minInstances`. */
  readonly maxInstances: number;
  /** Instances that are ready when the run begins. */
  readonly initialInstances: number;
  /** Instances that begin to start when the run begins; default 0. */
  readonly startingInstances?: number;
  /**
   * Whether the number of instances is kept up by whoever runs them, so that a lost one is started anew
   * at once; default false: not before the policy or a request asks for it.
   */
  readonly keepsReplicas?: boolean;
  /**
   * Starts outside the policy's evaluations: "first" when a request arrives and there is no instance
   * at all, "each" for every request that no instance can take (scale per request), "join" for those
   * that instances on their way will have no room for either, or none.
   */
  readonly activation: "none" | "first" | "each" | "join";
  /**
   * A request that starts an instance waits for that one, whoever else becomes free, as on AWS Lambda;
   * default false: the first that can take it serves it.
   */
  readonly reservesStarts?: boolean;
  /** Seconds that an instance is kept after its last request; default Infinity: left to the policy. */
  readonly keepAliveSeconds?: number;
  /** Decides in place of `keepAliveSeconds`, and may start an instance ahead of the next request. */
  readonly keepAlive?: KeepAlivePolicy;
  /** Absent: instances stop. */
  readonly sleep?: SleepParts;
  /** Absent: an instance that is told to stop takes as long as its requests do. */
  readonly drain?: DrainParts;
}

/** A pool of what starts can begin with: they take the stages that it leaves to do. */
export interface PoolParts {
  /** What its members are. */
  readonly of: PooledThing;
  /**
   * Functions whose starts take from it, one or more, each in one pool at most. They need the same of
   * a machine, and their starts begin with the same stages: members start as those of the first one.
   */
  readonly functions: readonly number[];
  /** Decides how many members there are, those on their way included. */
  readonly size: PoolSizePolicy;
  /** Whether a member holds the GPUs of an instance. */
  readonly holdsGpus: boolean;
}

/** One machine. */
export interface NodeParts {
  /** Index of its GPU type. */
  readonly gpuType: number;
  /** GPUs, >= 1. */
  readonly gpus: number;
  /** Host memory that instances may take, bytes. */
  readonly dramBytes: number;
  /** Disk that instances may take, bytes. */
  readonly ssdBytes: number;
}

/** A finite number of machines, and how instances are placed on them. */
export interface PlacementParts {
  /** Machines by id. */
  readonly nodes: readonly NodeParts[];
  /** Chooses the machine of a new instance. */
  readonly policy: PlacementPolicy;
  /** What an instance of each function needs, by function id. */
  readonly needs: readonly PlacementRequest[];
  /** Whether idle instances of other functions stop for an instance that finds no room. */
  readonly evictsIdle: boolean;
  /** Whether instances may start before others of the same GPU type that have waited longer. */
  readonly backfills: boolean;
  /** Estimated start of an instance of a function on a machine, seconds; absent: the same everywhere. */
  readonly startSeconds?: (node: number, functionId: number, nowSeconds: number) => number;
}

/** A deployed model. */
export interface FunctionParts {
  /** Name in results. */
  readonly name: string;
  /** What its engines have in common. */
  readonly engine: EngineParts;
  /** Seconds from a client's sending a request to its arrival at the gateway; default 0. */
  readonly requestSeconds?: number;
  /** Which instance gets a request. */
  readonly routing: RoutingPolicy;
  /** How many instances there are. */
  readonly scaling: ScalingParts;
  /** What an instance draws in which state; absent: nobody asks. */
  readonly power?: StatePower;
  /** What happens to requests that no instance can take. */
  readonly noCapacity: NoCapacityRule;
  /** Requests that one instance takes at once, waiting ones included; Infinity for no limit. */
  readonly concurrencyPerInstance: number;
  /** Longest time that a request is in an instance, waiting or running, seconds; absent: no limit. */
  readonly executionLimitSeconds?: number;
  /** Time between two reports of the instances' loads to the router, seconds; default 0: live. */
  readonly routingStalenessSeconds?: number;
  /** Who goes on with its requests once they have their first token; absent: itself. */
  readonly handoff?: HandoffParts;
  /** Order of the gateway's queue; absent: first come, first served. */
  readonly gatewayOrder?: GatewayOrder;
}

/** What takes machines, or instances where machines are not told apart, out of service. */
export interface FaultSource {
  /** Instant of the next fault of a unit that is up from `fromSeconds` on; Infinity for never. */
  next(unit: number, fromSeconds: number): number;
  /** Whether it is a preemption of spot capacity rather than a failure. */
  readonly isPreemption: boolean;
  /** Warning ahead, seconds, >= 0: no new instances, those there finish what they can. */
  readonly noticeSeconds: number;
  /** Time until the machine (or another in its place) is there, seconds. */
  readonly downSeconds: number;
}

/** A zone of spot capacity. */
export interface ZoneParts {
  /** Its name, for readers. */
  readonly name: string;
  /** Price of its instances as a share of that on demand. */
  readonly spotPriceShare: number;
  /** Spot instances that can run there from each instant on, in their order; the first from 0 on. */
  readonly capacity: readonly { readonly atSeconds: number; readonly instances: number }[];
}

/** Zones whose spot capacity changes, and takes instances with it where it falls. */
export interface SpotParts {
  /** Zones by id. */
  readonly zones: readonly ZoneParts[];
  /** Warning ahead of a loss, seconds, >= 0. */
  readonly noticeSeconds: number;
}

/** Faults, and what happens to the requests that they hit. */
export interface FaultParts {
  /** What fails and how; their faults happen side by side. */
  readonly sources: readonly FaultSource[];
  /** Requests inside a lost instance fail, begin anew, or go on elsewhere by recomputing. */
  readonly inFlight: "fail" | "restart" | "resume";
  /** Whether the start that is over now has failed; absent: none does. */
  readonly startFails?: () => boolean;
  /** Wait after the `failed`-th failure of a function's starts in a row, seconds; Infinity: give up. */
  readonly retryWaitSeconds?: (failed: number) => number;
  /** Told of each machine that is lost, with what it held, and when. */
  readonly onNodeLost?: (node: number, nowSeconds: number) => void;
}

/** Everything a run is made of. Policies and services keep state: make new ones for each run. */
export interface ClusterParts {
  /** The workload, drawn or read before the run. */
  readonly requests: RequestTable;
  /** Functions by id. */
  readonly functions: readonly FunctionParts[];
  /** Whom the gateway turns away although there is room; absent: nobody. */
  readonly admission?: AdmissionRules;
  /** How long clients wait for the whole answer, by service class, seconds; absent: for ever. */
  readonly patienceSeconds?: readonly number[];
  /**
   * Deadlines that a queue order compares, by request, seconds; those of requests that a completion
   * releases move with their arrival. The array is changed during the run.
   */
  readonly deadlineAtSeconds?: Float64Array;
  /** Machines that instances run on; absent: as many as they need. */
  readonly placement?: PlacementParts;
  /** What goes wrong; absent: nothing. */
  readonly faults?: FaultParts;
  /** Spot capacity by zone, without `placement` and with `faults`; absent: all instances are on demand. */
  readonly spot?: SpotParts;
  /** Pools that starts take from; absent: every start begins with nothing. */
  readonly pools?: readonly PoolParts[];
  /** How KV entries get from one instance to another; absent: none do. */
  readonly kvTransfers?: KvTransferParts;
  /** How running requests move, with `kvTransfers`; absent: they stay. */
  readonly migration?: MigrationParts;
  /** Cache tiers behind the prefix caches; absent: there are none. */
  readonly kvTiers?: KvTierParts;
  /** Brings instances up. */
  readonly starts: StartService;
  /** Requests arrive until then: the run lasts at least this long and its rates count so far, seconds. */
  readonly horizonSeconds: number;
  /**
   * How a run goes on whose last request has ended: to an instant, seconds, or until the fleet has
   * scaled down, which is when no timer and no policy would stop anything more. Absent: it does not.
   * Instances, time series and bill go on with it; rates do not.
   */
  readonly runsOn?: { readonly untilSeconds: number } | "until-scaled-down";
  /** The run ends at this instant whatever is unfinished, seconds; Infinity to finish everything. */
  readonly stopAtSeconds: number;
  /** Gaps between tokens that end by this instant are counted apart, seconds; default 0. */
  readonly warmupSeconds?: number;
  /** Whether the parts of each request's time are recorded; default true. */
  readonly explains?: boolean;
  /** Length of a time-series interval, seconds. */
  readonly sampleSeconds: number;
  /** Whether each function has a series too. Default false. */
  readonly samplesFunctions?: boolean;
  /** Called now and then with the share of requests that have ended and the simulated time. */
  readonly onProgress?: ReportProgress;
}

/** How requests come and go that are too many for memory. */
export interface StreamParts {
  /** Those inside. */
  readonly window: RequestWindow;
  /** The rows of those that have ended. */
  readonly rows: RequestPages;
}

/** The same of a run whose requests are too many for memory: `requests` is the table of its window. */
export interface StreamedParts extends ClusterParts {
  readonly stream: StreamParts;
}

/** How the requests of a run come and go; undefined where all are in memory. */
export function streamOf(parts: ClusterParts): StreamParts | undefined {
  return "stream" in parts ? (parts as StreamedParts).stream : undefined;
}

/** What a run holds at an instant, for whoever watches its memory. */
export interface RunHoldings {
  /** Requests that have arrived and not ended. */
  readonly requestsInside: number;
  /** Instances that are there. */
  readonly instances: number;
  /** All instances that were made so far. */
  readonly instancesMade: number;
}

/**
 * Is told now and then how far a run is; an error that it throws ends the run.
 *
 * @param share Share of the requests that have ended, 0..1.
 */
export type ReportProgress = (share: number, nowSeconds: number, holdings: RunHoldings) => void;
