import { elementwiseEfficiency, type GpuEfficiency } from "../hardware/efficiency.ts";
import { softMaximum } from "./soft_maximum.ts";

/**
 * Seconds of kernels that only move bytes, which operator tables do not hold: norms, activations,
 * rotary embedding, copies.
 *
 * @param memoryBytesPerSecond Bandwidth of the GPU's memory.
 */
export function elementwiseSecondsOf(
  memoryBytesPerSecond: number,
  { memory, seconds, sharpness }: GpuEfficiency["elementwise"] = elementwiseEfficiency(),
): (bytes: number) => number {
  const rate = memory * memoryBytesPerSecond;
  return (bytes) => softMaximum(seconds, bytes / rate, sharpness);
}
