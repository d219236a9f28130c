import { heldShare, type KvCapacity, kvCapacity } from "../execution/kv_capacity.ts";
import type { Gpu } from "../hardware/mod.ts";
import {
  fullAttentionLayers,
  kvBytesPerToken,
  stateBytesPerSequence,
  weightBytes,
} from "../models/mod.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";
import { type ConfiguredDraft, configuredDraft } from "./draft.ts";
import { type ConfiguredModel, configuredModel } from "./model.ts";

/** What one instance holds: its model on its GPUs, in bytes and tokens. */
export interface InstanceSize {
  readonly model: ConfiguredModel;
  readonly gpu: Gpu;
  /** GPUs of one instance. */
  readonly gpus: number;
  /** What it drafts with; absent: it does not speculate. */
  readonly draft?: ConfiguredDraft;
  /** Weights of the checkpoint, bytes. */
  readonly weightBytes: number;
  /** Bytes of one token's KV entries, all layers, in one copy. */
  readonly kvBytesPerToken: number;
  /** Bytes of a sequence's state in the recurrent layers, in one copy. */
  readonly stateBytesPerSequence: number;
  /** Layers with attention over the whole sequence. */
  readonly fullAttentionLayers: number;
  /** KV blocks of the instance, and shares of its GPU memory. */
  readonly kv: Pick<KvCapacity, "blocks" | "fixedMemoryShare" | "kvMemoryShare">;
  /** Tokens that the KV blocks hold. */
  readonly kvTokens: number;
  /** Longest prompt and output together, tokens. */
  readonly maxModelTokens: number;
  /** Sequences of that length that the KV blocks hold at once. */
  readonly maxConcurrency: number;
  /** Most sequences at once: as configured, or as many as have a state. */
  readonly maxSequences: number;
  /** What was assumed or read from the model's file, a sentence each. */
  readonly notices: readonly string[];
}

/** What the KV cache of an instance holds, as vLLM prints it when it starts. */
export function kvCacheLine(
  { kvTokens, maxModelTokens, maxConcurrency, kvBytesPerToken }: Pick<
    InstanceSize,
    "kvTokens" | "maxModelTokens" | "maxConcurrency" | "kvBytesPerToken"
  >,
): string {
  if (kvBytesPerToken === 0) return "GPU KV cache: none; states bound the sequences";
  const whole = (count: number) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");
  return `GPU KV cache: ${whole(kvTokens)} tokens, maximum concurrency at ` +
    `${whole(maxModelTokens)} tokens: ${maxConcurrency.toFixed(2)}x`;
}

/**
 * Works out what one instance holds.
 *
 * @param files Texts of the files that the configuration names.
 * @param isOneOfSeveral The configuration is that of one function among others, whose common
 * `model.max_model_len` may be beyond a smaller model: its own length then counts, with a notice.
 * @throws {RangeError} If the model or GPU is unknown, or the model does not fit.
 * @throws {ConfigError} If the text of a file is missing, or the longest sequence that is asked for is
 * beyond the model's own or beyond what the KV cache holds.
 */
