import type { Gpu } from "../hardware/gpu.ts";
import { layerStateBytes } from "../models/kv_bytes_per_token.ts";
import {
  layerMatrices,
  type LayerMatrix,
  rankShare,
  smallParameters,
} from "../models/layer_matrices.ts";
import { dealsEvenly } from "../models/tensor_degree.ts";
import { type Layer, layerGroups, type TransformerShape } from "../models/transformer.ts";
import { matrixBytes, type WeightFormats } from "../models/weight_format.ts";
import { type KvGroup, type KvLayout, kvLayout } from "./kv_groups.ts";

/** A model on the GPUs of one instance. */
export interface KvCapacityOptions {
  /** Shape of the model. */
  readonly shape: TransformerShape;
  /** The GPU: its name for messages, its memory as CUDA reports it, and what kernels it has. */
  readonly gpu: Pick<Gpu, "name" | "memoryBytes"> & { readonly generation?: string };
  /** GPUs that share each layer, >= 1. */
  readonly tensorParallel: number;
  /** Groups of GPUs that the layers are dealt to, >= 1. */
  readonly pipelineParallel: number;
  /** GPUs among which whole experts are spread, where these are others than share the layers. */
  readonly expertRanks?: number;
  /** Bytes of one weight. */
  readonly weightBytesPerElement: number;
  /** Formats of a quantised checkpoint, in place of `weightBytesPerElement`. */
  readonly weights?: WeightFormats;
  /** Bytes of one element of the KV cache. */
  readonly kvBytesPerElement: number;
  /** Share of the GPU's memory that the engine may use, in (0, 1]. */
  readonly utilization: number;
  /** Kept free on each GPU for activations and the like, bytes, >= 0: of all, or by pipeline stage. */
  readonly reserveBytes: number | readonly number[];
  /** A model that drafts beside it, bytes on each tensor rank of the last stage; absent: none. */
  readonly draft?: {
    readonly name: string;
    readonly weightBytes: number;
    readonly tokenBytes: number;
  };
  /** Sequences at once, each with a state in the recurrent layers, >= 0; absent: no room for states. */
  readonly maxSequences?: number;
  /**
   * Tokens drafted at once, >= 0; default 0. A recurrent layer keeps the state before each of them until
   * it is known how many are accepted, as vLLM does (`num_speculative_blocks` of its MambaSpec).
   */
  readonly draftedTokens?: number;
  /** Tokens of one KV block, >= 1. */
  readonly blockTokens: number;
}

/** Memory of one instance, as its engine lays it out. */
export interface KvCapacity {
  /** KV blocks of the instance (every rank holds its part of each), >= 1; shared by all groups. */
  readonly blocks: number;
  /** Groups of layers, each of which takes blocks of its own for a sequence, >= 1. */
  readonly groups: readonly KvGroup[];
  /**
   * Sequences whose state the recurrent layers hold at once: as many as asked for, or as fit into their
   * share of the memory; absent for models without such layers.
   */
  readonly stateSequences?: number;
  /** Share of the instance's GPU memory that weights, states and reserve take. */
  readonly fixedMemoryShare: number;
  /** Share of the instance's GPU memory that all KV blocks take. */
  readonly kvMemoryShare: number;
}

/** Tensor-parallel degrees that are tried for a model that does not fit. */
const DEGREES = [1, 2, 4, 8, 16, 32, 64];

/**
 * KV blocks of one instance: (GPU memory x utilisation - weights - reserve) / bytes of a block, on the
 * rank with the least room. Layers with an attention window are groups of their own: see {@link KvGroup}. Layers are dealt to pipeline stages as evenly as they go, embedding on the
 * first, head on the last. Tensor parallelism divides matrices, and KV heads down to one: with more
 * ranks than KV heads each head is held several times, as in vLLM; routers and latents are whole on
 * every rank. Recurrent layers keep a state per sequence, for which room is taken first. A model without
 * a KV cache has room for any number of tokens.
 *
 * @throws {RangeError} If an option is out of range, or if not one block fits; the message says what
 * is missing per GPU and which tensor-parallel degree would do.
 *
 * @example
 * ```ts
 * import { ok } from "#assert";
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
  for (const bytes of [options.reserveBytes].flat()) {
    demand("reserveBytes >= 0", bytes, (v) => v >= 0);
  }
  const { shape, gpu, pipelineParallel } = options;
  demand(
    `pipelineParallel <= ${shape.layers.length} layers`,
    pipelineParallel,
    (v) => v <= shape.layers.length,
  );

  const usable = gpu.memoryBytes * options.utilization;
  const layout = layoutOf(options, options.tensorParallel);
  const weights = stageMemories(options, options.tensorParallel, layout);
  const stateSequences = sequencesWithState(weights, usable, options.maxSequences ?? 0);
  const hasStates = weights.some(({ stateBytes }) => stateBytes > 0);
  const stages = withStates(weights, stateSequences);
  const blocks = fittingBlocks(stages, usable);
  const lacksStates = hasStates && stateSequences < Math.min(1, options.maxSequences ?? 0);
  if (blocks < 1 || lacksStates) throw new RangeError(doesNotFit(options, weights, usable));

  let fixed = 0, kv = 0;
  for (const stage of stages) {
    fixed += stage.fixedBytes;
    kv += stage.blockBytes * blocks;
  }
  const total = gpu.memoryBytes * stages.length;
  return {
    blocks,
    groups: layout.groups,
    ...(hasStates && { stateSequences }),
    fixedMemoryShare: fixed / total,
    kvMemoryShare: kv / total,
  };
}

/**
 * Share of the memory beside weights and reserve that states may take where not all fit.
 *
 * @source SGLang, mamba_full_memory_ratio 0.9: 0.9 / (1 + 0.9)
 */
