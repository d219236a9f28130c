import { layerGroups, type TransformerShape } from "../models/transformer.ts";
import type { WeightFormats } from "../models/weight_format.ts";
import { layerMatrices } from "../models/layer_matrices.ts";
import { activationBytes } from "./activation_bytes.ts";
import { stageLayers } from "./kv_capacity.ts";
import { memoryProfile } from "./memory_profile.ts";

/** An engine and the model that it measures. */
export interface EngineReserveOptions {
  /** Shape of the model. */
  readonly shape: TransformerShape;
  /** Formats of a quantised checkpoint. */
  readonly weights?: WeightFormats;
  /** GPUs that share each layer, >= 1. */
  readonly tensorParallel: number;
  /** Groups of GPUs that the layers are dealt to, >= 1. */
  readonly pipelineParallel: number;
  /** GPUs among which whole experts are spread, where these are others than share the layers. */
  readonly expertRanks?: number;
  /** Token budget of a step, >= 1. */
  readonly maxTokensPerStep: number;
  /** Most sequences at once, >= 1. */
  readonly maxSequences: number;
  /** Share of the GPU's memory that the engine may use, in (0, 1]. */
  readonly utilization: number;
  /** Whose way of measuring: "vllm@0.9" and later, or "sglang". */
  readonly engine: string;
}

/**
 * Bytes of a GPU that a serving engine takes for neither weights nor KV cache, by pipeline stage: what
 * vLLM finds when it starts, in a step of as many tokens and sequences as there may be, and what other
 * libraries hold by then. CUDA graphs come out of what `utilization` leaves. SGLang measures nothing: its
 * share is one of the memory that is free before it loads.
 *
 * @throws {RangeError} If the engine is not known or a degree is no whole number >= 1.
 */
export function engineReserveBytes(options: EngineReserveOptions): number[] {
  const { shape, tensorParallel, pipelineParallel, weights, utilization } = options;
  for (const count of [tensorParallel, pipelineParallel]) {
    if (Number.isInteger(count) && count >= 1) continue;
    throw new RangeError(
      `Cannot use a parallel degree as a whole number >= 1: current value is ${count}`,
    );
  }
  const profile = memoryProfile(options.engine);
  const others = Math.max(tensorParallel, options.expertRanks ?? 1) > 1
    ? profile.otherBytesOfSeveral
    : profile.otherBytes;
  const outside = profile.isOfFreeMemory === true ? others * utilization : others;
  const hasNarrowExperts = weights !== undefined && expertFormats(shape, weights).has("mxfp4");
  return stageLayers(shape.layers, pipelineParallel).map((layers, stage) =>
    outside + activationBytes({
      layers: layerGroups(layers).map(({ layer }) => layer),
      hiddenSize: shape.hiddenSize,
      vocabSize: shape.vocabSize,
      ranks: tensorParallel,
      isFirst: stage === 0,
      isLast: stage === pipelineParallel - 1,
      stepTokens: options.maxTokensPerStep,
      sequences: options.maxSequences,
      hasNarrowExperts,
    }, profile)
  );
}

/** Names of the formats that experts have. */
function expertFormats(
  { layers, hiddenSize }: TransformerShape,
  weights: WeightFormats,
): Set<string> {
  const names = new Set<string>();
  layers.forEach((layer, i) => {
    for (const matrix of layerMatrices(layer, hiddenSize)) {
      if (matrix.part === "expert") names.add(weights.of(i, matrix).name);
    }
  });
  return names;
}
