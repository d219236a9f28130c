import { placeBy } from "./place_by.ts";
import type { PlacementEntry, PlacementPolicy } from "./policy.ts";

/** `best-fit` as files name it. */
export const bestFitPolicy: PlacementEntry<"best-fit", Record<never, never>> = {
  name: "best-fit",
  describe: "The machine that is left with the fewest free GPUs.",
  settings: {},
  create: bestFit,
};

/** The node that is left with the fewest free GPUs, so that large instances find room elsewhere. */
export function bestFit(): PlacementPolicy {
  return placeBy("best-fit", (nodes, node) => nodes.freeGpus[node]);
}
