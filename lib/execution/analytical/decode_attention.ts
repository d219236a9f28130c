import { fullAttentionShare } from "../../models/full_attention_share.ts";
import { softMaximum } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { type ContextPieces, contextPieces } from "./context_pieces.ts";

/** Attention of decoding sequences, all layers. */
export interface DecodeAttention {
  /** Seconds by total context, whatever the number of sequences. */
  readonly pieces: ContextPieces;
  /** Seconds per sequence. */
  readonly sequenceSeconds: number;
  /** Attention window, tokens; Infinity for none. */
  readonly maxModelTokens: number;
  /** Share of the layers without the window, 0..1. */
  readonly fullShare: number;
}

/** KV entries of the total context stream from memory once; with many queries per KV head, FLOPs count. */
export function decodeAttention(parts: AnalyticalParts): DecodeAttention {
  const { shape, gpu, efficiency } = parts;
  const { decode, prefill } = efficiency;
  const entryBytes = 2 * parts.kvHeads * shape.headSize * parts.kvElementBytes;
  const entryFlops = 4 * parts.heads * shape.headSize;
  const entrySeconds = Math.max(
    entryBytes / (gpu.memoryBytesPerSecond * decode.memory),
    entryFlops / (gpu.flopsPerSecond.bf16 * prefill.compute),
  );
  // A query is read and a result written, at 16 bits: no kernel is quicker than that.
  const vectorBytes = 4 * parts.heads * shape.headSize;
  const layerSeconds = (context: number) =>
    softMaximum(context * entrySeconds, decode.seconds, decode.sharpness);
  return {
    pieces: contextPieces((context) => shape.layers * layerSeconds(context)),
    sequenceSeconds: shape.layers *
      Math.max(decode.secondsPerKvHead * parts.kvHeads, vectorBytes / gpu.memoryBytesPerSecond),
    maxModelTokens: shape.slidingWindowTokens === 0 ? Infinity : shape.slidingWindowTokens,
    fullShare: fullAttentionShare(shape),
  };
}
