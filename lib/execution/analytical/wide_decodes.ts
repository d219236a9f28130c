import type { AnalyticalParts } from "./analytical_parts.ts";
import {
  type DecodeAttention,
  decodeAttention,
  decodeSequenceSeconds,
} from "./decode_attention.ts";

/** Decode attention of all layers, for sequences that compute the same number of tokens each. */
export interface Decodes {
  /** By layers that are alike. */
  readonly attention: readonly DecodeAttention[];
  /** Seconds per decoding sequence beside what its entries take. */
  readonly perSequence: number;
}

/**
 * Decode attention by the tokens of a sequence: 1, or those of a verification. Entries are read once
 * for all of its tokens, whose queries stand together in a tile; each computes its own scores.
 *
 * @param stateSeconds Seconds per sequence in recurrent layers, which advance in one pass.
 */
export function wideDecodes(
  parts: AnalyticalParts,
  stateSeconds: number,
): (tokensPerSequence: number) => Decodes {
  const known: Decodes[] = [];
  return (tokensPerSequence) => {
    // Where not all sequences compute as many tokens, the widest ones count.
    const width = Math.ceil(tokensPerSequence);
    return known[width] ??= decodesOf(parts, stateSeconds, width);
  };
}

function decodesOf(parts: AnalyticalParts, stateSeconds: number, width: number): Decodes {
  const wide = width === 1
    ? parts.attention
    : parts.attention.map((reads) => ({ ...reads, decodeFlops: width * reads.decodeFlops }));
  return {
    attention: wide.map((reads) => decodeAttention(parts, reads)),
    perSequence: parts.attention.reduce(
      (sum, reads) =>
        sum +
        decodeSequenceSeconds(parts, { ...reads, vectorElements: width * reads.vectorElements }),
      stateSeconds,
    ),
  };
}
