import type { Way } from "../../network/topology.ts";

/**
 * Stages of a start in the order in which they usually come. A plan may use other names; these are
 * what presets, figures and tables use.
 */
export const STAGE_NAMES = [
  "node_provision",
  "image_pull",
  "container_create",
  "runtime_import",
  "accelerator_init",
  "collective_init",
  "weights_fetch",
  "host_pin",
  "weights_load",
  "model_init",
  "tokenizer",
  "compile",
  "kv_profile",
  "graph_capture",
  "warmup",
  "register",
] as const;

/** Place of a stage in the usual order, from 0; those with names of their own are last. */
export function stagePlace(name: string): number {
  const place = (STAGE_NAMES as readonly string[]).indexOf(name);
  return place < 0 ? STAGE_NAMES.length : place;
}

/** Where the weights of a model are on a node, the best place first. */
export const WEIGHT_TIERS = ["dram", "ssd", "remote"] as const;
/** Place of weights: host memory, local disk, or only the remote store. */
export type WeightTier = (typeof WEIGHT_TIERS)[number];

/**
 * A way from one place to the accelerator or to a nearer place: links of the cluster, by name. `pcie`
 * and `nvlink` belong to a GPU, so a route over them is one flow per rank.
 */
export type TransferRoute = Way;

/** Bytes that a stage moves. */
export interface StageTransfer {
  /** What is moved: the model's weights, the container image, an engine snapshot, or a fixed number of bytes. */
  readonly what: "weights" | "image" | "snapshot" | "fixed";
  /** Share of it that has to arrive before the stage ends, (0, 1]; below 1 for lazily pulled images. */
  readonly fraction: number;
  /** Bytes for `fixed`. */
  readonly fixedBytes: number;
  /**
   * Routes by where the weights are when the stage begins. No route for a place means that there is
   * nothing to move from there. Images and snapshots come from `remote`.
   */
  readonly routes: Readonly<Partial<Record<WeightTier, TransferRoute>>>;
  /** Chunk of a pipelined transfer: each link but the slowest adds the time of one chunk. Bytes. */
  readonly chunkBytes: number;
  /** Places on the node that hold the weights afterwards. */
  readonly keepIn: readonly ("dram" | "ssd")[];
  /** Whether starts on one node that move the same thing wait for one transfer instead of each moving it. */
  readonly oncePerNode: boolean;
}

/** What a stage does: a time, and bytes to move after it. */
export interface StageWork {
  /** Constant part, seconds. */
  readonly seconds: number;
  /** Seconds per unit of a feature of the start (`weight_gib_per_rank`, `layers`, ...). */
  readonly secondsPer: readonly { readonly feature: string; readonly seconds: number }[];
  /** Bytes to move, or null. */
  readonly transfer: StageTransfer | null;
}

/** Something that a stage leaves behind and a later start can use. */
export interface StageArtifact {
  /**
   * Name: `image`, `compile`, `graphs`, `snapshot`, ... Stages of a start may share one: it is there
   * for all of them or for none, and complete when the last of them has ended.
   */
  readonly artifact: string;
  /** Whether it serves one node or the whole cluster. */
  readonly scope: "node" | "cluster";
  /** Features or identities whose change makes it useless: `model`, `image`, `gpu`, `engine`, `ranks`. */
  readonly key: readonly string[];
  /** Completed starts before it can be used, >= 1. */
  readonly readyAfterStarts: number;
  /** What is left to do when it is there. */
  readonly hit: StageWork;
}

/** One stage of a plan. */
export interface PlanStage {
  /** Name, such as "container" or "weights_load". */
  readonly name: string;
  /** Indices of the stages that must have ended, all smaller than this stage's own. */
  readonly after: readonly number[];
  /** What is done when no artifact helps. */
  readonly work: StageWork;
  /** Artifact that shortens the stage, or null. */
  readonly artifact: StageArtifact | null;
  /** Sigma of the lognormal noise on the time part (mean 1); 0 for none. */
  readonly noiseSigma: number;
  /** Half width of the uniform noise on the time part, [0, 1): a factor in 1 +- this; 0 for none. */
  readonly noiseUniform: number;
  /** The stage ends at the next multiple of this many seconds after the start began; 0 for at once. */
  readonly pollSeconds: number;
  /** Whether the time of this stage is billed. */
  readonly billed: boolean;
}

/** Link capacities that a plan's source measured on; bytes per second, absent when unknown. */
export interface PlanLinks {
  /** Registry of container images, for the cluster. */
  readonly registryBytesPerSecond?: number;
  /** Remote store of weights, for the cluster. */
  readonly storageBytesPerSecond?: number;
  /** Network cards of a node. */
  readonly nicBytesPerSecond?: number;
  /** Disks of a node, reading. */
  readonly ssdReadBytesPerSecond?: number;
  /** Host memory of a node. */
  readonly hostBytesPerSecond?: number;
  /** Host to one GPU. */
  readonly pcieBytesPerSecond?: number;
  /** One GPU to another of the node. */
  readonly nvlinkBytesPerSecond?: number;
}

/** How an instance starts on one platform: a directed acyclic graph of stages, sorted so that a stage comes after those it waits for. */
export interface StartPlan {
  /** Name of the preset that the plan is of. */
  readonly id: string;
  /** Platform that it describes. */
  readonly platform: string;
  /** Stages in order. */
  readonly stages: readonly PlanStage[];
  /** Links of the machine that was measured. */
  readonly links: PlanLinks;
  /** Features that a start need not give, with the value they then have. */
  readonly features: Readonly<Record<string, number>>;
}
