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

/**
 * Weights that one token uses: all of a dense model's, and of layers of experts the router, the shared
 * and the chosen ones. The whole embedding and the whole head count, as in the model cards of Mixtral
 * (12.9 B), Qwen3-30B-A3B (3.3 B) and DeepSeek-V3 (37 B). That of gpt-oss leaves the embedding out
 * (0.58 B): its 5.13 B of the 120b are 5.71 B here, and its 3.61 B of the 20b are 4.19 B.
 *
 * @source gpt-oss model card (2025), Table 1 and what it says of embeddings
 */
export function activeParameters(shape: TransformerShape): number {
  return parameterGroups(shape).experts.reduce(
    (sum, { layers, count, perToken, parameters }) =>
      sum - layers * (count - perToken) * parameters,
    parameterCount(shape),
  );
}
