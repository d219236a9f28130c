import { layerMatrices, mixerMatrices, rankShare } from "../models/layer_matrices.ts";
import type { ExpertFeedForward, Layer } from "../models/transformer.ts";
import type { MemoryProfile } from "./memory_profile.ts";

/** A stage of a model in the step with which its engine measures what it needs. */
export interface MeasuredStage {
  /** Layers of the stage, each kind once. */
  readonly layers: readonly Layer[];
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Rows of the embedding table. */
  readonly vocabSize: number;
  /** Tensor ranks, >= 1. */
  readonly ranks: number;
  /** Whether the first and the last layers are among them. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Tokens of the step: `max_num_batched_tokens`. */
  readonly stepTokens: number;
  /** Sequences whose next token is drawn in it: `max_num_seqs`. */
  readonly sequences: number;
  /** Experts have 4 bits: their kernels need no buffers beside their outputs. */
  readonly hasNarrowExperts?: boolean;
}

/** Activations are 16 bits wide. */
const BYTES = 2;
/** Copies of the residual stream that live at once: the stream, its norm, attention's output, the sum. */
const STREAMS = 4;
/**
 * Work space of cuBLAS (32 MiB on Hopper and later, 8 before) and inputs of a step.
 *
 * @source PyTorch, CUDABlas.cpp; the 12 MiB are what start-up lines of Llama-3.1-8B, Qwen3-14B and
 * gpt-oss-20b have beyond the rest, in 0.15 and in 0.19 alike
 */
const WORK_BYTES = (32 + 12) * 2 ** 20;
/** Rows of the head are padded to a multiple. @source vLLM, DEFAULT_VOCAB_PADDING_SIZE */
const VOCAB_MULTIPLE = 64;

/**
 * Peak of PyTorch's allocations on one rank of a stage, bytes: the larger of what a layer needs for all
 * tokens of the step and of what the sampler needs for all sequences, whose logits are whole on each rank.
 */
export function activationBytes(stage: MeasuredStage, profile: MemoryProfile): number {
  if (profile.isOfFreeMemory === true) return 0;
  const { layers, hiddenSize, stepTokens, isFirst } = stage;
  // Streams between pipeline stages have buffers of their own: the stream and the sum before its norm.
  const received = isFirst ? 0 : 2 * stepTokens * hiddenSize * BYTES;
  const forward = Math.max(...layers.map((layer) => layerElements(layer, stage)));
  const kept = profile.keepsExpertBuffers
    ? Math.max(...layers.map((layer) => expertBufferElements(layer, stage)))
    : 0;
  return Math.max(forward * BYTES, samplerBytes(stage, profile) + kept * BYTES) + received +
    WORK_BYTES;
}

/** Sampled rows: logits and what is made of them, beside the last layer's output of all tokens. */
function samplerBytes(
  { hiddenSize, vocabSize, stepTokens, sequences, isLast }: MeasuredStage,
  { bytesPerLogit, workRows }: MemoryProfile,
): number {
  if (!isLast) return 0;
  const rows = Math.min(sequences, stepTokens);
  const width = VOCAB_MULTIPLE * Math.ceil(vocabSize / VOCAB_MULTIPLE);
  return rows * width * bytesPerLogit + Math.min(rows, workRows) * width * 4 +
    (stepTokens + rows) * hiddenSize * BYTES;
}

/** Numbers that live at once in the fuller half of a layer. */
function layerElements(layer: Layer, stage: MeasuredStage): number {
  const { hiddenSize, stepTokens, ranks } = stage;
  const mixer = mixerMatrices(layer.mixer, hiddenSize).reduce((sum, matrix) => {
    const width = matrix.outputs === hiddenSize ? matrix.inputs : matrix.outputs;
    return sum + width * rankShare(matrix, ranks);
  }, 0);
  const wide = layerMatrices(layer, hiddenSize).filter(({ part }) =>
    part === "dense" || part === "shared"
  ).reduce((sum, { name, inputs, outputs }) => {
    // Gate and up, and their product, which is the input of the way down.
    return sum + (/down_proj$/.test(name) ? inputs : outputs) / ranks;
  }, 0);
  return stepTokens * (STREAMS * hiddenSize + Math.max(mixer, wide)) +
    expertBufferElements(layer, stage);
}

/** Numbers of the two buffers in which the rows of the chosen experts are computed. */
function expertBufferElements(
  { feedForward }: Layer,
  { hiddenSize, stepTokens, ranks, hasNarrowExperts }: MeasuredStage,
): number {
  if (feedForward?.kind !== "experts" || hasNarrowExperts === true) return 0;
  const { perToken, isGated, latentSize }: ExpertFeedForward = feedForward;
  const width = feedForward.width / ranks;
  const rows = stepTokens * perToken;
  return rows * (Math.max(width, latentSize ?? hiddenSize) + (isGated ? 2 : 1) * width);
}
