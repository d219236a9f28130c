import type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../execution_time_model.ts";
import { raiseToWalk, unequalSeconds } from "../block_walk.ts";
import { paddedToCaptured } from "../captured_sizes.ts";
import type { AnalyticalOptions } from "./analytical_options.ts";
import { analyticalParts } from "./analytical_parts.ts";
import { cellOf } from "./context_pieces.ts";
import type { DecodeAttention } from "./decode_attention.ts";
import { exchangedSeconds } from "./exchanged_experts.ts";
import { headSeconds } from "./head_seconds.ts";
import { layerSeconds } from "./layer_seconds.ts";
import { prefillSecondsOf } from "./prefill_seconds.ts";
import { lookUp, tokenTable } from "./token_table.ts";
import { type Decodes, wideDecodes } from "./wide_decodes.ts";

/** Sampled sequences that are tabulated. */
const MAX_SAMPLES = 1024;

/**
 * Execution times from data sheets: every kernel takes its roofline time at the efficiency of its GPU
 * generation. Works for any model and GPU without profiling.
 *
 *     t = overhead + layers x (linear(m) + prefill attention + decode attention + collectives) + head
 *
 * Decode attention is piecewise linear in the total context (within 0.2 % of the smooth curve), so that
 * `decodeLine` is exact. Layers with an attention window and layers without one are added up. Pipeline
 * stages work on as many micro-batches as there are stages, which in the steady state take turns
 * without gaps: a step is the pass of one micro-batch. Fewer sequences than stages leave bubbles: a
 * sequence still passes all stages one after the other, so a step is never shorter than its largest
 * chunk alone.
 *
 * Attention ranks with requests of their own (`dataParallelAttention`) step together: sequences and
 * their contexts are spread evenly over them, a chunk is on one rank, and the slowest rank counts; ranks
 * without work run along. Their tokens meet in the experts, which see those of all ranks.
 *
 * @throws RangeError if a degree does not divide what it splits.
 *
 * @example
 * ```ts
 * import { analytical } from "simfaasinfer/execution";
 * import { gpuNamed } from "simfaasinfer/hardware";
 * import { modelShape } from "simfaasinfer/models";
 * const model = analytical({ shape: modelShape("llama-3.1-8b"), gpu: gpuNamed("H100") });
 * const prompt = { decodeSequences: 0, decodeContextTokens: 0, chunkCount: 1,
 *   chunkTokens: Int32Array.of(8192), chunkPastTokens: Int32Array.of(0), sampledSequences: 1 };
 * console.log(model.stepSeconds(prompt) > 0.134); // true
 * ```
 */
