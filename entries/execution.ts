/**
 * How long a step takes: analytical models, profiles of measured operators, calibrated ones, and what
 * they need to know of models and GPUs. Start from ExecutionTimeModel and analytical().
 *
 * @module
 */
export { analytical } from "../lib/execution/analytical/analytical.ts";
export type { AnalyticalOptions } from "../lib/execution/analytical/analytical_options.ts";
export { busiestRankLoad } from "../lib/execution/busiest_rank_load.ts";
export { calibrated, type CalibratedOptions } from "../lib/execution/calibrated/calibrated.ts";
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
export { NO_OVERHEAD, type Overhead } from "../lib/execution/calibrated/overhead.ts";
export {
  allGatherSeconds,
  allReduceSeconds,
  type CollectiveOptions,
  sendSeconds,
} from "../lib/execution/collectives.ts";
export { constantTime } from "../lib/execution/constant_time.ts";
export { engineReserveBytes } from "../lib/execution/engine_reserve_bytes.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
  StepWork,
} from "../lib/execution/execution_time_model.ts";
export {
  type KvCapacity,
  kvCapacity,
  type KvCapacityOptions,
} from "../lib/execution/kv_capacity.ts";
export { type LinearCoefficients, linearTime } from "../lib/execution/linear_time.ts";
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
export { profileCoverage, type TableCoverage } from "../lib/execution/profiled/profile_coverage.ts";
export { parseProfile, writeProfile } from "../lib/execution/profiled/profile_text.ts";
export { profiled } from "../lib/execution/profiled/profiled.ts";
export type { ProfiledOptions } from "../lib/execution/profiled/profiled_options.ts";
export type { ReferenceTime } from "../lib/execution/profiled/reference_time.ts";
export {
  synthesizeProfile,
  type SyntheticProfileOptions,
} from "../lib/execution/profiled/synthesize_profile.ts";
export {
  type SimfaasinferProfiling,
  simfaasinferTime,
  type SimfaasinferTimeOptions,
} from "../lib/execution/simfaasinfer_time.ts";
export {
  type AcceptanceLaw,
  acceptanceLaw,
  type AcceptanceOptions,
  meanTokens,
} from "../lib/execution/speculation/acceptance.ts";
export {
  type DraftCoefficients,
  type DraftedStep,
  type DraftTime,
  modelDraft,
  plainDraft,
  withDraft,
} from "../lib/execution/speculation/draft_time.ts";
export type { StageNetwork } from "../lib/execution/stage_copies.ts";
export { stepWork, type StepWorkOptions } from "../lib/execution/step_work.ts";
export {
  type AllReduceEfficiency,
  type DecodeEfficiency,
  type GemmEfficiency,
  type GpuEfficiency,
  gpuEfficiency,
  type HostEfficiency,
  type KernelEfficiency,
  type QuantisedEfficiency,
} from "../lib/hardware/efficiency.ts";
export type { Gpu, GpuLink } from "../lib/hardware/gpu.ts";
export { gpuNamed } from "../lib/hardware/gpu_catalogue.ts";
export type { NodeType } from "../lib/hardware/node.ts";
export { nodeNamed } from "../lib/hardware/node_catalogue.ts";
export { modelShape } from "../lib/models/catalogue.ts";
export type {
  Attention,
  DenseFeedForward,
  ExpertFeedForward,
  Indexer,
  LatentAttention,
  Layer,
  Matrix,
  Recurrent,
  TransformerShape,
} from "../lib/models/transformer.ts";
export {
  type ActivationFormat,
  FORMAT_PARTS,
  type FormatPart,
  type PartFormat,
  type PartFormats,
  type WeightFormat,
  type WeightFormats,
} from "../lib/models/weight_format.ts";
export type { LayerMatrix, MatrixPart } from "../lib/models/layer_matrices.ts";
export type { RandomStream } from "../lib/sim/random_streams.ts";
