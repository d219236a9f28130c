/**
 * Placement: which machine a new instance runs on, and which GPU a function is for.
 *
 * @module
 */
export { chooseGpu, type GpuVariant } from "../lib/config/choose_gpu.ts";
export { bestFit } from "../lib/serverless/placement/best_fit.ts";
export { firstFit } from "../lib/serverless/placement/first_fit.ts";
export { placeBy } from "../lib/serverless/placement/place_by.ts";
export { PLACEMENT_POLICIES } from "../lib/serverless/placement/policies.ts";
export type {
  NodesView,
  PlacementPolicy,
  PlacementRequest,
} from "../lib/serverless/placement/policy.ts";
export { spread } from "../lib/serverless/placement/spread.ts";
export { leastStartupTime } from "../lib/serverless/placement/startup_time.ts";
