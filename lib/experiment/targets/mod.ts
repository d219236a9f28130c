/**
 * Published cold-start measurements beside ours. Read `target.ts` for what a row is; each other file
 * is one publication, its numbers stand in data/targets.
 */
import { a6000Targets } from "./a6000_starts.ts";
import { hydraserveTargets } from "./hydraserve.ts";
import { medusaTargets } from "./medusa.ts";
import { mlEnergyTargets } from "./ml_energy.ts";
import { serverlessllmStoreTargets } from "./serverlessllm_store.ts";
import type { TargetGroup } from "./target.ts";
import { vllmV1Targets } from "./vllm_v1.ts";

export { mooncakeTransferTargets } from "./mooncake_transfer.ts";
export * from "./pinned_targets.ts";
export * from "./target.ts";

/** Power under load. */
export const ENERGY_TARGETS: readonly TargetGroup[] = [mlEnergyTargets];

/** Cold-start targets, by publication. */
export const COLD_START_TARGETS: readonly TargetGroup[] = [
  medusaTargets,
  hydraserveTargets,
  serverlessllmStoreTargets,
  vllmV1Targets,
  a6000Targets,
];