const STATE_SHARE = 0.9 / 1.9;

/** Sequences whose states fit: all that are asked for, or those that fit into the share of states. */
function sequencesWithState(
  stages: readonly StageMemory[],
  usable: number,
  asked: number,
): number {
  const fitting = stages.map(({ fixedBytes, stateBytes, blockBytes }) =>
    // Without a KV cache the states may take all of it.
    Math.floor((usable - fixedBytes) * (blockBytes > 0 ? STATE_SHARE : 1) / stateBytes)
  ).filter((count) => !Number.isNaN(count));
  return Math.max(0, Math.min(asked, ...fitting));
}

function withStates(stages: readonly StageMemory[], sequences: number): StageMemory[] {
  return stages.map((stage) =>
    stage.stateBytes === 0
      ? stage
      : { ...stage, fixedBytes: stage.fixedBytes + sequences * stage.stateBytes }
  );
}

/** Memory of one rank of a pipeline stage. */
interface StageMemory {
  readonly fixedBytes: number;
  readonly blockBytes: number;
  /** State of a sequence. */
  readonly stateBytes: number;
}

/** Layers of each stage of a pipeline, dealt as evenly as they go. */
export function stageLayers<T>(layers: readonly T[], stages: number): T[][] {
  return Array.from(
    { length: stages },
    (_, s) =>
      layers.slice(
        Math.floor(s * layers.length / stages),
        Math.floor((s + 1) * layers.length / stages),
      ),
  );
}

function layoutOf(options: KvCapacityOptions, tensorParallel: number): KvLayout {
  const { shape, pipelineParallel, kvBytesPerElement, blockTokens } = options;
  const stages = stageLayers(shape.layers, pipelineParallel);
  return kvLayout(stages, kvBytesPerElement, tensorParallel, blockTokens);
}

/**
 * Bytes of the table of rotary positions: sine and cosine of half a head's width.
 *
 * @source https://github.com/vllm-project/vllm vllm/model_executor/layers/rotary_embedding
 */
function rotaryBytes(shape: TransformerShape): number {
  const { layers, maxPositions, positionParameters, rotaryBytesPerElement = 2 } = shape;
  if (positionParameters > 0) return 0;
  const sizes = layers.map(({ mixer }) =>
    mixer?.kind === "attention" ? mixer.headSize : mixer?.kind === "latent" ? mixer.ropeSize : 0
  );
  return rotaryBytesPerElement * maxPositions * Math.max(...sizes);
}

function stageMemories(
  options: KvCapacityOptions,
  tensorParallel: number,
  layout: KvLayout,
): StageMemory[] {
  const { shape, pipelineParallel, weightBytesPerElement, draft, blockTokens } = options;
  const { layers, hiddenSize, vocabSize } = shape;
  const reserves = [options.reserveBytes].flat();
  // Norms, head and embedding keep 2 bytes in quantised checkpoints; see weightBytes().
  const keptBytesPerElement = Math.max(2, weightBytesPerElement);
  const headElements = vocabSize * hiddenSize;
  const states = 1 + (options.draftedTokens ?? 0);
  return Array.from({ length: pipelineParallel }, (_, stage) => {
    const first = Math.floor(stage * layers.length / pipelineParallel);
    const end = Math.floor((stage + 1) * layers.length / pipelineParallel);
    const isFirst = stage === 0, isLast = stage === pipelineParallel - 1;
    // A tied head needs a table of its own only where the embedding stands on another stage.
    const needsHead = isLast && !(shape.tiedEmbeddings && isFirst);
    const tables = (isFirst ? headElements + shape.positionParameters : 0) +
      (needsHead ? headElements : 0);
    let matrices = 0, small = isLast ? shape.finalNormParameters : 0;
    let stateBytes = 0;
    for (const { layer, count } of layerGroups(layers.slice(first, end))) {
      small += count * smallParameters(layer);
      stateBytes += states * count * layerStateBytes(layer) / tensorParallel;
    }
    for (const { layer, index, count } of numberedLayers(options, first, end)) {
      matrices += count * rankMatrixBytes(options, layer, index, tensorParallel);
    }
    // A draft's entries are spread over the blocks of all groups.
    const draftBytes = !isLast || draft === undefined
      ? 0
      : blockTokens * draft.tokenBytes / layout.groups.length;
    if (isLast && draft !== undefined) matrices += draft.weightBytes;
    return {
      fixedBytes: matrices + (tables / tensorParallel + small) * keptBytesPerElement +
        rotaryBytes(shape) + reserves[stage % reserves.length],
      blockBytes: layout.blockBytes[stage] + draftBytes,
      stateBytes,
    };
  });
}

