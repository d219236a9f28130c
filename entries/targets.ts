/**
 * Targets: published numbers beside ours, as rows of an experiment.
 *
 * @module
 */
export { targetCells } from "../lib/experiment/target_page.ts";
export { medusaModels, medusaTargets } from "../lib/experiment/targets/medusa.ts";
export type { MedusaModel } from "../lib/experiment/targets/medusa_fit.ts";
export {
  boundRow,
  meanError,
  relativeRow,
  type TargetGroup,
  type TargetRow,
} from "../lib/experiment/targets/target.ts";
