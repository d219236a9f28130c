import type { TransformerShape } from "./transformer.ts";

/**
 * Bytes of one token's keys and values, all layers.
 *
 * @param bytesPerElement 2 for bf16 and fp16, 1 for fp8.
 */
export function kvBytesPerToken(shape: TransformerShape, bytesPerElement: number): number {
  return 2 * shape.layers * shape.kvHeads * shape.headSize * bytesPerElement;
}