export function instanceSize(
  config: Configuration,
  files?: ReadonlyMap<string, string>,
  isOneOfSeveral = false,
): InstanceSize {
  const { parallelization, memory } = config;
  const { maxSequences: asked } = engineSettings(config);
  const model = configuredModel(config, files);
  const { shape, weights, weightBytesPerElement, kvBytesPerElement } = model;
  const gpu = deploymentGpu(config);
  const tensorParallel = parallelization.tensor_parallel_size;
  const draft = configuredDraft(config, model, gpu, files);
  const capacity = kvCapacity({
    shape,
    gpu,
    tensorParallel,
    pipelineParallel: parallelization.pipeline_parallel_size,
    weightBytesPerElement,
    ...(weights && { weights }),
    kvBytesPerElement,
    utilization: memory.gpu_memory_utilization,
    reserveBytes: memory.reserved_memory_gb * 1e9,
    ...(draft?.model && {
      draft: { weightBytes: draft.rankWeightBytes, tokenBytes: draft.rankKvBytesPerToken },
    }),
    maxSequences: asked,
    blockTokens: memory.block_size,
    ...(memory.windowed_sequence_tokens !== null && {
      windowedSequenceTokens: memory.windowed_sequence_tokens,
    }),
  });
  const isAsked = config.model.max_model_len !== null;
  const maxSequences = capacity.stateSequences ?? asked;
  const blocks = memory.num_gpu_blocks ?? capacity.blocks;
  const kvTokens = blocks * memory.block_size;
  const maxModelTokens = longestSequence(config, model, isOneOfSeveral);
  // Layers with a window hold less of a long sequence, unless the blocks already count that.
  const held = memory.windowed_sequence_tokens === null
    ? heldShare(shape, maxModelTokens, memory.block_size)
    : 1;
  const maxConcurrency = held === 0 ? maxSequences : kvTokens / (maxModelTokens * held);
  return {
    model,
    gpu,
    gpus: tensorParallel * parallelization.pipeline_parallel_size,
    ...(draft && { draft }),
    weightBytes: weightBytes(shape, weights ?? weightBytesPerElement),
    kvBytesPerToken: kvBytesPerToken(shape, kvBytesPerElement),
    stateBytesPerSequence: stateBytesPerSequence(shape),
    fullAttentionLayers: fullAttentionLayers(shape),
    kv: { ...capacity, blocks },
    kvTokens,
    maxModelTokens,
    maxConcurrency,
    maxSequences,
    notices: [
      ...model.notices,
      ...(maxSequences < asked
        ? [
          `${shape.name}: states of ${maxSequences} sequences fit beside the weights, fewer than ` +
          `scheduler.max_num_seqs ${asked}`,
        ]
        : []),
      ...cutLength(config, shape.name, maxModelTokens),
      ...(maxConcurrency < 1
        ? [tooLong(shape.name, kvTokens, maxModelTokens, held, isAsked && !isOneOfSeveral)]
        : []),
    ],
  };
}

/** Says that a common length is beyond a model, whose own counts. */
function cutLength({ model }: Configuration, name: string, maxModelTokens: number): string[] {
  const asked = model.max_model_len;
  return asked === null || asked <= maxModelTokens ? [] : [
    `${name}: model.max_model_len ${asked} is beyond its longest sequence of ${maxModelTokens} ` +
    `tokens, which counts`,
  ];
}

/** The longest sequence: as asked for, else the model's own. */
function longestSequence(
  { model }: Configuration,
  { shape }: ConfiguredModel,
  isOneOfSeveral: boolean,
): number {
  const { max_model_len: asked } = model;
  if (asked === null || asked <= shape.maxPositions) return asked ?? shape.maxPositions;
  if (isOneOfSeveral) return shape.maxPositions;
  throw new ConfigError([
    `Cannot read "model.max_model_len" as tokens that ${shape.name} can hold in its longest ` +
    `sequence: current value is ${asked} (allowed: up to ${shape.maxPositions})`,
  ]);
}

/**
 * A sequence of the model's length does not fit: an error where that length was asked for, else a
 * notice, since shorter requests are served.
 */
function tooLong(
  name: string,
  kvTokens: number,
  maxModelTokens: number,
  held: number,
  isAsked: boolean,
): string {
  const largest = Math.floor(kvTokens / held);
  if (isAsked) {
    throw new ConfigError([
      `Cannot read "model.max_model_len" as tokens that the KV cache holds of one sequence of ` +
      `${name}: current value is ${maxModelTokens} (allowed: up to ${largest})`,
    ]);
  }
  return `${name}: the KV cache holds ${kvTokens} tokens, fewer than the model's longest sequence of ` +
    `${maxModelTokens}: vLLM starts with --max-model-len ${largest} at most (model.max_model_len), and ` +
    `requests that do not fit are turned away`;
}
