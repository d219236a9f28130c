import type { Gpu } from "../hardware/gpu.ts";
import { fullAttentionShare } from "../models/full_attention_share.ts";
import { parameterGroups } from "../models/parameter_groups.ts";
import type { TransformerShape } from "../models/transformer.ts";

/** A model on the GPUs of one instance. */
export interface KvCapacityOptions {
  /** Shape of the model. */
  readonly shape: TransformerShape;
  /** The GPU: its name for messages and its memory. */
  readonly gpu: Pick<Gpu, "name" | "memoryBytes">;
  /** GPUs that share each layer, >= 1. */
  readonly tensorParallel: number;
  /** Groups of GPUs that the layers are dealt to, >= 1. */
  readonly pipelineParallel: number;
  /** Bytes of one weight. */
  readonly weightBytesPerElement: number;
  /** Bytes of one element of the KV cache. */
  readonly kvBytesPerElement: number;
  /** Share of the GPU's memory that the engine may use, in (0, 1]. */
  readonly utilization: number;
  /** Kept free on each GPU for activations and graphs, bytes, >= 0. */
  readonly reserveBytes: number;
  /** Tokens of one KV block, >= 1. */
  readonly blockTokens: number;
  /**
   * Length of a sequence, tokens, >= 1, at which layers with an attention window are reckoned: they hold
   * its window alone and free the rest, as vLLM's hybrid KV-cache manager does. Absent: they hold all
   * tokens. Shorter sequences than this need more than is reckoned, longer ones less.
   */
  readonly windowedSequenceTokens?: number;
}

/** Memory of one instance, as its engine lays it out. */
export interface KvCapacity {
  /** KV blocks of the instance (every rank holds its part of each), >= 1. */
  readonly blocks: number;
  /** Share of the instance's GPU memory that weights and reserve take. */
  readonly fixedMemoryShare: number;
  /** Share of the instance's GPU memory that all KV blocks take. */
  readonly kvMemoryShare: number;
}

/** Tensor-parallel degrees that are tried for a model that does not fit. */
const DEGREES = [1, 2, 4, 8, 16, 32, 64];

/**
 * KV blocks of one instance: (GPU memory x utilisation - weights - reserve) / bytes of a block, on the
 * rank with the least room. Layers are dealt to pipeline stages as evenly as they go, embedding on the
 * first, head on the last. Tensor parallelism divides matrices, and KV heads down to one: with more
 * ranks than KV heads each head is held several times, as in vLLM.
 *
 * @throws {RangeError} If an option is out of range, or if not one block fits; the message says what
 * is missing per GPU and which tensor-parallel degree would do.
 *
 * @example
 * ```ts
 * import { ok } from "@std/assert";
 * import { gpuNamed } from "../hardware/gpu_catalogue.ts";
 * import { modelShape } from "../models/catalogue.ts";
 * import { kvCapacity } from "./kv_capacity.ts";
 * const { blocks } = kvCapacity({
 *   shape: modelShape("llama-3.1-8b"),
 *   gpu: gpuNamed("H100"),
 *   tensorParallel: 1,
 *   pipelineParallel: 1,
 *   weightBytesPerElement: 2,
 *   kvBytesPerElement: 2,
 *   utilization: 0.9,
 *   reserveBytes: 2e9,
 *   blockTokens: 16,
 * });
 * ok(blocks > 25_000);
 * ```
 */
export function kvCapacity(options: KvCapacityOptions): KvCapacity {
  requireCount("tensorParallel", options.tensorParallel);
  requireCount("pipelineParallel", options.pipelineParallel);
  requireCount("blockTokens", options.blockTokens);
  demand("weightBytesPerElement > 0", options.weightBytesPerElement, (v) => v > 0);
  demand("kvBytesPerElement > 0", options.kvBytesPerElement, (v) => v > 0);
  demand("utilization in (0, 1]", options.utilization, (v) => v > 0 && v <= 1);
  demand("reserveBytes >= 0", options.reserveBytes, (v) => v >= 0);
  const { shape, gpu, pipelineParallel, windowedSequenceTokens } = options;
  if (windowedSequenceTokens !== undefined) {
    requireCount("windowedSequenceTokens", windowedSequenceTokens);
  }
  demand(`pipelineParallel <= ${shape.layers} layers`, pipelineParallel, (v) => v <= shape.layers);

  const stages = stageMemories(options, options.tensorParallel);
  const usable = gpu.memoryBytes * options.utilization;
  const blocks = fittingBlocks(stages, usable);
  if (blocks < 1) throw new RangeError(doesNotFit(options, stages, usable));

  let fixed = 0, kv = 0;
  for (const stage of stages) {
    fixed += stage.fixedBytes;
    kv += stage.blockBytes * blocks;
  }
  const total = gpu.memoryBytes * stages.length;
  return { blocks, fixedMemoryShare: fixed / total, kvMemoryShare: kv / total };
}

