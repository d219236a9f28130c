import { placeBy } from "./place_by.ts";
import type { PlacementEntry, PlacementPolicy } from "./policy.ts";

/** `spread` as files name it. */
export const spreadPolicy: PlacementEntry<"spread", Record<never, never>> = {
  name: "spread",
  describe: "The machine with the least share of its GPUs in use.",
  settings: {},
  create: spread,
};

/** The node with the least share of its GPUs in use, so that instances share links with few others. */
export function spread(): PlacementPolicy {
  return placeBy("spread", (nodes, node) => 1 - nodes.freeGpus[node] / nodes.gpus[node]);
}
