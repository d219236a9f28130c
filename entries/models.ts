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
export { findModel, modelEntries, modelNames, modelShape } from "../lib/models/catalogue.ts";
export type { ModelEntry, PublishedParameters } from "../lib/models/catalogue_entry.ts";
export { flopsPerAttentionPair, flopsPerSample, flopsPerToken } from "../lib/models/flops.ts";
export {
  type HfModel,
  type HfOptions,
  modelFromHfConfig,
  transformerFromHfConfig,
} from "../lib/models/hf/config.ts";
export type { KvFormat } from "../lib/models/hf/quantization.ts";
export {
  attentionWindowTokens,
  fullAttentionLayers,
  kvBytesPerToken,
  stateBytesPerSequence,
} from "../lib/models/kv_bytes_per_token.ts";
export { bytesPerElement, NUMBER_FORMATS, type NumberFormat } from "../lib/models/number_format.ts";
export type { LayerMatrix, MatrixPart } from "../lib/models/layer_matrices.ts";
export { activeParameters, parameterCount } from "../lib/models/parameter_count.ts";
export {
  type ExpertGroup,
  expertParameters,
  type ParameterGroups,
  parameterGroups,
} from "../lib/models/parameter_groups.ts";
export { type PlainExperts, type PlainShape, plainTransformer } from "../lib/models/plain_shape.ts";
export {
  type SimfaasinferModel,
  transformerFromSimfaasinfer,
} from "../lib/models/simfaasinfer_model.ts";
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
  SIXTEEN_BITS,
  weightBytes,
  type WeightFormat,
  type WeightFormats,
} from "../lib/models/weight_format.ts";