/** Memory of one rank of a pipeline stage. */
interface StageMemory {
  readonly fixedBytes: number;
  readonly blockBytes: number;
}

function stageMemories(options: KvCapacityOptions, tensorParallel: number): StageMemory[] {
  const { shape, pipelineParallel, weightBytesPerElement } = options;
  const groups = parameterGroups(shape);
  const finalNorm = groups.norms / (2 * shape.layers + 1);
  const experts = groups.sparseLayers * (shape.experts?.count ?? 0) * groups.expert;
  const matricesPerLayer = (groups.attention + groups.dense + experts) / shape.layers;
  const normsPerLayer = (groups.norms - finalNorm) / shape.layers;
  // Norms, head and embedding keep 2 bytes in quantised checkpoints; see weightBytes().
  const keptBytesPerElement = Math.max(2, weightBytesPerElement);
  const kvHeads = Math.ceil(shape.kvHeads / tensorParallel);
  const layerTokenBytes = 2 * kvHeads * shape.headSize * options.kvBytesPerElement *
    heldShare(options);
  return Array.from({ length: pipelineParallel }, (_, stage) => {
    const first = Math.floor(stage * shape.layers / pipelineParallel);
    const layers = Math.floor((stage + 1) * shape.layers / pipelineParallel) - first;
    const isFirst = stage === 0, isLast = stage === pipelineParallel - 1;
    // A tied head needs a table of its own only where the embedding stands on another stage.
    const needsHead = isLast && !(shape.tiedEmbeddings && isFirst);
    const tables = (isFirst ? groups.embedding : 0) + (needsHead ? groups.head : 0);
    const norms = layers * normsPerLayer + (isLast ? finalNorm : 0);
    return {
      fixedBytes: layers * matricesPerLayer * weightBytesPerElement / tensorParallel +
        (tables / tensorParallel + norms) * keptBytesPerElement + options.reserveBytes,
      blockBytes: options.blockTokens * layers * layerTokenBytes,
    };
  });
}

/**
 * Share of a sequence's tokens that its layers hold on average: all of them, or of those with a window
 * as many blocks as the window can touch.
 *
 * @source https://github.com/vllm-project/vllm vllm/v1/kv_cache_interface.py, SlidingWindowSpec
 */
function heldShare({ shape, blockTokens, windowedSequenceTokens }: KvCapacityOptions): number {
  if (windowedSequenceTokens === undefined) return 1;
  const blocks = Math.ceil((shape.slidingWindowTokens - 1) / blockTokens) + 1;
  const windowed = Math.min(1, blocks * blockTokens / windowedSequenceTokens);
  return windowed + fullAttentionShare(shape) * (1 - windowed);
}

function fittingBlocks(stages: readonly StageMemory[], usable: number): number {
  return Math.min(
    ...stages.map((stage) => Math.floor((usable - stage.fixedBytes) / stage.blockBytes)),
  );
}

function doesNotFit(
  options: KvCapacityOptions,
  stages: readonly StageMemory[],
  usable: number,
): string {
  const needed = Math.max(...stages.map((stage) => stage.fixedBytes + stage.blockBytes));
  const { shape, gpu, tensorParallel, pipelineParallel } = options;
  const fits = DEGREES.find((degree) =>
    degree > tensorParallel && shape.heads % degree === 0 &&
    fittingBlocks(stageMemories(options, degree), usable) >= 1
  );
  const pipeline = pipelineParallel === 1 ? "" : `, pipeline-parallel degree ${pipelineParallel}`;
  return `Cannot place ${shape.name} on ${gpu.name} as a model with room for one KV block: ` +
    `current value is tensor-parallel degree ${tensorParallel}${pipeline}, which lacks ` +
    `${gigabytes(needed - usable)} GB per GPU (${gigabytes(needed)} GB needed, ` +
    `${gigabytes(usable)} GB usable); ` +
    (fits === undefined
      ? `no tensor-parallel degree up to ${DEGREES[DEGREES.length - 1]} fits`
      : `tensor-parallel degree ${fits} would fit`);
}

/** Gigabytes with two digits, rounded up, so that a lack never reads as zero. */
function gigabytes(bytes: number): string {
  return (Math.ceil(bytes / 1e7) / 100).toFixed(2);
}

function demand(wanted: string, value: number, holds: (value: number) => boolean): void {
  if (Number.isFinite(value) && holds(value)) return;
  throw new RangeError(
    `Cannot work out a KV capacity as one with ${wanted}: current value is ${value}`,
  );
}

function requireCount(name: string, value: number): void {
  demand(`an integer ${name} >= 1`, value, (v) => Number.isInteger(v) && v >= 1);
}
