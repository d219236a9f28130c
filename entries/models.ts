/**
 * Models and machines: the shape of a transformer and what follows from it (parameters, bytes, FLOPs),
 * the catalogues of models, GPUs and nodes.
 *
 * @module
 */
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
export { activatedExperts } from "../lib/models/activated_experts.ts";
export { activeParameters } from "../lib/models/active_parameters.ts";
export { findModel, modelEntries, modelNames, modelShape } from "../lib/models/catalogue.ts";
export type { ModelEntry, PublishedParameters } from "../lib/models/catalogue_entry.ts";
export { flopsPerAttentionPair, flopsPerSample, flopsPerToken } from "../lib/models/flops.ts";
export { fullAttentionShare } from "../lib/models/full_attention_share.ts";
export { transformerFromHfConfig } from "../lib/models/hf_config.ts";
export { kvBytesPerToken } from "../lib/models/kv_bytes_per_token.ts";
export { bytesPerElement, NUMBER_FORMATS, type NumberFormat } from "../lib/models/number_format.ts";
export { parameterCount } from "../lib/models/parameter_count.ts";
export { type ParameterGroups, parameterGroups } from "../lib/models/parameter_groups.ts";
export {
  type SimfaasinferModel,
  transformerFromSimfaasinfer,
} from "../lib/models/simfaasinfer_model.ts";
export type { ExpertShape, TransformerShape } from "../lib/models/transformer.ts";
export { weightBytes } from "../lib/models/weight_bytes.ts";
