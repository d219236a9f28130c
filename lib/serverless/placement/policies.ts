import { placeBy } from "./place_by.ts";
import { fits, type PlacementPolicy } from "./policy.ts";

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

/** The node that is left with the fewest free GPUs, so that large instances find room elsewhere. */
export function bestFit(): PlacementPolicy {
  return placeBy("best-fit", (nodes, node) => nodes.freeGpus[node]);
}

/** The node with the least share of its GPUs in use, so that instances share links with few others. */
export function spread(): PlacementPolicy {
  return placeBy("spread", (nodes, node) => 1 - nodes.freeGpus[node] / nodes.gpus[node]);
}

/**
 * The node with the least estimated start: cached weights and queued loads count.
 *
 * @source Y. Fu et al., "ServerlessLLM", OSDI 2024, section 6.1 (startup-time-optimised scheduling)
 */
export function leastStartupTime(): PlacementPolicy {
  return placeBy(
    "startup-time",
    (nodes, node, { functionId }) => nodes.startSeconds(node, functionId),
  );
}

/** The placement policies by name. A new one is one file and one line here. */
export const PLACEMENT_POLICIES = {
  "first-fit": firstFit,
  "best-fit": bestFit,
  spread,
  "startup-time": leastStartupTime,
} as const satisfies Record<string, () => PlacementPolicy>;

/** Names that `createPlacement` knows. */
export type PlacementName = keyof typeof PLACEMENT_POLICIES;

/**
 * A placement policy by name.
 *
 * @throws {RangeError} If the name is unknown.
 *
 * @example
 * ```ts
 * import { createPlacement } from "./mod.ts";
 * console.log(createPlacement("best-fit").name); // best-fit
 * ```
 */
export function createPlacement(name: PlacementName): PlacementPolicy {
  if (!Object.hasOwn(PLACEMENT_POLICIES, name)) {
    throw new RangeError(
      `Cannot use placement as one of ${
        Object.keys(PLACEMENT_POLICIES).join(", ")
      }: current value is "${name}"`,
    );
  }
  return PLACEMENT_POLICIES[name]();
}