export function analytical(options: AnalyticalOptions): ExecutionTimeModel {
  const parts = analyticalParts(options);
  const { shape, gpu, tensorParallel, pipelineParallel: stages, dataParallel } = parts;
  const { maxTokensPerStep = 16384 } = options;
  const { stepSeconds: stepOverhead, sequenceSeconds: overheadPerSequence } = parts;
  const { mostCaptured } = options;
  const tabulated = (seconds: (tokens: number) => number) =>
    paddedToCaptured(tokenTable(seconds, maxTokensPerStep), mostCaptured);
  const linear = tabulated(layerSeconds(parts));
  const exchanged = exchangedSeconds(parts);
  const experts = exchanged && tabulated(exchanged);
  const head = tokenTable(headSeconds(parts), MAX_SAMPLES);
  const decodesOf = wideDecodes(parts);
  const narrow = decodesOf(1);
  const prefillSeconds = prefillSecondsOf(parts, maxTokensPerStep);

  const decodeSeconds = (
    sequences: number,
    context: number,
    decodes: Decodes,
    longest: number | undefined,
  ) => {
    const { attention, splits, perSequence } = decodes;
    let seconds = 0;
    for (let i = 0; i < attention.length; i++) {
      const { walk, layers } = attention[i];
      const balanced = balancedSeconds(attention[i], sequences, context);
      seconds += walk === undefined || longest === undefined ? balanced : unequalSeconds(
        balanced,
        layers * walk.seconds(sequences, longest),
        balancedSeconds(attention[i], sequences, sequences * longest),
      );
    }
    for (let i = 0; i < splits.length; i++) {
      seconds += splits[i].base(sequences) + splits[i].slope(sequences) * context;
    }
    return seconds + perSequence * sequences;
  };

  /** Whole pass of one of `parallel` equal parts of a step: a micro-batch on one attention rank. */
  const passSeconds = (step: StepShape, tokens: number, parallel: number) => {
    let seconds = lookUp(linear, Math.ceil(share(tokens, parallel))) +
      lookUp(head, Math.ceil(share(step.sampledSequences, parallel)));
    if (step.decodeSequences > 0) {
      seconds += decodeSeconds(
        share(step.decodeSequences, parallel),
        share(step.decodeContextTokens, parallel),
        step.decodeTokens === undefined
          ? narrow
          : decodesOf(step.decodeTokens / step.decodeSequences),
        step.decodeLongestContextTokens,
      );
    }
    if (step.chunkCount === 0) return seconds;
    return seconds + prefillSeconds(step, 0, step.chunkCount, parallel, tokens);
  };

  const largestChunkSeconds = (step: StepShape) => {
    let most = 0;
    for (let i = 0; i < step.chunkCount; i++) {
      const chunk = step.chunkTokens[i];
      const seconds = lookUp(linear, chunk) + prefillSeconds(step, i, i + 1, 1, chunk);
      if (seconds > most) most = seconds;
    }
    return most;
  };

  /** The line where there is one stage and one kind of attention, without a window: most models. */
  const [plain] = narrow.attention;
  const { perSequence } = narrow;
  const isPlain = stages === 1 && dataParallel === 1 && narrow.attention.length === 1 &&
    narrow.splits.length === 0 && plain.windowTokens === Infinity;
  const plainLine = (
    sequences: number,
    contextTokens: number,
    line: DecodeLine,
    longest: number | undefined,
  ) => {
    const { base, slope, end, pieceOfCell } = plain.pieces;
    const piece = pieceOfCell[cellOf(contextTokens)];
    const fixed = stepOverhead + overheadPerSequence * sequences +
      lookUp(linear, sequences) + lookUp(head, sequences) + perSequence * sequences;
    line.baseSeconds = fixed + base[piece];
    line.slopeSecondsPerToken = slope[piece];
    line.contextEndTokens = end[piece];
    if (plain.walk !== undefined && longest !== undefined) {
      raiseAttention(line, plain, sequences, sequences, contextTokens, longest, fixed);
    }
    return true;
  };

  /** Seconds of the experts that attention ranks share, of one of `stages` equal micro-batches. */
  const expertSeconds = (tokens: number, microBatches: number) =>
    experts === undefined ? 0 : lookUp(experts, Math.ceil(share(tokens, microBatches)));

  /** The line of any model, stages, attention ranks and width. */
  const anyLine = (
    sequences: number,
    contextTokens: number,
    line: DecodeLine,
    longest: number | undefined,
    width: DecodeWidth | undefined,
  ) => {
    const parallel = Math.min(stages * dataParallel, sequences);
    const batch = share(sequences, parallel);
    const context = share(contextTokens, parallel);
    const tokens = width === undefined ? sequences : width.decodeTokens;
    const samples = width === undefined ? sequences : width.sampledSequences;
    const { attention, splits, perSequence } = width === undefined
      ? narrow
      : decodesOf(tokens / sequences);
    const fixed = stepOverhead + overheadPerSequence * sequences +
      lookUp(linear, Math.ceil(share(tokens, parallel))) +
      lookUp(head, Math.ceil(share(samples, parallel))) + perSequence * batch +
      expertSeconds(tokens, Math.min(stages, sequences));
    let baseSeconds = fixed;
    let slopeSeconds = 0;
    let contextEndTokens = Infinity;
    for (let i = 0; i < attention.length; i++) {
      attentionLine(attention[i], batch, context, parallel, own);
      if (attention[i].walk !== undefined && longest !== undefined) {
        raiseAttention(own, attention[i], sequences, batch, contextTokens, longest, 0);
      }
      baseSeconds += own.baseSeconds;
      slopeSeconds += own.slopeSecondsPerToken;
      if (own.contextEndTokens < contextEndTokens) contextEndTokens = own.contextEndTokens;
    }
    for (let i = 0; i < splits.length; i++) {
      baseSeconds += splits[i].base(batch);
      slopeSeconds += share(splits[i].slope(batch), parallel);
    }
    line.baseSeconds = baseSeconds;
    line.slopeSecondsPerToken = slopeSeconds;
    line.contextEndTokens = contextEndTokens;
    return true;
  };

  const degrees = [
    `tp${tensorParallel}`,
    ...(stages === 1 ? [] : [`pp${stages}`]),
    ...(dataParallel === 1 ? [] : [`dp${dataParallel}`]),
  ];
  return {
    ...(narrow.attention.some(({ walk }) => walk !== undefined) && { needsLongestContext: true }),
    name: `analytical ${gpu.name} ${shape.name} ${degrees.join(" ")}`,
    stepSeconds(step) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const sequences = step.decodeSequences + step.chunkCount;
      const overhead = stepOverhead + overheadPerSequence * sequences;
      if (stages === 1 && dataParallel === 1) return overhead + passSeconds(step, tokens, 1);
      const pass = passSeconds(step, tokens, Math.min(stages * dataParallel, sequences));
      const alone = step.chunkCount === 0 ? 0 : largestChunkSeconds(step);
      return overhead + Math.max(pass, alone) +
        expertSeconds(tokens, Math.min(stages, sequences));
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, longest, width) {
      return isPlain && width === undefined
        ? plainLine(sequences, contextTokens, line, longest)
        : anyLine(sequences, contextTokens, line, longest, width);
    },
  };
}

