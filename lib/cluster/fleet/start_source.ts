import type { StartStages } from "../../serverless/cold_start/start_service.ts";
import type { IdleInstances } from "../../serverless/placement/choose_victims.ts";
import { partOf, type PlacedGpus } from "../../serverless/placement/place_gang.ts";
import type { Placement } from "../../serverless/placement/place_instance.ts";
import { fits } from "../../serverless/placement/policy.ts";
import type { ClusterParts } from "../cluster_parts.ts";
import type { Fleet } from "./fleet.ts";
import type { PoolMember } from "./prewarmed_pools.ts";
import type { Sleeper } from "./sleepers.ts";

/** What a start begins with, and where. */
export interface StartSource {
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

/** What a source is looked for in: the parts of the fleet that are concerned. */
type Sources = Pick<Fleet, "nodes" | "sleepers" | "pools" | "functions" | "evict">;

/**
 * Finds out where a new instance of a function starts and with what: a sleeping instance of the
 * function on a machine with room, else a member of its pool, else nothing, on the machine that the
 * placement policy says. Without room, members of other pools go first, then sleeping instances that
 * hold the memory, then idle instances of other functions. What is found is taken.
 *
 * @returns Undefined without room.
 */
export function findStartSource(
  functionId: number,
  { placement }: ClusterParts,
  fleet: Sources,
  now: number,
): StartSource | undefined {
  const { nodes, sleepers } = fleet;
  const needs = placement?.needs[functionId];
  const hasRoom = (node: number) => node < 0 || fits(needs!, nodes!.gpuType[node], nodes!, node);
  // One that wakes gives its memory to the instance that is made of it.
  const lent = sleepers.lend(functionId);
  const sleeper = sleepers.find(functionId, hasRoom);
  const member = sleeper === undefined ? fleet.pools.take(functionId, now, hasRoom) : undefined;
  const isFound = sleeper !== undefined || member !== undefined || nodes === undefined;
  const placed = isFound ? undefined : findPlace(functionId, fleet, lent, now);
  sleepers.takeBack(lent);
  if (sleeper !== undefined || member !== undefined) {
    return warm(functionId, fleet, now, sleeper, member);
  }
  if (nodes === undefined) return { node: -1, stages: "all" };
  if (placed === undefined) return undefined;
  const { node, instanceIds, shares } = placed;
  // One that sleeps there wakes first and leaves its memory to those that have to go.
  const isThere = (other: number) => other === node;
  const asleep = sleepers.find(functionId, isThere);
  const pooled = asleep === undefined ? fleet.pools.take(functionId, now, isThere) : undefined;
  const source = asleep === undefined && pooled === undefined
    ? { node, stages: "all" as const, ...(shares && { shares }) }
    : warm(functionId, fleet, now, asleep, pooled);
  for (const id of instanceIds) fleet.evict(id);
  // They may sleep, but not in the memory that the new instance needs.
  for (const share of shares ?? [{ node, gpus: needs!.gpus }]) {
    sleepers.makeRoom(share.node, partOf(needs!, share.gpus).dramBytes, now);
  }
  return source;
}

/** A start with a sleeping instance, which wakes, or with a pool's member. */
function warm(
  functionId: number,
  { sleepers, functions }: Sources,
  now: number,
  sleeper: Sleeper | undefined,
  member: PoolMember | undefined,
): StartSource {
  if (sleeper === undefined) return { node: member!.node, stages: "rest", member };
  sleepers.wake(sleeper, now);
  const { level } = functions[functionId].parts.scaling.sleep!;
  return { node: sleeper.node, stages: level === 1 ? "wake" : "reload", sleeper };
}

/** The machine of a new instance, and who has to go for it; undefined without room. */
function findPlace(
  functionId: number,
  fleet: Sources,
  lent: readonly Sleeper[],
  now: number,
): Placement | undefined {
  const nodes = fleet.nodes!;
  const find = (idle?: IdleInstances) => nodes.place(functionId, now, idle);
  return find() ??
    (fleet.pools.giveWay(functionId, now) ? find() : undefined) ??
    (makeMemory(functionId, fleet, lent, now) ? find() : undefined) ??
    (nodes.evictsIdle ? find(idleInstances(fleet)) : undefined);
}

/**
 * Ends sleeps on the first machine where they alone are in the way of a new instance; of one on
 * several machines, on all that have GPUs for a part of it. The sleep that the instance would be
 * made of goes on, since its memory is lent.
 */
function makeMemory(
  functionId: number,
  { nodes, sleepers }: Sources,
  lent: readonly Sleeper[],
  now: number,
): boolean {
  const needs = nodes!.needsOf(functionId);
  const { gpus, gpuTypes, stageGpus = gpus } = needs;
  const least = nodes!.spans(functionId) ? stageGpus : gpus;
  let made = false;
  for (let node = 0; needs.dramBytes > 0 && node < nodes!.count; node++) {
    const isOpen = nodes!.isOpen[node] === 1 && gpuTypes.includes(nodes!.gpuType[node]);
    const free = Math.min(gpus, nodes!.freeGpus[node]);
    if (!isOpen || free < least) continue;
    const part = partOf(needs, free - free % least);
    if (!sleepers.makeRoom(node, part.dramBytes, now, lent)) continue;
    if (least === gpus) return true;
    made = true;
  }
  return made;
}

/** Instances without requests that may stop for others, by machine. */
function idleInstances({ functions, nodes }: Sources): IdleInstances {
  return {
    on: (node) => nodes!.idle.on(node),
    mayGo(functionId) {
      const { size, parts: { scaling } } = functions[functionId];
      return size > scaling.minInstances;
    },
  };
}
