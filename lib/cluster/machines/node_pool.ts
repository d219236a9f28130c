import type { RankPlace } from "../../serverless/cold_start/start_request.ts";
import {
  partOf,
  type PlacedGpus,
  spansNodes,
  stagesOn,
} from "../../serverless/placement/place_gang.ts";
import { placeInstance, type Placement } from "../../serverless/placement/place_instance.ts";
import type { IdleInstances } from "../../serverless/placement/choose_victims.ts";
import type { NodesView, PlacementRequest } from "../../serverless/placement/policy.ts";
import type { NodeParts, PlacementParts } from "../cluster_parts.ts";
import { IdleParts } from "./idle_parts.ts";

/** What an instance holds of a machine. */
export interface HeldPart extends PlacedGpus {
  /** Host memory, bytes. */
  readonly dramBytes: number;
}

/** The machines of a cluster: which of their GPUs are taken, and where the next instance goes. */
export class NodePool implements NodesView {
  readonly count: number;
  readonly gpuType: Int32Array;
  readonly freeGpus: Int32Array;
  readonly gpus: Int32Array;
  readonly freeDramBytes: Float64Array;
  readonly freeSsdBytes: Float64Array;
  readonly isOpen: Uint8Array;
  /** What idle instances hold; empty where none of them stops for others. */
  readonly idle: IdleParts;
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
    this.idle = new IdleParts(nodes.length);
    this.#taken = nodes.map((node) => new Uint8Array(node.gpus));
    parts.needs.forEach((_, functionId) => this.#requireRoom(functionId, functionNames));
  }

  #requireRoom(functionId: number, names: readonly string[]): void {
    const needs = this.#parts.needs[functionId];
    const { gpus, stageGpus = gpus, dramBytes, gpuTypes } = needs;
    let largest = 0;
    let spans = false;
    for (const gpuType of gpuTypes) {
      const spansType = spansNodes(needs, gpuType, this);
      spans ||= spansType;
      let stages = 0;
      for (let node = 0; node < this.count; node++) {
        if (this.gpuType[node] !== gpuType) continue;
        largest = Math.max(largest, this.gpus[node]);
        const most = stagesOn(needs, this, node);
        stages = spansType ? stages + most : Math.max(stages, most);
      }
      if (stages * stageGpus >= gpus) return;
    }
    const [wanted, value] = stageGpus < gpus && stageGpus > largest
      ? [
        "whose tensor-parallel GPUs are on one machine",
        `${stageGpus} on machines of ${largest} (more pipeline stages may spread over machines)`,
      ]
      : [
        `that fits on ${spans ? "the machines" : "a machine"} of its GPU type`,
        `${gpus} GPUs${spans ? ` in stages of ${stageGpus}` : ""}` +
        (dramBytes > 0 ? ` and ${dramBytes / 1e9} GB of host memory` : ""),
      ];
    throw new RangeError(
      `Cannot place an instance of "${
        names[functionId]
      }" as one ${wanted}: current value is ${value}`,
    );
  }

  /** What an instance of the function needs of a machine. */
  needsOf(functionId: number): PlacementRequest {
    return this.#parts.needs[functionId];
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

  /**
   * Takes GPUs for an instance of the function, the lowest free ones, all on one node unless `shares`
   * says otherwise. In rank order.
   */
  take(functionId: number, node: number, shares?: readonly PlacedGpus[]): RankPlace[] {
    const needs = this.#parts.needs[functionId];
    return (shares ?? [{ node, gpus: needs.gpus }]).flatMap((share) =>
      this.#takeOn(share, partOf(needs, share.gpus).dramBytes)
    );
  }

  #takeOn({ node, gpus }: PlacedGpus, dramBytes: number): RankPlace[] {
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
    for (const { node, gpu } of ranks) this.#taken[node][gpu] = 0;
    for (const { node, gpus, dramBytes } of this.heldBy(functionId, ranks)) {
      this.freeGpus[node] += gpus;
      this.freeDramBytes[node] += dramBytes;
    }
  }

  /** An instance of the function falls idle at an instant, seconds. */
  fallsIdle(id: number, functionId: number, ranks: readonly RankPlace[], atSeconds: number): void {
    if (!this.#parts.evictsIdle) return;
    this.idle.add(id, functionId, this.heldBy(functionId, ranks), atSeconds);
  }

  /** It is not idle any more. */
  isCalled(id: number, ranks: readonly RankPlace[]): void {
    if (this.#parts.evictsIdle) this.idle.remove(id, ranks);
  }

  /** GPUs and host memory of an instance of the function, by node. */
  heldBy(functionId: number, ranks: readonly RankPlace[]): readonly HeldPart[] {
    const needs = this.#parts.needs[functionId];
    const { length: gpus } = ranks;
    const [{ node }] = ranks;
    if (ranks[gpus - 1].node === node) {
      return [{ node, gpus, dramBytes: partOf(needs, gpus).dramBytes }];
    }
    return [...Map.groupBy(ranks, (rank) => rank.node)].map(([on, part]) => ({
      node: on,
      gpus: part.length,
      dramBytes: partOf(needs, part.length).dramBytes,
    }));
  }

  /** Whether instances of the function go to several machines. */
  spans(functionId: number): boolean {
    const needs = this.#parts.needs[functionId];
    return needs.gpuTypes.every((gpuType) => spansNodes(needs, gpuType, this));
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
