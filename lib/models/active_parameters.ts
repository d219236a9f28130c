import { parameterCount } from "./parameter_count.ts";
import { parameterGroups } from "./parameter_groups.ts";
import type { TransformerShape } from "./transformer.ts";

/** Weights that one token uses, embeddings included: all of a dense model's. */
export function activeParameters(shape: TransformerShape): number {
  const { expert, sparseLayers } = parameterGroups(shape);
  const { count = 0, perToken = 0 } = shape.experts ?? {};
  return parameterCount(shape) - sparseLayers * (count - perToken) * expert;
}
