import type { TransformerShape } from "../../models/transformer.ts";
import { attentionReads } from "../attention_reads.ts";
import type { GpuPeaks } from "./operator_profile.ts";

/**
 * Least seconds per (query token, KV entry) pair of decoding sequences, all layers without a window, on
 * one of some tensor ranks: what the GPU's peak allows.
 */
export function pairSeconds(shape: TransformerShape, ranks: number, peaks: GpuPeaks): number {
  let flops = 0;
  for (const { layers, decodeFlops, windowTokens } of attentionReads(shape, 1)) {
    if (windowTokens === 0) flops += layers * decodeFlops;
  }
  return flops / ranks / peaks.bf16FlopsPerSecond;
}
