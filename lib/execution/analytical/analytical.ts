import { attentionEntries, attentionPairs } from "../attention_pairs.ts";
import type {
  DecodeLine,
  DecodeWidth,
  ExecutionTimeModel,
  StepShape,
} from "../execution_time_model.ts";
import type { AnalyticalOptions } from "./analytical_options.ts";
import { analyticalParts } from "./analytical_parts.ts";
import { cellOf } from "./context_pieces.ts";
import { headSeconds } from "./head_seconds.ts";
import { layerSeconds } from "./layer_seconds.ts";
import { prefillAttention } from "./prefill_attention.ts";
import { stateSecondsPerSequence } from "./recurrent_seconds.ts";
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
 * @throws RangeError if a degree does not divide what it splits.
 *
 * @example
 * ```ts
 * import { analytical } from "simfaasinfer/execution";
 * import { gpuNamed, modelShape } from "simfaasinfer/models";
 * const model = analytical({ shape: modelShape("llama-3.1-8b"), gpu: gpuNamed("H100") });
 * const prompt = { decodeSequences: 0, decodeContextTokens: 0, chunkCount: 1,
 *   chunkTokens: Int32Array.of(8192), chunkPastTokens: Int32Array.of(0), sampledSequences: 1 };
 * console.log(model.stepSeconds(prompt) > 0.134); // true
 * ```
 */
