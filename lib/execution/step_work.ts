import { activatedExperts } from "../models/activated_experts.ts";
import { flopsPerAttentionPair, flopsPerSample, flopsPerToken } from "../models/flops.ts";
import { kvBytesPerToken } from "../models/kv_bytes_per_token.ts";
import { expertParameters, parameterGroups } from "../models/parameter_groups.ts";
import type { TransformerShape } from "../models/transformer.ts";
import { partFormats, weightBytes, type WeightFormats } from "../models/weight_format.ts";
import type { StepWork } from "./execution_time_model.ts";

/** Number formats of a model's weights and KV cache. */
export interface StepWorkOptions {
  /** Bytes of one weight, > 0. */
  readonly weightBytesPerElement: number;
  /** Formats of a quantised checkpoint, in place of `weightBytesPerElement`. */
  readonly weights?: WeightFormats;
  /** Bytes of one element of the KV cache, > 0. */
  readonly kvBytesPerElement: number;
}

/**
 * Arithmetic and memory traffic of a model's steps, whole model (all ranks together).
 *
 * A step reads each weight once: layers, norms and head; of the embedding table one row per token;
 * of the routed experts those that the step's tokens are expected to choose when every expert is
 * equally likely. An empty step reads nothing.
 *
 * @throws {RangeError} If a number format is not above 0.
 *
 * @example
 * ```ts
 * import { equal } from "#assert";
 * import { modelShape } from "../models/catalogue.ts";
 * import { stepWork } from "./step_work.ts";
 * const work = stepWork(modelShape("llama-3.1-8b"), {
 *   weightBytesPerElement: 2,
 *   kvBytesPerElement: 2,
 * });
 * equal(work.kvBytesPerToken, 131_072);
 * ```
 */
export function stepWork(shape: TransformerShape, options: StepWorkOptions): StepWork {
  const { weightBytesPerElement, kvBytesPerElement } = options;
  requirePositive("weightBytesPerElement", weightBytesPerElement);
  requirePositive("kvBytesPerElement", kvBytesPerElement);
  const groups = parameterGroups(shape);
  // Norms, head and embedding keep 2 bytes in quantised checkpoints; see weightBytes().
  const keptBytesPerElement = Math.max(2, weightBytesPerElement);
  const { everyTokenBytes, expertElementBytes } = linearBytes(shape, options);
  const everyStepBytes = everyTokenBytes + (groups.norms + groups.head) * keptBytesPerElement;
  const rows = shape.positionParameters > 0 ? 2 : 1;
  const rowBytesPerToken = rows * shape.hiddenSize * keptBytesPerElement;
  return {
    flopsPerToken: flopsPerToken(shape),
    flopsPerAttentionPair: flopsPerAttentionPair(shape),
    flopsPerSample: flopsPerSample(shape),
    weightBytes(tokens) {
      if (!(tokens > 0)) return 0;
      let bytes = everyStepBytes;
      for (let i = 0; i < groups.experts.length; i++) {
        const { layers, count, perToken, parameters } = groups.experts[i];
        bytes += activatedExperts(count, perToken, tokens) *
          (layers * parameters * expertElementBytes);
      }
      return bytes + tokens * rowBytesPerToken;
    },
    kvBytesPerToken: kvBytesPerToken(shape, kvBytesPerElement),
  };
}

/** Bytes of the matrices that every token passes, and of a weight of a routed expert. */
function linearBytes(shape: TransformerShape, options: StepWorkOptions) {
  const { weights, weightBytesPerElement } = options;
  const groups = parameterGroups(shape);
  if (weights === undefined) {
    return {
      everyTokenBytes: groups.everyToken * weightBytesPerElement,
      expertElementBytes: weightBytesPerElement,
    };
  }
  const expertElementBytes = partFormats(shape, weights).expert.bytesPerElement;
  const kept = groups.embedding + groups.norms + (shape.tiedEmbeddings ? 0 : groups.head);
  const experts = expertParameters(groups) * expertElementBytes;
  return { everyTokenBytes: weightBytes(shape, weights) - 2 * kept - experts, expertElementBytes };
}

function requirePositive(name: string, value: number): void {
  if (!(value > 0 && value < Infinity)) {
    throw new RangeError(
      `Cannot work out a step's work as one with ${name} > 0: current value is ${value}`,
    );
  }
}
