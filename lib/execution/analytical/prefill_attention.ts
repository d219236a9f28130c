import { softMaximumTable } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/**
 * Seconds of prefill attention, all layers, of chunks with so many (query, KV entry) pairs, query
 * tokens and KV entries in all. One launch per layer serves all chunks.
 */
export function prefillAttention(
  parts: AnalyticalParts,
): (pairs: number, tokens: number, entries: number) => number {
  const { shape, gpu, efficiency } = parts;
  const { compute, memory, seconds, sharpness } = efficiency.prefill;
  const pairSeconds = 4 * parts.heads * shape.headSize / (gpu.flopsPerSecond.bf16 * compute);
  const rate = gpu.memoryBytesPerSecond * memory;
  // Queries are read and results written at 16 bits.
  const tokenSeconds = 4 * parts.heads * shape.headSize / rate;
  const entrySeconds = 2 * parts.kvHeads * shape.headSize * parts.kvElementBytes / rate;
  const { layers } = shape;
  const softMaximum = softMaximumTable(sharpness);
  return (pairs, tokens, entries) => {
    const bytesSeconds = tokens * tokenSeconds + entries * entrySeconds;
    return layers * (softMaximum(pairs * pairSeconds, bytesSeconds) + seconds);
  };
}
