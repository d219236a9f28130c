import type { DecodeLine, ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import { type BlockWalk, raiseToWalk, unequalSeconds } from "../block_walk.ts";
import { boundFromBelow } from "./bound_from_below.ts";
import type { DecodeAttention } from "./decode_attention.ts";
import { lookUp } from "./look_up.ts";

/** What a step's time is looked up in, all layers, on one of some attention ranks. */
export interface RankedTables {
  readonly name: string;
  /** Attention ranks that step together, >= 1. */
  readonly ranks: number;
  /** Seconds by the tokens of a rank. */
  readonly linearSeconds: Float64Array;
  /** Seconds of LM head by the sampled sequences of a rank. */
  readonly headSeconds: Float64Array;
  /** Seconds of experts that the ranks share, by the tokens of all; absent: there are none. */
  readonly expertSeconds?: Float64Array;
  /** What decoding sequences add. */
  readonly decode: DecodeAttention;
  /** Least seconds per (query token, KV entry) pair of decodes on one rank, see `StepTables`. */
  readonly secondsPerPair: number;
  /** Busiest blocks of all layers; absent: the kernel's blocks are equal. */
  readonly walk?: BlockWalk;
  /** What the chunks from `first` to before `last` add on one rank. */
  promptSeconds(step: StepShape, first: number, last: number): number;
}

/**
 * Execution times that are looked up, of one attention rank or of several in step: sequences and
 * contexts are spread evenly over them, a chunk is on one, the slowest counts.
 */
export function rankedModel(tables: RankedTables): ExecutionTimeModel {
  const { ranks, linearSeconds, headSeconds, expertSeconds, decode, promptSeconds } = tables;
  const { secondsPerPair, walk } = tables;
  const knots = decode.contextKnots;
  const columns = knots.length;
  const segmentOf = (context: number) => {
    let low = 0, high = columns - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (knots[middle] <= context) low = middle;
      else high = middle;
    }
    return low;
  };
  /** Slope per token of a sequence's context in a segment, and the value at its start. */
  const slopeOf = (row: number, segment: number) => {
    const cell = row * columns + segment;
    const rise = decode.seconds[cell + 1] - decode.seconds[cell];
    return Math.max(0, rise) / (knots[segment + 1] - knots[segment]);
  };
  // Batches beyond the table scale its last row.
  const rowOf = (batch: number) => Math.min(Math.ceil(batch), decode.maxSequences);
  const scaleOf = (batch: number) => Math.max(1, Math.ceil(batch) / decode.maxSequences);
  const experts = (tokens: number) =>
    expertSeconds === undefined ? 0 : lookUp(expertSeconds, tokens);

  /** Decode attention of sequences of equal contexts on one rank. */
  const decodeSeconds = (batch: number, context: number) => {
    const segment = segmentOf(context);
    const row = rowOf(batch);
    return scaleOf(batch) * (decode.seconds[row * columns + segment] +
      slopeOf(row, segment) * (context - knots[segment]));
  };
  /** Its line in the context of all ranks, of sequences that are `ahead` tokens longer together. */
  const attentionLine = (
    line: DecodeLine,
    sequences: number,
    batch: number,
    contextTokens: number,
    ahead: number,
  ) => {
    const segment = segmentOf((contextTokens + ahead) / sequences);
    const row = rowOf(batch), scale = scaleOf(batch);
    const slope = slopeOf(row, segment);
    line.slopeSecondsPerToken = scale * slope / sequences;
    line.baseSeconds = scale * (decode.seconds[row * columns + segment] - slope * knots[segment]) +
      line.slopeSecondsPerToken * ahead;
    line.contextEndTokens = segment >= columns - 2
      ? Infinity
      : knots[segment + 1] * sequences - ahead;
  };

  const passSeconds = (step: StepShape, tokens: number, parallel: number) => {
    let seconds = lookUp(linearSeconds, Math.ceil(tokens / parallel)) +
      lookUp(headSeconds, Math.ceil(step.sampledSequences / parallel));
    if (step.decodeSequences > 0) {
      const batch = step.decodeSequences / Math.min(parallel, step.decodeSequences);
      const context = step.decodeContextTokens / step.decodeSequences;
      const measured = decodeSeconds(batch, context);
      const longest = step.decodeLongestContextTokens;
      const balanced = step.decodeTokens === undefined ? measured : Math.max(
        measured,
        secondsPerPair * batch * context * step.decodeTokens / step.decodeSequences,
      );
      seconds += walk === undefined || longest === undefined
        ? balanced
        : unequalSeconds(balanced, walk.seconds(batch, longest), decodeSeconds(batch, longest));
    }
    if (step.chunkCount === 0) return seconds;
    return seconds + promptSeconds(step, 0, step.chunkCount) / Math.min(parallel, step.chunkCount);
  };
  const largestChunkSeconds = (step: StepShape) => {
    let most = 0;
    for (let i = 0; i < step.chunkCount; i++) {
      const seconds = lookUp(linearSeconds, step.chunkTokens[i]) + promptSeconds(step, i, i + 1);
      if (seconds > most) most = seconds;
    }
    return most;
  };
  return {
    name: tables.name,
    ...(walk !== undefined && { needsLongestContext: true }),
    stepSeconds(step) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const sequences = step.decodeSequences + step.chunkCount;
      const pass = passSeconds(step, tokens, Math.min(ranks, sequences));
      const alone = ranks > 1 && step.chunkCount > 0 ? largestChunkSeconds(step) : 0;
      return Math.max(pass, alone) + experts(tokens);
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, longest, width) {
      if (sequences === 0) return false;
      const parallel = Math.min(ranks, sequences);
      const batch = sequences / parallel;
      attentionLine(line, sequences, batch, contextTokens, 0);
      const tokens = width?.decodeTokens ?? sequences;
      if (width !== undefined) {
        boundFromBelow(line, contextTokens, secondsPerPair / parallel * tokens / sequences);
      }
      const fixedSeconds = lookUp(linearSeconds, Math.ceil(tokens / parallel)) +
        lookUp(headSeconds, Math.ceil((width?.sampledSequences ?? sequences) / parallel)) +
        experts(tokens);
      line.baseSeconds = fixedSeconds + line.baseSeconds;
      if (walk === undefined || longest === undefined) return true;
      const ahead = sequences * longest - contextTokens;
      raiseToWalk(line, {
        walk,
        layers: 1,
        sequences,
        batch,
        contextTokens,
        longestTokens: longest,
        allLongest: (other) => attentionLine(other, sequences, batch, contextTokens, ahead),
      }, fixedSeconds);
      return true;
    },
  };
}
