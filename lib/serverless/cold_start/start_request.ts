import type { StartPlan, WeightTier } from "./stages.ts";
import type { StageSpan } from "./start_service.ts";

/** A source of uniform numbers in [0, 1). */
export interface NoiseStream {
  /** Next number, uniform in [0, 1). */
  next(): number;
}

/** A GPU that an instance takes. */
export interface RankPlace {
  /** Node id of `Topology`. */
  readonly node: number;
  /** GPU of the node, from 0. */
  readonly gpu: number;
}

/** One instance to start. */
export interface StartRequest {
  /** The caller's number of the instance, handed back when it is ready. */
  readonly instance: number;
  /** What the start is made of. */
  readonly plan: StartPlan;
  /** Name of the weights: equal names share caches. Include the dtype when it varies. */
  readonly weightsKey: string;
  /** Weights of the whole instance, bytes; each rank gets an equal part. */
  readonly weightBytes: number;
  /** GPUs in rank order, >= 1. */
  readonly ranks: readonly RankPlace[];
  /** Where the instance itself has its weights already, as one that sleeps; "remote" unless given. */
  readonly weightsIn?: WeightTier;
  /** Whether a node has an artifact without any start having left it there; none has unless given. */
  readonly present?: (artifact: string, node: number) => boolean;
  /** Container image, bytes; 0 unless given. */
  readonly imageBytes?: number;
  /** Engine snapshot, bytes; 0 unless given. */
  readonly snapshotBytes?: number;
  /** Seconds that getting the weights again would cost, for cost-aware eviction. */
  readonly reloadSeconds?: number;
  /**
   * Numbers that the plan's durations use beside the built-in ones: `weight_gb` and `weight_gib` (whole
   * instance), `weight_gib_per_rank`, `image_gib`, `snapshot_gib`, `ranks`, `extra_ranks` (ranks - 1), `multi_rank` (0 or 1),
   * `nodes` and `evicted_gib` (given up to make room; a number given here is added).
   */
  readonly features?: Readonly<Record<string, number>>;
  /** Identities in artifact keys (`image`, `gpu`, `engine`); `model` is `weightsKey`, `ranks` their number. */
  readonly identities?: Readonly<Record<string, string>>;
  /** Stream for the stages' noise; none leaves every stage at its mean. */
  readonly noise?: NoiseStream | null;
}

/** A stage of a start, as it happened. */
export interface StartStage extends StageSpan {
  /** Whether an artifact or a nearer copy left less to do than a first start has. */
  readonly cached: boolean;
  /** Whether the time of the stage is billed. */
  readonly billed: boolean;
  /** Whether the stage is on the critical path; those stages' times add up to the start's. */
  readonly critical: boolean;
  /** Bytes that this start moved itself in the stage. */
  readonly bytes: number;
}

/** A start that is over. */
export interface FinishedStart {
  /** Number of the start. */
  readonly startId: number;
  /** The caller's number of the instance. */
  readonly instance: number;
  /** Instant at which the start began, seconds. */
  readonly beginAtSeconds: number;
  /** Instant at which the instance can serve. */
  readonly readyAtSeconds: number;
  /** Stages in the plan's order. */
  readonly stages: readonly StartStage[];
}

/** A start that was given up. */
export interface CancelledStart {
  /** Number of the start. */
  readonly startId: number;
  /** The caller's number of the instance. */
  readonly instance: number;
  /** Instant at which the start began, seconds. */
  readonly beginAtSeconds: number;
  /** Instant at which it was given up, seconds. */
  readonly cancelledAtSeconds: number;
  /** Stages that had begun; those under way end at the cancellation. */
  readonly stages: readonly StartStage[];
}