export function analytical(options: AnalyticalOptions): ExecutionTimeModel {
  const parts = analyticalParts(options);
  const { shape, gpu, tensorParallel, pipelineParallel: stages } = parts;
  const { maxTokensPerStep = 16384 } = options;
  const { stepSeconds: stepOverhead, sequenceSeconds: overheadPerSequence } = parts;
  const linear = tokenTable(layerSeconds(parts), maxTokensPerStep);
  const head = tokenTable(headSeconds(parts), MAX_SAMPLES);
  const stateSeconds = stateSecondsPerSequence(parts);
  const decodesOf = wideDecodes(parts, stateSeconds);
  const narrow = decodesOf(1);
  const prefills = parts.attention.map((reads) => ({
    seconds: prefillAttention(parts, reads),
    windowTokens: reads.windowTokens,
  }));

  const decodeSeconds = (sequences: number, context: number, decodes: Decodes) => {
    const { attention, perSequence } = decodes;
    let seconds = 0;
    for (let i = 0; i < attention.length; i++) {
      const { pieces: { base, slope, pieceOfCell }, windowTokens } = attention[i];
      const limit = sequences * windowTokens;
      const seen = context > limit ? limit : context;
      const piece = pieceOfCell[cellOf(seen)];
      seconds += base[piece] + slope[piece] * seen;
    }
    return seconds + perSequence * sequences;
  };

  /** Prefill attention of the chunks from `first` to before `last`, all layers. */
  const prefillSeconds = (step: StepShape, first: number, last: number, parallel: number) => {
    let seconds = stateSeconds * share(last - first, parallel);
    for (let kind = 0; kind < prefills.length; kind++) {
      const layers = prefills[kind];
      let pairs = 0;
      let queries = 0;
      let entries = 0;
      for (let i = first; i < last; i++) {
        const chunk = step.chunkTokens[i];
        const past = step.chunkPastTokens[i];
        pairs += attentionPairs(chunk, past, layers.windowTokens);
        entries += attentionEntries(chunk, past, layers.windowTokens);
        queries += chunk;
      }
      seconds += layers.seconds(
        share(pairs, parallel),
        share(queries, parallel),
        share(entries, parallel),
      );
    }
    return seconds;
  };

  /** Whole pass of one micro-batch of `parallel` equal ones. */
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
      );
    }
    if (step.chunkCount === 0) return seconds;
    return seconds + prefillSeconds(step, 0, step.chunkCount, parallel);
  };

  const largestChunkSeconds = (step: StepShape) => {
    let most = 0;
    for (let i = 0; i < step.chunkCount; i++) {
      const seconds = lookUp(linear, step.chunkTokens[i]) + prefillSeconds(step, i, i + 1, 1);
      if (seconds > most) most = seconds;
    }
    return most;
  };

  /** The line where there is one stage and one kind of attention, without a window: most models. */
  const [plain] = narrow.attention;
  const isPlain = stages === 1 && narrow.attention.length === 1 &&
    plain.windowTokens === Infinity;
  const plainLine = (sequences: number, contextTokens: number, line: DecodeLine) => {
    const { base, slope, end, pieceOfCell } = plain.pieces;
    const piece = pieceOfCell[cellOf(contextTokens)];
    line.baseSeconds = stepOverhead + overheadPerSequence * sequences +
      lookUp(linear, sequences) + lookUp(head, sequences) + narrow.perSequence * sequences +
      base[piece];
    line.slopeSecondsPerToken = slope[piece];
    line.contextEndTokens = end[piece];
    return true;
  };

  /** The line of any model, stages, and width. */
  const anyLine = (
    sequences: number,
    contextTokens: number,
    line: DecodeLine,
    width: DecodeWidth | undefined,
  ) => {
    const parallel = Math.min(stages, sequences);
    const batch = share(sequences, parallel);
    const context = share(contextTokens, parallel);
    const perBatch = Math.ceil(batch);
    const tokens = width === undefined ? perBatch : Math.ceil(share(width.decodeTokens, parallel));
    const samples = width === undefined
      ? perBatch
      : Math.ceil(share(width.sampledSequences, parallel));
    const { attention, perSequence } = width === undefined
      ? narrow
      : decodesOf(width.decodeTokens / sequences);
    const fixed = stepOverhead + overheadPerSequence * sequences + lookUp(linear, tokens) +
      lookUp(head, samples) + perSequence * batch;
    let baseSeconds = fixed;
    let slopeSeconds = 0;
    let contextEndTokens = Infinity;
    for (let i = 0; i < attention.length; i++) {
      const { pieces: { base, slope, end, pieceOfCell }, windowTokens } = attention[i];
      const limit = batch * windowTokens;
      const isBeyond = context >= limit;
      const seen = isBeyond ? limit : context;
      const piece = pieceOfCell[cellOf(seen)];
      baseSeconds += base[piece];
      if (isBeyond) {
        baseSeconds += slope[piece] * seen;
        continue;
      }
      slopeSeconds += share(slope[piece], parallel);
      const endTokens = parallel * Math.min(end[piece], limit);
      if (endTokens < contextEndTokens) contextEndTokens = endTokens;
    }
    line.baseSeconds = baseSeconds;
    line.slopeSecondsPerToken = slopeSeconds;
    line.contextEndTokens = contextEndTokens;
    return true;
  };

  const degrees = stages === 1 ? `tp${tensorParallel}` : `tp${tensorParallel} pp${stages}`;
  return {
    name: `analytical ${gpu.name} ${shape.name} ${degrees}`,
    stepSeconds(step) {
      let tokens = step.decodeTokens ?? step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const sequences = step.decodeSequences + step.chunkCount;
      const overhead = stepOverhead + overheadPerSequence * sequences;
      if (stages === 1) return overhead + passSeconds(step, tokens, 1);
      const pass = passSeconds(step, tokens, Math.min(stages, sequences));
      const alone = step.chunkCount === 0 ? 0 : largestChunkSeconds(step);
      return overhead + Math.max(pass, alone);
    },
    decodeLine(sequences, contextTokens, line: DecodeLine, _longest, width) {
      return isPlain && width === undefined
        ? plainLine(sequences, contextTokens, line)
        : anyLine(sequences, contextTokens, line, width);
    },
  };
}

/** What falls to one of `parallel` micro-batches. Most engines have one, and dividing is slow. */
function share(whole: number, parallel: number): number {
  return parallel === 1 ? whole : whole / parallel;
}
