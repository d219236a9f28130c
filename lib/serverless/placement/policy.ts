import type { Policy } from "../../settings/policy.ts";

/** Nodes as a placement policy sees them, in columns by node id. */
export interface NodesView {
  /** Nodes. */
  readonly count: number;
  /** GPU pool of each node, an index into the cluster's GPU types. */
  readonly gpuType: Int32Array;
  /** GPUs in use by nobody. */
  readonly freeGpus: Int32Array;
  /** GPUs of each node. */
  readonly gpus: Int32Array;
  /** Host memory for weights in use by nobody, bytes. */
  readonly freeDramBytes: Float64Array;
  /** Disk for weights in use by nobody, bytes. */
  readonly freeSsdBytes: Float64Array;
  /** Whether the node takes new instances (1) or not (0): failed, or about to be preempted. */
  readonly isOpen: Uint8Array;
  /**
   * Estimated start of an instance of `functionId` on the node, seconds from now: nearest copy of the
   * weights and loads queued before it counted.
   */
  startSeconds(node: number, functionId: number): number;
}

/** What an instance needs of a node. */
export interface PlacementRequest {
  /** Function of the instance. */
  readonly functionId: number;
  /** GPUs, >= 1. */
  readonly gpus: number;
  /**
   * GPUs of a pipeline stage, which stay on one node; divides `gpus`. Where no node of a type has
   * `gpus` GPUs, an instance goes to several. Absent: it never does.
   */
  readonly stageGpus?: number;
  /** GPU types that will do, in order of preference. */
  readonly gpuTypes: readonly number[];
  /** Host memory, bytes, beside equal parts of the GPUs; 0 for none. */
  readonly dramBytes: number;
}

/** Chooses the node for a new instance. Equals go to the lowest id. Stateless. */
export interface PlacementPolicy {
  /** Name in configurations, such as "best-fit". */
  readonly name: string;
  /** A node of the given GPU type that fits, or -1. */
  place(request: PlacementRequest, gpuType: number, nodes: NodesView): number;
}

/** Whether the instance fits on the node as it is. */
export function fits(
  request: PlacementRequest,
  gpuType: number,
  nodes: NodesView,
  node: number,
): boolean {
  return nodes.isOpen[node] === 1 && nodes.gpuType[node] === gpuType &&
    nodes.freeGpus[node] >= request.gpus && nodes.freeDramBytes[node] >= request.dramBytes;
}

/** A placement policy as its table has it. It is told nothing beyond its settings. */
export type PlacementEntry<Name extends string, Options> = Policy<
  Name,
  Options,
  Readonly<Record<never, never>>,
  PlacementPolicy
>;
