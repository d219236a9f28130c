import type { ScalingEntry } from "./policy.ts";
import { wantedInstances } from "./wanted_instances.ts";

const reason = "it decides nothing: only requests start instances";

/**
 * No decisions at all: requests start instances by the rule of activation, and keep-alive stops them,
 * as on platforms that scale per request.
 */
export const noScaling: ScalingEntry<"none", Record<never, never>> = {
  name: "none",
  describe: "No evaluations: `activation` starts instances, and keep-alive stops them.",
  settings: {},
  periodSeconds: Infinity,
  leavesIdle: true,
  laws: {
    skip: ["grows", "shrinks"].map((law) => ({ law, reason })),
  },
  create: (_settings, { periodSeconds }) => ({
    periodSeconds,
    desired: wantedInstances,
  }),
};
