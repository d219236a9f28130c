import { parameterGroups } from "./parameter_groups.ts";
import type { TransformerShape } from "./transformer.ts";

/** FLOPs per token through the linear layers; attention scores and LM head apart. */
export function flopsPerToken(shape: TransformerShape): number {
  const { attention, dense, expert, sparseLayers } = parameterGroups(shape);
  return 2 * (attention + dense + sparseLayers * (shape.experts?.perToken ?? 0) * expert);
}

/** FLOPs per (query token, KV entry) pair over all layers: scores and weighted values. */
export function flopsPerAttentionPair(shape: TransformerShape): number {
  return 4 * shape.layers * shape.heads * shape.headSize;
}

/** FLOPs of the LM head per sampled sequence. */
export function flopsPerSample(shape: TransformerShape): number {
  return 2 * shape.hiddenSize * shape.vocabSize;
}
