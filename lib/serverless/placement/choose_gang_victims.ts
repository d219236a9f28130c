import type { IdleInstances, IdlePart } from "./choose_victims.ts";
import { type PlacedGpus, placeGang, stagesOn } from "./place_gang.ts";
import type { NodesView, PlacementPolicy, PlacementRequest } from "./policy.ts";

/** What an idle instance holds, and where. */
interface Place {
  readonly node: number;
  readonly part: IdlePart;
}

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
  const partsOf = new Map<number, Place[]>();
  for (let node = 0; node < nodes.count; node++) {
    if (nodes.isOpen[node] === 0 || nodes.gpuType[node] !== gpuType) continue;
    for (const part of idle.on(node)) {
      const { instanceId, functionId } = part;
      if (functionId === request.functionId || !idle.mayGo(functionId)) continue;
      const parts = partsOf.get(instanceId);
      if (parts) parts.push({ node, part });
      else partsOf.set(instanceId, [{ node, part }]);
    }
  }
  const since = ([{ part }]: readonly Place[]) => part.idleSinceSeconds;
  const longest = [...partsOf].sort(([a, partsA], [b, partsB]) =>
    since(partsA) - since(partsB) || a - b
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
  const give = (parts: readonly Place[], sign: 1 | -1) => {
    for (const { node, part } of parts) {
      view.freeGpus[node] += sign * part.gpus;
      view.freeDramBytes[node] += sign * part.dramBytes;
    }
  };
  const going: [id: number, parts: Place[]][] = [];
  for (const victim of longest) {
    if (hasRoom(request, gpuType, view)) break;
    give(victim[1], 1);
    going.push(victim);
  }
  if (!hasRoom(request, gpuType, view)) return undefined;
  // The youngest is tried first: who has been idle longest goes rather than stays.
  const instanceIds: number[] = [];
  for (const [id, parts] of going.reverse()) {
    give(parts, -1);
    if (hasRoom(request, gpuType, view)) continue;
    give(parts, 1);
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
