import type { AttentionReads } from "../attention_reads.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import {
  type DecodeAttention,
  decodeAttention,
  decodeSequenceSeconds,
  splitDecodeOf,
} from "./decode_attention.ts";
import type { SplitDecode } from "./latent_attention.ts";
import { stateSecondsPerSequence } from "./recurrent_seconds.ts";

/** Decode attention of all layers, for sequences that compute the same number of tokens each. */
export interface Decodes {
  /** By layers that are alike. */
  readonly attention: readonly DecodeAttention[];
  /** Those whose kernels have a fixed number of parts per sequence. */
  readonly splits: readonly SplitDecode[];
  /** Seconds per decoding sequence beside what its entries take. */
  readonly perSequence: number;
}

/**
 * Decode attention by the tokens of a sequence: 1, or those of a verification. Entries are read once
 * for all of its tokens, whose queries stand together in a tile; each computes its own scores, and
 * recurrent layers advance in one pass. Where not all compute as many tokens, the widest ones count.
 */
export function wideDecodes(parts: AnalyticalParts): (tokensPerSequence: number) => Decodes {
  const known: Decodes[] = [];
  return (tokensPerSequence) => {
    const width = Math.ceil(tokensPerSequence);
    return known[width] ??= decodesOf(parts, width);
  };
}

function decodesOf(parts: AnalyticalParts, width: number): Decodes {
  const all = width === 1 ? parts.attention : parts.attention.map((reads) => widened(reads, width));
  const splits = all.map((reads) => splitDecodeOf(parts, reads));
  return {
    attention: all.filter((_, i) => splits[i] === undefined)
      .map((reads) => decodeAttention(parts, reads)),
    splits: splits.filter((split) => split !== undefined),
    perSequence: all.reduce(
      (sum, reads) => sum + decodeSequenceSeconds(parts, reads),
      stateSecondsPerSequence(parts),
    ),
  };
}

/** What a sequence of `width` tokens reads and computes: the queries of all are those of more heads. */
function widened(reads: AttentionReads, width: number): AttentionReads {
  const { latent } = reads;
  return {
    ...reads,
    decodeFlops: width * reads.decodeFlops,
    vectorElements: width * reads.vectorElements,
    ...(latent && { latent: { ...latent, heads: width * latent.heads } }),
    // Tokens that an indexer chooses are each query's own.
    ...(reads.kind === "sparse" && { entryElements: width * reads.entryElements }),
  };
}
