import type { RankPlace } from "../serverless/cold_start/start_request.ts";
import { placeInstance, type Placement } from "../serverless/placement/place_instance.ts";
import type { IdleInstances } from "../serverless/placement/choose_victims.ts";
import type { NodesView } from "../serverless/placement/policy.ts";
import type { NodeParts, PlacementParts } from "./cluster_parts.ts";

/** The machines of a cluster: which of their GPUs are taken, and where the next instance goes. */
export class NodePool implements NodesView {
  readonly count: number;
  readonly gpuType: Int32Array;
  readonly freeGpus: Int32Array;
  readonly gpus: Int32Array;
  readonly freeDramBytes: Float64Array;
  readonly freeSsdBytes: Float64Array;
  readonly isOpen: Uint8Array;
  readonly #parts: PlacementParts;
  /** Whether each GPU of each node is taken. */
  readonly #taken: Uint8Array[];
  #now = 0;

  /** @throws {RangeError} If an instance of a function fits on no machine. */
  constructor(parts: PlacementParts, functionNames: readonly string[]) {
    const { nodes } = parts;
    const column = (of: (node: NodeParts) => number) => Int32Array.from(nodes, of);
    this.#parts = parts;
    this.count = nodes.length;
    this.gpuType = column((node) => node.gpuType);
    this.gpus = column((node) => node.gpus);
    this.freeGpus = this.gpus.slice();
    this.freeDramBytes = Float64Array.from(nodes, (node) => node.dramBytes);
    this.freeSsdBytes = Float64Array.from(nodes, (node) => node.ssdBytes);
    this.isOpen = new Uint8Array(nodes.length).fill(1);
    this.#taken = nodes.map((node) => new Uint8Array(node.gpus));
    parts.needs.forEach(({ gpus, gpuTypes, dramBytes }, functionId) => {
      const hasRoom = nodes.some((node) =>
        gpuTypes.includes(node.gpuType) && node.gpus >= gpus && node.dramBytes >= dramBytes
      );
      if (hasRoom) return;
      throw new RangeError(
        `Cannot place an instance of "${
          functionNames[functionId]
        }" as one that fits on a machine of its GPU type: current value is ${gpus} GPUs`,
      );
    });
  }

  startSeconds(node: number, functionId: number): number {
    return this.#parts.startSeconds?.(node, functionId, this.#now) ?? 0;
  }

  /** Where an instance of the function goes now, and who stops for it; undefined without room. */
  place(functionId: number, now: number, idle: IdleInstances | undefined): Placement | undefined {
    this.#now = now;
    const { policy, needs } = this.#parts;
    return placeInstance(policy, needs[functionId], this, idle);
  }

  /** Takes GPUs of a node for an instance of the function, the lowest free ones. */
  take(functionId: number, node: number): RankPlace[] {
    const { gpus, dramBytes } = this.#parts.needs[functionId];
    const taken = this.#taken[node];
    const ranks: RankPlace[] = [];
    for (let gpu = 0; gpu < taken.length && ranks.length < gpus; gpu++) {
      if (taken[gpu] === 1) continue;
      taken[gpu] = 1;
      ranks.push({ node, gpu });
    }
    this.freeGpus[node] -= gpus;
    this.freeDramBytes[node] -= dramBytes;
    return ranks;
  }

  /** Gives the GPUs of an instance of the function back. */
  release(functionId: number, ranks: readonly RankPlace[]): void {
    const [{ node }] = ranks;
    for (const { gpu } of ranks) this.#taken[node][gpu] = 0;
    this.freeGpus[node] += ranks.length;
    this.freeDramBytes[node] += this.#parts.needs[functionId].dramBytes;
  }

  /** GPUs and host memory of an instance of the function. */
  needsOf(functionId: number): { readonly gpus: number; readonly dramBytes: number } {
    return this.#parts.needs[functionId];
  }

  /** Whether an instance of the function has to let one of the other function go first. */
  mustFollow(functionId: number, other: number): boolean {
    const { backfills, needs } = this.#parts;
    if (backfills) return functionId === other;
    return needs[functionId].gpuTypes.some((type) => needs[other].gpuTypes.includes(type));
  }

  /** Whether idle instances of other functions stop for an instance that finds no room. */
  get evictsIdle(): boolean {
    return this.#parts.evictsIdle;
  }
}
