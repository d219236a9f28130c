import { type BlockWalk, blockWalk } from "../block_walk.ts";
import type { AttentionReads } from "../attention_reads.ts";
import { softMaximum } from "../soft_maximum.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { type ContextPieces, contextPieces } from "./context_pieces.ts";
import {
  indexEntrySeconds,
  latentDecodeSeconds,
  latentKernel,
  latentSequenceSeconds,
  type SplitDecode,
  splitDecode,
} from "./latent_attention.ts";

/** Attention of decoding sequences in layers that are alike. */
export interface DecodeAttention {
  /** Seconds by total context, whatever the number of sequences. */
  readonly pieces: ContextPieces;
  /** Tokens that are read at most per sequence; Infinity for all. */
  readonly windowTokens: number;
  /** Busiest block of one of `layers` layers; absent: the kernel's blocks are equal. */
  readonly walk?: BlockWalk;
  readonly layers: number;
}

/**
 * KV entries of the total context stream from memory once; with many queries per KV head, FLOPs count.
 * For kernels with a fixed number of parts per sequence see {@link splitDecodeOf}.
 */
export function decodeAttention(parts: AnalyticalParts, reads: AttentionReads): DecodeAttention {
  const layerSeconds = layerSecondsOf(parts, reads);
  const { layers, kvHeads, entryElements, windowTokens } = reads;
  const heads = { kvHeads, headSize: entryElements / (2 * kvHeads), windowTokens };
  const walk = reads.kind === "heads" ? blockWalk(parts.kernel, parts.gpu, heads) : undefined;
  return {
    pieces: contextPieces((context) => layers * layerSeconds(context)),
    windowTokens: windowTokens === 0 ? Infinity : windowTokens,
    ...(walk && { walk }),
    layers,
  };
}

/** The decoding of latents by a kernel of parts; undefined for all other kernels. */
export function splitDecodeOf(
  parts: AnalyticalParts,
  reads: AttentionReads,
): SplitDecode | undefined {
  if (reads.kind !== "latent") return undefined;
  const { splits } = latentKernel(parts, reads);
  return splits && splitDecode(parts, reads, splits);
}

function layerSecondsOf(
  parts: AnalyticalParts,
  reads: AttentionReads,
): (contextTokens: number) => number {
  if (reads.kind === "index") {
    const entrySeconds = indexEntrySeconds(parts, reads);
    return (context) => context * entrySeconds;
  }
  if (reads.kind !== "heads") return latentDecodeSeconds(parts, reads);
  const { gpu, efficiency } = parts;
  const { decode, prefill } = efficiency;
  const entryBytes = reads.entryElements * parts.kvElementBytes + reads.entryBytes;
  const entrySeconds = Math.max(
    entryBytes / (gpu.memoryBytesPerSecond * decode.memory),
    reads.decodeFlops / (gpu.flopsPerSecond.bf16 * prefill.compute),
  );
  return (context) => softMaximum(context * entrySeconds, decode.seconds, decode.sharpness);
}

/** Seconds per decoding sequence, all of these layers, beside what its entries take. */
export function decodeSequenceSeconds(parts: AnalyticalParts, reads: AttentionReads): number {
  if (reads.kind === "index") return 0;
  if (reads.kind !== "heads") return reads.layers * latentSequenceSeconds(parts, reads);
  const { secondsPerKvHead } = parts.efficiency.decode;
  // A query is read and a result written, at 16 bits: no kernel is quicker than that.
  const vectorBytes = 2 * reads.vectorElements;
  return reads.layers *
    Math.max(secondsPerKvHead * reads.kvHeads, vectorBytes / parts.gpu.memoryBytesPerSecond);
}
