/**
 * Profiles: measured operator tables, step times that are read from them, and fitted overheads.
 *
 * @module
 */
export type { GpuLinkTimes } from "../lib/execution/gpu_link.ts";
export type { AttentionKernelName } from "../lib/hardware/attention_kernels.ts";
export { ALL_TO_ALL_MODES, type AllToAllMode } from "../lib/execution/all_to_all.ts";
export {
  calibrationEntries,
  calibrationFor,
  type CalibrationKey,
} from "../lib/execution/calibrated/calibration.ts";
export type {
  CalibrationEntry,
  CalibrationErrors,
  HeldOutErrors,
} from "../lib/execution/calibrated/calibration_entry.ts";
export type { Overhead } from "../lib/execution/calibrated/overhead.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../lib/execution/execution_time_model.ts";
export { PROFILED_GPUS, shippedProfile } from "../lib/execution/profiled/catalogue.ts";
export type { ExpertRouting } from "../lib/execution/profiled/expert_times.ts";
export type {
  GpuPeaks,
  MixedBatch,
  OperatorProfile,
  ProfileDtype,
  ProfileSource,
} from "../lib/execution/profiled/operator_profile.ts";
export type {
  OperatorName,
  OperatorTable,
  TableAxis,
} from "../lib/execution/profiled/operator_table.ts";
export type { ProfileFacts } from "../lib/execution/profiled/profile_facts.ts";
export { profileCoverage, type TableCoverage } from "../lib/execution/profiled/profile_coverage.ts";
export { parseProfile, writeProfile } from "../lib/execution/profiled/profile_text.ts";
export { profiled } from "../lib/execution/profiled/profiled.ts";
export type { ProfiledOptions } from "../lib/execution/profiled/profiled_options.ts";
export type { ReferenceTime } from "../lib/execution/profiled/reference_time.ts";
export {
  synthesizeProfile,
  type SyntheticProfileOptions,
} from "../lib/execution/profiled/synthesize_profile.ts";
export type { StageNetwork } from "../lib/execution/stage_copies.ts";
export type {
  Attention,
  DenseFeedForward,
  ExpertFeedForward,
  Indexer,
  LatentAttention,
  Layer,
  Matrix,
  Recurrent,
  Scan,
  TransformerShape,
} from "../lib/models/transformer.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
