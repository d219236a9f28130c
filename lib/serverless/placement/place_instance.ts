import { chooseVictims, type Eviction, type IdleInstances } from "./choose_victims.ts";
import type { NodesView, PlacementPolicy, PlacementRequest } from "./policy.ts";

/** Where a new instance goes. */
export interface Placement extends Eviction {
  /** GPU type of the node. */
  readonly gpuType: number;
}

/**
 * Places an instance in heterogeneous pools: each GPU type that will do is tried in order of
 * preference; only when none has room are idle instances of other functions stopped, again in that
 * order.
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
    const node = policy.place(request, gpuType, nodes);
    if (node >= 0) return { node, gpuType, instanceIds: [] };
  }
  if (idle === undefined) return undefined;
  for (const gpuType of request.gpuTypes) {
    const eviction = chooseVictims(request, gpuType, nodes, idle);
    if (eviction !== undefined) return { ...eviction, gpuType };
  }
  return undefined;
}
