import type { IdleInstances } from "./choose_victims.ts";
import { type PlacedGpus, placeGang, stagesOn } from "./place_gang.ts";
import type { NodesView, PlacementPolicy, PlacementRequest } from "./policy.ts";

/** Instances to stop for one that goes to several nodes, and where it goes then. */
export interface GangEviction {
  /** GPUs that the instance takes, by node. */
  readonly shares: readonly PlacedGpus[];
  /** Instances to stop. */
  readonly instanceIds: readonly number[];
}

/**
 * Idle instances of other functions to stop for a new instance on several nodes, the longest idle
 * first until there is room for all of it; of those, the ones that turn out not to be in the way stay.
 *
 * @returns The eviction, or undefined when even stopping them all makes no room.
 */
export function chooseGangVictims(
  policy: PlacementPolicy,
  request: PlacementRequest,
  gpuType: number,
  nodes: NodesView,
  idle: IdleInstances,
): GangEviction | undefined {
  const rowsOf = new Map<number, number[]>();
  for (let row = 0; row < idle.count; row++) {
    const node = idle.node[row];
    if (idle.mayGo[row] === 0 || idle.functionId[row] === request.functionId) continue;
    if (nodes.isOpen[node] === 0 || nodes.gpuType[node] !== gpuType) continue;
    const id = idle.instanceId[row];
    const rows = rowsOf.get(id);
    if (rows) rows.push(row);
    else rowsOf.set(id, [row]);
  }
  const since = (rows: readonly number[]) => idle.idleSinceSeconds[rows[0]];
  const longest = [...rowsOf].sort(([a, rowsA], [b, rowsB]) =>
    since(rowsA) - since(rowsB) || a - b
  );
  const view: NodesView = {
    count: nodes.count,
    gpuType: nodes.gpuType,
    gpus: nodes.gpus,
    freeGpus: nodes.freeGpus.slice(),
    freeDramBytes: nodes.freeDramBytes.slice(),
    freeSsdBytes: nodes.freeSsdBytes,
    isOpen: nodes.isOpen,
    startSeconds: (node, functionId) => nodes.startSeconds(node, functionId),
  };
  const give = (rows: readonly number[], sign: 1 | -1) => {
    for (const row of rows) {
      view.freeGpus[idle.node[row]] += sign * idle.gpus[row];
      view.freeDramBytes[idle.node[row]] += sign * idle.dramBytes[row];
    }
  };
  const going: [id: number, rows: number[]][] = [];
  for (const victim of longest) {
    if (hasRoom(request, gpuType, view)) break;
    give(victim[1], 1);
    going.push(victim);
  }
  if (!hasRoom(request, gpuType, view)) return undefined;
  // The youngest is tried first: who has been idle longest goes rather than stays.
  const instanceIds: number[] = [];
  for (const [id, rows] of going.reverse()) {
    give(rows, -1);
    if (hasRoom(request, gpuType, view)) continue;
    give(rows, 1);
    instanceIds.push(id);
  }
  return {
    shares: placeGang(policy, request, gpuType, view)!,
    instanceIds: instanceIds.reverse(),
  };
}

function hasRoom(request: PlacementRequest, gpuType: number, nodes: NodesView): boolean {
  const { gpus, stageGpus = gpus } = request;
  let stages = gpus / stageGpus;
  for (let node = 0; node < nodes.count && stages > 0; node++) {
    if (nodes.isOpen[node] === 1 && nodes.gpuType[node] === gpuType) {
      stages -= stagesOn(request, nodes, node);
    }
  }
  return stages <= 0;
}
