import type { DecodeLine, ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import type { DecodeAttention } from "./decode_attention.ts";
import { lookUp } from "./look_up.ts";

/** Everything a step's time is looked up in. All layers, embedding and LM head included. */
export interface StepTables {
  readonly name: string;
  /** Seconds of everything but attention and the LM head, by tokens in the step. */
  readonly linearSeconds: Float64Array;
  /** Seconds of LM head and sampling, by sampled sequences. */
  readonly headSeconds: Float64Array;
  /** Decode attention of one layer. */
  readonly decode: DecodeAttention;
  /** Layers that `decode` counts for. */
  readonly attentionLayers: number;
  /**
   * Attention seconds, all layers, of a step with prefill chunks; `decodeSeconds` is what its decodes
   * take alone. Allocates nothing.
   */
  mixedAttentionSeconds(step: StepShape, decodeSeconds: number): number;
  /**
   * Unequal contexts without a prefill chunk: share of the way from the decode attention at the mean
   * context to that at the longest one, 0..1; default 0. With a chunk the measured shares are near 0.
   */
  readonly unequalShare?: number;
}

/**
 * Execution times that are looked up in arrays. Decode-only steps of b sequences lie on a
 * piecewise-linear function of their total context.
 */
export function tabulatedModel(tables: StepTables): ExecutionTimeModel {
  const { linearSeconds, headSeconds, decode, attentionLayers, unequalShare = 0 } = tables;
  const knots = decode.contextKnots;
  const width = knots.length;
  // base[b * width + j], slope[...]: the line of segment j of b sequences, all layers, tokens.
  const base = new Float64Array(decode.seconds.length);
  const slope = new Float64Array(decode.seconds.length);
  for (let b = 1; b <= decode.maxSequences; b++) {
    for (let j = 0; j < width; j++) {
      const from = Math.min(j, width - 2);
      const cell = b * width + from;
      const rise = Math.max(0, decode.seconds[cell + 1] - decode.seconds[cell]);
      const perToken = rise / ((knots[from + 1] - knots[from]) * b);
      slope[b * width + j] = attentionLayers * perToken;
      base[b * width + j] = attentionLayers * (decode.seconds[cell] - perToken * knots[from] * b);
    }
  }

  const segmentOf = (sequences: number, contextTokens: number) => {
    const context = contextTokens / sequences;
    let low = 0;
    let high = width - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (knots[middle] <= context) low = middle;
      else high = middle;
    }
    return low;
  };
  // Batches beyond the table scale its last row: attention is bound by memory there.
  const rowOf = (sequences: number) => Math.min(sequences, decode.maxSequences);
  const decodeAttentionSeconds = (sequences: number, contextTokens: number) => {
    if (sequences === 0) return 0;
    const row = rowOf(sequences);
    const scale = sequences / row;
    const cell = row * width + segmentOf(sequences, contextTokens);
    return scale * base[cell] + slope[cell] * contextTokens;
  };

  return {
    name: tables.name,
    needsLongestContext: unequalShare > 0,
    stepSeconds(step) {
      let tokens = step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const linear = lookUp(linearSeconds, tokens) + lookUp(headSeconds, step.sampledSequences);
      const attention = decodeAttentionSeconds(step.decodeSequences, step.decodeContextTokens);
      if (step.chunkCount === 0) {
        const longest = step.decodeLongestContextTokens;
        if (unequalShare === 0 || longest === undefined) return linear + attention;
        const atLongest = decodeAttentionSeconds(
          step.decodeSequences,
          step.decodeSequences * longest,
        );
        return linear + attention + unequalShare * (atLongest - attention);
      }
      return linear + tables.mixedAttentionSeconds(step, attention);
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, longestContextTokens) {
      if (sequences === 0) return false;
      const row = rowOf(sequences);
      const segment = segmentOf(sequences, contextTokens);
      const cell = row * width + segment;
      line.baseSeconds = lookUp(linearSeconds, sequences) + lookUp(headSeconds, sequences) +
        (sequences / row) * base[cell];
      line.slopeSecondsPerToken = slope[cell];
      line.contextEndTokens = segment >= width - 2 ? Infinity : knots[segment + 1] * sequences;
      if (unequalShare === 0 || longestContextTokens === undefined) return true;
      // Were all contexts as long as the longest, their sum would be this much more: at every step.
      const ahead = sequences * longestContextTokens - contextTokens;
      const longSegment = segmentOf(sequences, contextTokens + ahead);
      const longCell = row * width + longSegment;
      const added = (sequences / row) * (base[longCell] - base[cell]) + slope[longCell] * ahead;
      line.baseSeconds += unequalShare * added;
      line.slopeSecondsPerToken += unequalShare * (slope[longCell] - slope[cell]);
      if (longSegment < width - 2) {
        const end = knots[longSegment + 1] * sequences - ahead;
        if (end < line.contextEndTokens) line.contextEndTokens = end;
      }
      return true;
    },
  };
}
