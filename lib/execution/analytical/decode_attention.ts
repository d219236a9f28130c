import type { AttentionReads } from "../attention_reads.ts";
import { softMaximum } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { type ContextPieces, contextPieces } from "./context_pieces.ts";

/** Attention of decoding sequences in layers that are alike. */
export interface DecodeAttention {
  /** Seconds by total context, whatever the number of sequences. */
  readonly pieces: ContextPieces;
  /** Tokens that are read at most per sequence; Infinity for all. */
  readonly windowTokens: number;
}

/** KV entries of the total context stream from memory once; with many queries per KV head, FLOPs count. */
export function decodeAttention(parts: AnalyticalParts, reads: AttentionReads): DecodeAttention {
  const { gpu, efficiency } = parts;
  const { decode, prefill } = efficiency;
  const entryBytes = reads.entryElements * parts.kvElementBytes + reads.entryBytes;
  const entrySeconds = Math.max(
    entryBytes / (gpu.memoryBytesPerSecond * decode.memory),
    reads.decodeFlops / (gpu.flopsPerSecond.bf16 * prefill.compute),
  );
  const layerSeconds = (context: number) =>
    softMaximum(context * entrySeconds, decode.seconds, decode.sharpness);
  return {
    pieces: contextPieces((context) => reads.layers * layerSeconds(context)),
    windowTokens: reads.windowTokens === 0 ? Infinity : reads.windowTokens,
  };
}

/** Seconds per decoding sequence, all of these layers, beside what its entries take. */
export function decodeSequenceSeconds(parts: AnalyticalParts, reads: AttentionReads): number {
  const { secondsPerKvHead } = parts.efficiency.decode;
  // A query is read and a result written, at 16 bits: no kernel is quicker than that.
  const vectorBytes = 2 * reads.vectorElements;
  return reads.layers *
    Math.max(secondsPerKvHead * reads.kvHeads, vectorBytes / parts.gpu.memoryBytesPerSecond);
}
