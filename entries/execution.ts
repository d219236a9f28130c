/**
 * How long a step takes: from data sheets, from coefficients, or from another model and fitted
 * overheads. Start from ExecutionTimeModel and analytical(); measured tables are in
 * simfaasinfer/profiles.
 *
 * @module
 */
export type { SamplingMethod } from "../lib/hardware/sampling.ts";
export type { GpuLinkTimes } from "../lib/execution/gpu_link.ts";
export type { AttentionKernelName } from "../lib/hardware/attention_kernels.ts";
export { analytical } from "../lib/execution/analytical/analytical.ts";
export {
  ALL_TO_ALL_MODES,
  type AllToAllMode,
  type ExpertNetwork,
} from "../lib/execution/all_to_all.ts";
export type { AnalyticalOptions } from "../lib/execution/analytical/analytical_options.ts";
export { busiestRankLoad } from "../lib/execution/busiest_rank_load.ts";
export { calibrated, type CalibratedOptions } from "../lib/execution/calibrated/calibrated.ts";
export { NO_OVERHEAD, type Overhead } from "../lib/execution/calibrated/overhead.ts";
export { constantTime } from "../lib/execution/constant_time.ts";
export type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../lib/execution/execution_time_model.ts";
export { type LinearCoefficients, linearTime } from "../lib/execution/linear_time.ts";
export {
  type SimfaasinferProfiling,
  simfaasinferTime,
  type SimfaasinferTimeOptions,
} from "../lib/execution/simfaasinfer_time.ts";
export type { StageNetwork } from "../lib/execution/stage_copies.ts";
export type {
  AllReduceEfficiency,
  DecodeEfficiency,
  GemmEfficiency,
  GpuEfficiency,
  HostEfficiency,
  KernelEfficiency,
  QuantisedEfficiency,
} from "../lib/hardware/efficiency.ts";
export type { Gpu, GpuLink } from "../lib/hardware/gpu.ts";
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
export {
  type ActivationFormat,
  FORMAT_PARTS,
  type FormatPart,
  type PartFormat,
  type PartFormats,
} from "../lib/models/weight_format.ts";