/** Seconds of attention of equal contexts, in layers that are alike. */
function balancedSeconds(attention: DecodeAttention, sequences: number, context: number): number {
  const { pieces: { base, slope, pieceOfCell }, windowTokens } = attention;
  const limit = sequences * windowTokens;
  const seen = context > limit ? limit : context;
  const piece = pieceOfCell[cellOf(seen)];
  return base[piece] + slope[piece] * seen;
}

/** Writes the line of {@link balancedSeconds} of one of `parallel` equal parts, by the whole context. */
function attentionLine(
  { pieces: { base, slope, end, pieceOfCell }, windowTokens }: DecodeAttention,
  batch: number,
  context: number,
  parallel: number,
  line: DecodeLine,
): void {
  const limit = batch * windowTokens;
  const isBeyond = context >= limit;
  const seen = isBeyond ? limit : context;
  const piece = pieceOfCell[cellOf(seen)];
  line.baseSeconds = base[piece] + (isBeyond ? slope[piece] * seen : 0);
  line.slopeSecondsPerToken = isBeyond ? 0 : share(slope[piece], parallel);
  line.contextEndTokens = isBeyond ? Infinity : parallel * Math.min(end[piece], limit);
}

/** The line of one of the kinds of layers. */
const own: DecodeLine = { baseSeconds: 0, slopeSecondsPerToken: 0, contextEndTokens: 0 };

/** Raises the line of a kind of layers to the walk of its kernel's busiest block. */
function raiseAttention(
  line: DecodeLine,
  attention: DecodeAttention,
  sequences: number,
  batch: number,
  contextTokens: number,
  longestTokens: number,
  fixedSeconds: number,
): void {
  const ahead = sequences * longestTokens - contextTokens;
  raiseToWalk(line, {
    walk: attention.walk!,
    layers: attention.layers,
    sequences,
    batch,
    contextTokens,
    longestTokens,
    allLongest(other) {
      attentionLine(attention, batch, batch * longestTokens, sequences / batch, other);
      other.baseSeconds += other.slopeSecondsPerToken * ahead;
      other.contextEndTokens -= ahead;
    },
  }, fixedSeconds);
}

/** What falls to one of `parallel` micro-batches. Most engines have one, and dividing is slow. */
function share(whole: number, parallel: number): number {
  return parallel === 1 ? whole : whole / parallel;
}