/** Layers with their numbers: one by one where formats go by them, else equal ones together. */
function numberedLayers(
  { shape, weights }: KvCapacityOptions,
  first: number,
  end: number,
): { layer: Layer; index: number; count: number }[] {
  const layers = shape.layers.slice(first, end);
  return weights === undefined
    ? layerGroups(layers).map(({ layer, count }) => ({ layer, index: first, count }))
    : layers.map((layer, i) => ({ layer, index: first + i, count: 1 }));
}

/** Bytes of the matrices of a layer on one tensor rank. */
function rankMatrixBytes(
  { shape, gpu, weights, weightBytesPerElement, expertRanks }: KvCapacityOptions,
  layer: Layer,
  index: number,
  ranks: number,
): number {
  let bytes = 0;
  for (const matrix of layerMatrices(layer, shape.hiddenSize)) {
    const isExpert = matrix.part === "expert";
    const isSpread = isExpert && expertRanks !== undefined;
    const share = isSpread ? 1 / expertRanks : rankShare(matrix, ranks);
    if (weights === undefined) {
      const elements = matrix.outputs * matrix.inputs + (matrix.bias ?? 0);
      bytes += matrix.copies * elements * weightBytesPerElement * share;
      continue;
    }
    const format = weights.of(index, matrix);
    const isPadded = isExpert && format.name === "mxfp4" && gpu.generation !== undefined;
    const whole = matrix.copies * (isSpread ? share : 1);
    bytes += isPadded
      ? whole * matrixBytes(padded(matrix, isSpread ? 1 : ranks, gpu.generation!), format)
      : matrix.copies * matrixBytes(matrix, format) * share;
  }
  return bytes;
}

/**
 * An expert's matrix on one rank as kernels of mxfp4 want it: widths are filled up to whole tiles, of 128
 * and of 256 along the residual stream; on Blackwell, which multiplies 4 bits itself, of 256 both.
 *
 * @source https://github.com/vllm-project/vllm vllm/model_executor/layers/quantization/mxfp4.py
 */
function padded(
  { name, outputs, inputs, bias = 0 }: LayerMatrix,
  ranks: number,
  generation: string,
): Pick<LayerMatrix, "outputs" | "inputs" | "bias"> {
  const tile = generation.startsWith("blackwell") ? 256 : 128;
  return name.endsWith("down_proj")
    ? { outputs: upTo(outputs, 256), inputs: upTo(inputs / ranks, tile), bias: upTo(bias, 256) }
    : {
      outputs: upTo(outputs / ranks, tile),
      inputs: upTo(inputs, 256),
      bias: upTo(bias / ranks, tile),
    };
}

const upTo = (width: number, multiple: number) => multiple * Math.ceil(width / multiple);

function fittingBlocks(stages: readonly StageMemory[], usable: number): number {
  const blocks = Math.min(
    ...stages.map((stage) => Math.floor((usable - stage.fixedBytes) / stage.blockBytes)),
  );
  // A model that caches nothing per token has room for any number of tokens.
  return blocks === Infinity ? UNBOUNDED_BLOCKS : blocks;
}

/** Blocks of a model without a KV cache: its states bound the sequences, nothing bounds the tokens. */
const UNBOUNDED_BLOCKS = 2 ** 24;

function doesNotFit(
  options: KvCapacityOptions,
  stages: readonly StageMemory[],
  usable: number,
): string {
  const needed = Math.max(...stages.map((stage) => stage.fixedBytes + stage.blockBytes));
  const { shape, gpu, tensorParallel, pipelineParallel, draft } = options;
  const fits = DEGREES.find((degree) =>
    degree > tensorParallel && dealsEvenly(shape, degree) &&
    fittingBlocks(stageMemories(options, degree, layoutOf(options, degree)), usable) >= 1
  );
  const pipeline = pipelineParallel === 1 ? "" : `, pipeline-parallel degree ${pipelineParallel}`;
  const model = draft === undefined ? shape.name : `${shape.name} and its draft ${draft.name}`;
  return `Cannot place ${model} on ${gpu.name} as a model with room for one KV block: ` +
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
