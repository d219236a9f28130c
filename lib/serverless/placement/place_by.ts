import { fits, type NodesView, type PlacementPolicy, type PlacementRequest } from "./policy.ts";

/**
 * The node that fits with the least score; the lowest id of equals.
 *
 * @param score Of a node that fits; smaller is better.
 */
export function placeBy(
  name: string,
  score: (nodes: NodesView, node: number, request: PlacementRequest) => number,
): PlacementPolicy {
  return {
    name,
    place(request, gpuType, nodes) {
      let best = -1;
      let least = Infinity;
      for (let node = 0; node < nodes.count; node++) {
        if (!fits(request, gpuType, nodes, node)) continue;
        const value = score(nodes, node, request);
        if (best < 0 || value < least) {
          best = node;
          least = value;
        }
      }
      return best;
    },
  };
}
