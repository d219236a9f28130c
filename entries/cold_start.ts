/**
 * Cold starts: stages as a graph, presets of platforms and papers, and one start at a time.
 * docs/cold-start.md describes the stages.
 *
 * @module
 */
export { LINK_NAMES, type LinkName, type NodeLinks } from "../lib/network/topology.ts";
export {
  withJitter,
  withLoadLimit,
  withStageSeconds,
} from "../lib/serverless/cold_start/adjust_plan.ts";
export {
  billedSeconds,
  criticalPath,
  splitByStage,
} from "../lib/serverless/cold_start/critical_path.ts";
export {
  oneStart,
  type OneStartOptions,
  stageSeconds,
} from "../lib/serverless/cold_start/one_start.ts";
export {
  type ColdStartPreset,
  parseColdStartPreset,
} from "../lib/serverless/cold_start/parse_preset.ts";
export {
  POOLED_THINGS,
  type PooledThing,
  reloadPlan,
  splitPlan,
} from "../lib/serverless/cold_start/partial_plan.ts";
export {
  COLD_START_PRESETS,
  coldStartPreset,
  type ColdStartPresetName,
} from "../lib/serverless/cold_start/presets.ts";
export {
  type PlanLinks,
  type PlanStage,
  STAGE_NAMES,
  type StageArtifact,
  type StageTransfer,
  type StageWork,
  type StartPlan,
  type TransferRoute,
  WEIGHT_TIERS,
  type WeightTier,
} from "../lib/serverless/cold_start/stages.ts";
export type { StageSpanColumns } from "../lib/serverless/cold_start/stage_spans.ts";
export type {
  FinishedStart,
  NoiseStream,
  RankPlace,
  StartStage,
} from "../lib/serverless/cold_start/start_request.ts";
export {
  sequentialStarts,
  type StageSeconds,
  type StageSpan,
  type StartService,
  type StartStages,
} from "../lib/serverless/cold_start/start_service.ts";
