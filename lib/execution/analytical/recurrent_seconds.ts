import { layerStateBytes } from "../../models/kv_bytes_per_token.ts";
import { layerGroups } from "../../models/transformer.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/**
 * Seconds per sequence of a step in which recurrent layers read its state and write it back, whatever
 * the sequence's length. 0 for models without such layers.
 */
export function stateSecondsPerSequence(parts: AnalyticalParts): number {
  const { shape, gpu, efficiency, tensorParallel } = parts;
  let bytes = 0;
  for (const { layer, count } of layerGroups(shape.layers)) bytes += count * layerStateBytes(layer);
  return 2 * bytes / tensorParallel / (gpu.memoryBytesPerSecond * efficiency.elementwise.memory);
}
