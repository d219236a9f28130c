import { chooseGangVictims } from "./choose_gang_victims.ts";
import { chooseVictims, type Eviction, type IdleInstances } from "./choose_victims.ts";
import { type PlacedGpus, placeGang, spansNodes } from "./place_gang.ts";
import type { NodesView, PlacementPolicy, PlacementRequest } from "./policy.ts";

/** Where a new instance goes. */
export interface Placement extends Eviction {
  /** GPU type of the node. */
  readonly gpuType: number;
  /** Its GPUs by node, in order of the pipeline stages, where it goes to several; `node` is the first. */
  readonly shares?: readonly PlacedGpus[];
}

/**
 * Places an instance in heterogeneous pools: each GPU type that will do is tried in order of
 * preference; only when none has room are idle instances of other functions stopped, again in that
 * order. An instance that needs more GPUs than any node of the type has goes to several nodes, all
 * of it or nothing.
 *
 * @param idle Absent: nothing is evicted.
 * @returns Where it goes and which instances stop for it (mostly none), or undefined without room.
 */
export function placeInstance(
  policy: PlacementPolicy,
  request: PlacementRequest,
  nodes: NodesView,
  idle?: IdleInstances,
): Placement | undefined {
  for (const gpuType of request.gpuTypes) {
    if (spansNodes(request, gpuType, nodes)) {
      const shares = placeGang(policy, request, gpuType, nodes);
      if (shares !== undefined) return { node: shares[0].node, gpuType, instanceIds: [], shares };
    } else {
      const node = policy.place(request, gpuType, nodes);
      if (node >= 0) return { node, gpuType, instanceIds: [] };
    }
  }
  if (idle === undefined) return undefined;
  for (const gpuType of request.gpuTypes) {
    if (spansNodes(request, gpuType, nodes)) {
      const gang = chooseGangVictims(policy, request, gpuType, nodes, idle);
      if (gang !== undefined) return { ...gang, node: gang.shares[0].node, gpuType };
    } else {
      const eviction = chooseVictims(request, gpuType, nodes, idle);
      if (eviction !== undefined) return { ...eviction, gpuType };
    }
  }
  return undefined;
}
