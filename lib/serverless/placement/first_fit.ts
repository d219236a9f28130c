import { fits, type PlacementEntry, type PlacementPolicy } from "./policy.ts";

/** `first-fit` as files name it. */
export const firstFitPolicy: PlacementEntry<"first-fit", Record<never, never>> = {
  name: "first-fit",
  describe: "The first machine with room.",
  settings: {},
  create: firstFit,
};

/** The first node that fits. */
export function firstFit(): PlacementPolicy {
  return {
    name: "first-fit",
    place(request, gpuType, nodes) {
      for (let node = 0; node < nodes.count; node++) {
        if (fits(request, gpuType, nodes, node)) return node;
      }
      return -1;
    },
  };
}
