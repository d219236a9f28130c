import { parameterCount } from "./parameter_count.ts";
import { parameterGroups } from "./parameter_groups.ts";
import type { TransformerShape } from "./transformer.ts";

/**
 * Bytes of a model's weights. Embedding, norms and LM head keep 2 bytes when the linear layers are
 * quantised below that, as in published fp8 and int4 checkpoints; scales are not counted.
 *
 * @param bytesPerWeight Of the linear layers: 2 for bf16 and fp16, 1 for fp8 and int8, 0.5 for int4.
 * @throws RangeError if it is not positive.
 */
export function weightBytes(shape: TransformerShape, bytesPerWeight: number): number {
  if (!(bytesPerWeight > 0)) {
    throw new RangeError(
      `Cannot size weights as a positive number of bytes each: current value is ${bytesPerWeight}`,
    );
  }
  const { attention, dense, expert, sparseLayers } = parameterGroups(shape);
  const linear = attention + dense + sparseLayers * (shape.experts?.count ?? 0) * expert;
  return linear * bytesPerWeight + (parameterCount(shape) - linear) * Math.max(2, bytesPerWeight);
}
