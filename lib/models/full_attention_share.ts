import type { TransformerShape } from "./transformer.ts";

/**
 * Share of the layers whose tokens attend to everything before them, 0..1; the others see their window
 * alone. 1 without a window.
 *
 * @example
 * ```ts
 * import { fullAttentionShare, modelShape } from "simfaasinfer/models";
 * console.log(fullAttentionShare(modelShape("llama-4-scout"))); // 0.25
 * ```
 */
export function fullAttentionShare(
  shape: Pick<TransformerShape, "layers" | "slidingWindowTokens" | "fullAttentionLayers">,
): number {
  if (shape.slidingWindowTokens === 0) return 1;
  return (shape.fullAttentionLayers ?? 0) / shape.layers;
}
