import type { StartStages } from "../serverless/cold_start/start_service.ts";
import { InstanceState } from "../serverless/lifecycle.ts";
import type { IdleInstances } from "../serverless/placement/choose_victims.ts";
import { partOf, type PlacedGpus } from "../serverless/placement/place_gang.ts";
import type { Placement } from "../serverless/placement/place_instance.ts";
import { fits } from "../serverless/placement/policy.ts";
import type { ClusterParts } from "./cluster_parts.ts";
import type { Fleet } from "./fleet.ts";
import type { HeldPart } from "./node_pool.ts";
import type { PoolMember } from "./prewarmed_pools.ts";
import type { Sleeper } from "./sleepers.ts";

/** What a start begins with, and where. */
export interface Beginning {
  /** The machine; -1 where machines are not told apart. */
  readonly node: number;
  /** GPUs by machine where there are several, of which `node` is the first. */
  readonly shares?: readonly PlacedGpus[];
  /** Stages that are left to do. */
  readonly stages: StartStages;
  /** The sleeping instance that wakes. */
  readonly sleeper?: Sleeper;
  /** The pool's member that it takes. */
  readonly member?: PoolMember;
}

/**
 * Finds out where new instances start and with what: a sleeping instance of the function on a machine
 * with room, else a member of its pool, else nothing, on the machine that the placement policy says.
 * Without room, members of other pools go first, then sleeping instances that hold the memory, then
 * idle instances of other functions.
 */
export class Beginnings {
  readonly #parts: ClusterParts;
  readonly #fleet: Fleet;

  constructor(parts: ClusterParts, fleet: Fleet) {
    this.#parts = parts;
    this.#fleet = fleet;
  }

  /** With what and where a new instance of a function starts; undefined without room. */
  find(functionId: number, now: number): Beginning | undefined {
    const { nodes } = this.#fleet;
    const needs = this.#parts.placement?.needs[functionId];
    const hasRoom = (node: number) => node < 0 || fits(needs!, nodes!.gpuType[node], nodes!, node);
    const warm = this.#findWarm(functionId, now, hasRoom);
    if (warm !== undefined) return warm;
    if (nodes === undefined) return { node: -1, stages: "all" };
    const placed = this.#findPlace(functionId, now);
    if (placed === undefined) return undefined;
    const { node, instanceIds, shares } = placed;
    // One that sleeps there wakes first and leaves its memory to those that have to go.
    const beginning = this.#findWarm(functionId, now, (other) => other === node) ??
      { node, stages: "all", ...(shares && { shares }) };
    for (const id of instanceIds) this.#fleet.evict(id, now);
    // They may sleep, but not in the memory that the new instance needs.
    for (const share of shares ?? [{ node, gpus: needs!.gpus }]) {
      this.#fleet.sleepers.makeRoom(share.node, partOf(needs!, share.gpus).dramBytes, now);
    }
    return beginning;
  }

  /** A sleeping instance, else a member of a pool, on a machine that will do. */
  #findWarm(
    functionId: number,
    now: number,
    willDo: (node: number) => boolean,
  ): Beginning | undefined {
    const { sleepers, pools, functions } = this.#fleet;
    const sleeper = sleepers.find(functionId, willDo);
    if (sleeper !== undefined) {
      sleepers.wake(sleeper, now);
      const { level } = functions[functionId].parts.scaling.sleep!;
      return { node: sleeper.node, stages: level === 1 ? "wake" : "reload", sleeper };
    }
    const member = pools.take(functionId, now, willDo);
    return member && { node: member.node, stages: "rest", member };
  }

  /** The machine of a new instance, and who has to go for it; undefined without room. */
  #findPlace(functionId: number, now: number): Placement | undefined {
    const { nodes, pools } = this.#fleet;
    const find = (idle?: IdleInstances) => nodes!.place(functionId, now, idle);
    return find() ??
      (pools.giveWay(functionId, now) ? find() : undefined) ??
      (this.#makeMemory(functionId, now) ? find() : undefined) ??
      (nodes!.evictsIdle ? find(this.#idleInstances()) : undefined);
  }

  /**
   * Ends sleeps on the first machine where they alone are in the way of a new instance; of one on
   * several machines, on all that have GPUs for a part of it.
   */
  #makeMemory(functionId: number, now: number): boolean {
    const { nodes, sleepers } = this.#fleet;
    const needs = this.#parts.placement!.needs[functionId];
    const { gpus, gpuTypes, stageGpus = gpus } = needs;
    const least = nodes!.spans(functionId) ? stageGpus : gpus;
    let made = false;
    for (let node = 0; needs.dramBytes > 0 && node < nodes!.count; node++) {
      const isOpen = nodes!.isOpen[node] === 1 && gpuTypes.includes(nodes!.gpuType[node]);
      const free = Math.min(gpus, nodes!.freeGpus[node]);
      if (!isOpen || free < least) continue;
      const part = partOf(needs, free - free % least);
      if (!sleepers.makeRoom(node, part.dramBytes, now)) continue;
      if (least === gpus) return true;
      made = true;
    }
    return made;
  }

  /** Instances without requests that may stop for others, by machine. */
  #idleInstances(): IdleInstances {
    const { alive, state, functions, functionOf, ranks, nodes, idleSinceSeconds } = this.#fleet;
    const ids: number[] = [];
    const parts: HeldPart[] = [];
    for (const id of alive) {
      if (state[id] !== InstanceState.idle) continue;
      for (const part of nodes!.heldBy(functionOf[id], ranks[id])) {
        ids.push(id);
        parts.push(part);
      }
    }
    const count = ids.length;
    const rows = {
      count,
      instanceId: Int32Array.from(ids),
      functionId: new Int32Array(count),
      node: new Int32Array(count),
      gpus: new Int32Array(count),
      dramBytes: new Float64Array(count),
      idleSinceSeconds: new Float64Array(count),
      mayGo: new Uint8Array(count),
    };
    for (let row = 0; row < count; row++) {
      const id = ids[row];
      const { size, parts: { scaling } } = functions[functionOf[id]];
      rows.functionId[row] = functionOf[id];
      rows.node[row] = parts[row].node;
      rows.gpus[row] = parts[row].gpus;
      rows.dramBytes[row] = parts[row].dramBytes;
      rows.idleSinceSeconds[row] = idleSinceSeconds[id];
      rows.mayGo[row] = Number(size > scaling.minInstances);
    }
    return rows;
  }
}
