/**
 * Hardware: GPUs, links and nodes, and what a model takes on them: memory for KV entries, the work of a
 * step, collectives.
 *
 * @module
 */
export type { GpuLinkTimes } from "../lib/execution/gpu_link.ts";
export {
  allGatherSeconds,
  allReduceSeconds,
  type CollectiveOptions,
  sendSeconds,
} from "../lib/execution/collectives.ts";
export {
  engineReserveBytes,
  type EngineReserveOptions,
} from "../lib/execution/engine_reserve_bytes.ts";
export type { KvGroup } from "../lib/execution/kv_groups.ts";
export {
  type KvCapacity,
  kvCapacity,
  type KvCapacityOptions,
} from "../lib/execution/kv_capacity.ts";
export type { StepWork } from "../lib/execution/execution_time_model.ts";
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
export { findGpu, gpuEntries, gpuNamed } from "../lib/hardware/gpu_catalogue.ts";
export { type Link, linkSeconds } from "../lib/hardware/link.ts";
export type { NodeType } from "../lib/hardware/node.ts";
export { nodeEntries, nodeNamed } from "../lib/hardware/node_catalogue.ts";
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
export type { LayerMatrix, MatrixPart } from "../lib/models/layer_matrices.ts";
export type { ActivationFormat, WeightFormat, WeightFormats } from "../lib/models/weight_format.ts";
