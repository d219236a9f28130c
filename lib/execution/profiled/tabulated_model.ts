import type { DecodeLine, ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import { type BlockWalk, raiseToWalk, unequalSeconds } from "../block_walk.ts";
import { boundFromBelow } from "./bound_from_below.ts";
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
  /**
   * Least seconds per (query token, KV entry) pair of decodes, all layers: the peak of the GPU. Counts
   * where sequences compute several tokens each, which read their entries once; default 0.
   */
  readonly secondsPerPair?: number;
  /** Busiest block of one layer; absent: the kernel's blocks are equal. */
  readonly walk?: BlockWalk;
}

/**
 * Execution times that are looked up in arrays. Decode-only steps of b sequences lie on a
 * piecewise-linear function of their total context.
 */
export function tabulatedModel(tables: StepTables): ExecutionTimeModel {
  const { linearSeconds, headSeconds, decode, attentionLayers, unequalShare = 0 } = tables;
  const { secondsPerPair = 0, walk } = tables;
  const knots = decode.contextKnots;
  const columns = knots.length;
  // base[b * columns + j], slope[...]: the line of segment j of b sequences, all layers, tokens.
  const base = new Float64Array(decode.seconds.length);
  const slope = new Float64Array(decode.seconds.length);
  for (let b = 1; b <= decode.maxSequences; b++) {
    for (let j = 0; j < columns; j++) {
      const from = Math.min(j, columns - 2);
      const cell = b * columns + from;
      const rise = Math.max(0, decode.seconds[cell + 1] - decode.seconds[cell]);
      const perToken = rise / ((knots[from + 1] - knots[from]) * b);
      slope[b * columns + j] = attentionLayers * perToken;
      base[b * columns + j] = attentionLayers * (decode.seconds[cell] - perToken * knots[from] * b);
    }
  }

  const segmentOf = (sequences: number, contextTokens: number) => {
    const context = contextTokens / sequences;
    let low = 0;
    let high = columns - 1;
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
    const cell = row * columns + segmentOf(sequences, contextTokens);
    return scale * base[cell] + slope[cell] * contextTokens;
  };

  /** Least attention seconds per token of context of sequences that compute several tokens. */
  const slopeOfPairs = (sequences: number, tokens: number) => secondsPerPair * tokens / sequences;

  /** The line of attention that `row` and `segment` have, on sequences that are `ahead` tokens longer. */
  const attentionLine = (line: DecodeLine, sequences: number, segment: number, ahead: number) => {
    const row = rowOf(sequences);
    const cell = row * columns + segment;
    line.baseSeconds = (sequences / row) * base[cell] + slope[cell] * ahead;
    line.slopeSecondsPerToken = slope[cell];
    line.contextEndTokens = segment >= columns - 2
      ? Infinity
      : knots[segment + 1] * sequences - ahead;
  };

  /** Attention of decodes of unequal contexts in a step without a prefill chunk. */
  const unequalAttention = (step: StepShape, attention: number) => {
    const { decodeSequences: sequences, decodeLongestContextTokens: longest } = step;
    if (longest === undefined || sequences === 0) return attention;
    const walked = walk === undefined ? 0 : attentionLayers * walk.seconds(sequences, longest);
    if (unequalShare === 0 && walked <= attention) return attention;
    const atLongest = decodeAttentionSeconds(sequences, sequences * longest);
    const shared = attention + unequalShare * (atLongest - attention);
    return unequalSeconds(shared, walked, atLongest);
  };

  return {
    name: tables.name,
    needsLongestContext: unequalShare > 0 || walk !== undefined,
    stepSeconds(step) {
      const { decodeSequences, decodeTokens = decodeSequences, decodeContextTokens } = step;
      let tokens = decodeTokens;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const linear = lookUp(linearSeconds, tokens) + lookUp(headSeconds, step.sampledSequences);
      const measured = decodeAttentionSeconds(decodeSequences, decodeContextTokens);
      const attention = step.decodeTokens === undefined || decodeSequences === 0
        ? measured
        : Math.max(measured, slopeOfPairs(decodeSequences, decodeTokens) * decodeContextTokens);
      if (step.chunkCount === 0) return linear + unequalAttention(step, attention);
      const longest = step.decodeLongestContextTokens;
      const mixed = tables.mixedAttentionSeconds(step, attention);
      return linear +
        (walk === undefined || longest === undefined
          ? mixed
          : Math.max(mixed, attentionLayers * walk.seconds(step.decodeSequences, longest)));
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, longestContextTokens, width) {
      if (sequences === 0) return false;
      const row = rowOf(sequences);
      const segment = segmentOf(sequences, contextTokens);
      const cell = row * columns + segment;
      line.baseSeconds = (sequences / row) * base[cell];
      line.slopeSecondsPerToken = slope[cell];
      line.contextEndTokens = segment >= columns - 2 ? Infinity : knots[segment + 1] * sequences;
      if (width !== undefined) {
        boundFromBelow(line, contextTokens, slopeOfPairs(sequences, width.decodeTokens));
      }
      const fixedSeconds = lookUp(linearSeconds, width?.decodeTokens ?? sequences) +
        lookUp(headSeconds, width?.sampledSequences ?? sequences);
      line.baseSeconds = fixedSeconds + line.baseSeconds;
      if (longestContextTokens === undefined) return true;
      // Were all contexts as long as the longest, their sum would be this much more: at every step.
      const ahead = sequences * longestContextTokens - contextTokens;
      if (unequalShare > 0) {
        const longSegment = segmentOf(sequences, contextTokens + ahead);
        const longCell = row * columns + longSegment;
        const added = (sequences / row) * (base[longCell] - base[cell]) + slope[longCell] * ahead;
        line.baseSeconds += unequalShare * added;
        line.slopeSecondsPerToken += unequalShare * (slope[longCell] - slope[cell]);
        if (longSegment < columns - 2) {
          const end = knots[longSegment + 1] * sequences - ahead;
          if (end < line.contextEndTokens) line.contextEndTokens = end;
        }
      }
      if (walk === undefined) return true;
      raiseToWalk(line, {
        walk,
        layers: attentionLayers,
        sequences,
        batch: sequences,
        contextTokens,
        longestTokens: longestContextTokens,
        allLongest: (other) =>
          attentionLine(other, sequences, segmentOf(sequences, contextTokens + ahead), ahead),
      }, fixedSeconds);
      return true;
    },
  };
}
