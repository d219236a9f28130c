/**
 * Models: the shape of a transformer and what follows from it (parameters, bytes, FLOPs), the catalogue,
 * config.json.
 *
 * @module
 */
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
export type { LayerMatrix, MatrixPart } from "../lib/models/layer_matrices.ts";
export { bytesPerElement, NUMBER_FORMATS, type NumberFormat } from "../lib/models/number_format.ts";
export { activeParameters, parameterCount } from "../lib/models/parameter_count.ts";
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
