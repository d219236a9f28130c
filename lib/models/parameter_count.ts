import { expertParameters, parameterGroups } from "./parameter_groups.ts";
import type { TransformerShape } from "./transformer.ts";

/**
 * Weights of a model, all experts included.
 *
 * @example
 * ```ts
 * import { modelShape, parameterCount } from "simfaasinfer/models";
 * console.log(parameterCount(modelShape("gpt2"))); // 124439808
 * ```
 */
export function parameterCount(shape: TransformerShape): number {
  const groups = parameterGroups(shape);
  return groups.embedding + (shape.tiedEmbeddings ? 0 : groups.head) + groups.norms +
    groups.everyToken + expertParameters(groups);
}

/** Weights that one token uses, embeddings included: all of a dense model's. */
export function activeParameters(shape: TransformerShape): number {
  return parameterGroups(shape).experts.reduce(
    (sum, { layers, count, perToken, parameters }) =>
      sum - layers * (count - perToken) * parameters,
    parameterCount(shape),
  );
}
