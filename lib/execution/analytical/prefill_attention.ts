import type { AttentionReads } from "../attention_reads.ts";
import { softMaximumTable } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { indexPairSeconds, latentPrefill } from "./latent_attention.ts";

/**
 * Seconds of prefill attention, all layers that are alike, of chunks with so many (query, KV entry)
 * pairs, query tokens and KV entries in all. One launch per layer serves all chunks.
 */
export function prefillAttention(
  parts: AnalyticalParts,
  reads: AttentionReads,
): (pairs: number, tokens: number, entries: number) => number {
  if (reads.kind === "index") {
    const pairSeconds = reads.layers * indexPairSeconds(parts, reads);
    return (pairs) => pairs * pairSeconds;
  }
  if (reads.kind !== "heads") return latentPrefill(parts, reads);
  const { gpu, efficiency } = parts;
  const { compute, memory, seconds, sharpness } = efficiency.prefill;
  const peak = gpu.flopsPerSecond.bf16 * compute;
  const pairSeconds = reads.pairFlops / peak;
  const rate = gpu.memoryBytesPerSecond * memory;
  // Queries are read and results written at 16 bits.
  const tokenSeconds = 2 * reads.vectorElements / rate;
  const entrySeconds = (reads.entryElements * parts.kvElementBytes + reads.entryBytes) / rate;
  const { layers } = reads;
  const softMaximum = softMaximumTable(sharpness);
  return (pairs, tokens, entries) => {
    const bytesSeconds = tokens * tokenSeconds + entries * entrySeconds;
    return layers * (softMaximum(pairs * pairSeconds, bytesSeconds) + seconds);
  };
}
