import { attentionEntries, attentionPairs } from "../attention_pairs.ts";
import type { DecodeLine, ExecutionTimeModel, StepShape } from "../execution_time_model.ts";
import type { AnalyticalOptions } from "./analytical_options.ts";
import { analyticalParts } from "./analytical_parts.ts";
import { cellOf } from "./context_pieces.ts";
import { decodeAttention } from "./decode_attention.ts";
import { headSeconds } from "./head_seconds.ts";
import { layerSeconds } from "./layer_seconds.ts";
import { prefillAttention } from "./prefill_attention.ts";
import { lookUp, tokenTable } from "./token_table.ts";

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
  const decode = decodeAttention(parts);
  const { base, slope, end, pieceOfCell } = decode.pieces;
  const { maxModelTokens: window, fullShare } = decode;
  const { slidingWindowTokens } = shape;
  const isMixed = slidingWindowTokens > 0 && fullShare > 0;
  const perSequence = decode.sequenceSeconds;
  const prefill = prefillAttention(parts);

  const decodeSeconds = (sequences: number, context: number) => {
    const limit = sequences * window;
    const seen = context > limit ? limit : context;
    const piece = pieceOfCell[cellOf(seen)];
    const seconds = base[piece] + slope[piece] * seen + perSequence * sequences;
    if (!isMixed || context <= limit) return seconds;
    const whole = pieceOfCell[cellOf(context)];
    return seconds +
      fullShare * (base[whole] + slope[whole] * context - base[piece] - slope[piece] * seen);
  };

  /** Prefill attention of the chunks from `first` to before `last` with this window in all layers. */
  const windowedPrefill = (
    step: StepShape,
    first: number,
    last: number,
    maxModelTokens: number,
    parallel: number,
  ) => {
    let pairs = 0;
    let queries = 0;
    let entries = 0;
    for (let i = first; i < last; i++) {
      const chunk = step.chunkTokens[i];
      const past = step.chunkPastTokens[i];
      pairs += attentionPairs(chunk, past, maxModelTokens);
      entries += attentionEntries(chunk, past, maxModelTokens);
      queries += chunk;
    }
    return prefill(share(pairs, parallel), share(queries, parallel), share(entries, parallel));
  };
  const mixedPrefill = (step: StepShape, first: number, last: number, parallel: number) => {
    const windowed = windowedPrefill(step, first, last, slidingWindowTokens, parallel);
    return windowed + fullShare * (windowedPrefill(step, first, last, 0, parallel) - windowed);
  };

  /** Whole pass of one micro-batch of `parallel` equal ones. */
  const passSeconds = (step: StepShape, tokens: number, parallel: number) => {
    let seconds = lookUp(linear, Math.ceil(share(tokens, parallel))) +
      lookUp(head, Math.ceil(share(step.sampledSequences, parallel)));
    if (step.decodeSequences > 0) {
      seconds += decodeSeconds(
        share(step.decodeSequences, parallel),
        share(step.decodeContextTokens, parallel),
      );
    }
    if (step.chunkCount === 0) return seconds;
    if (isMixed) return seconds + mixedPrefill(step, 0, step.chunkCount, parallel);
    return seconds + windowedPrefill(step, 0, step.chunkCount, slidingWindowTokens, parallel);
  };

  const largestChunkSeconds = (step: StepShape) => {
    let most = 0;
    for (let i = 0; i < step.chunkCount; i++) {
      const seconds = lookUp(linear, step.chunkTokens[i]) +
        (isMixed
          ? mixedPrefill(step, i, i + 1, 1)
          : windowedPrefill(step, i, i + 1, slidingWindowTokens, 1));
      if (seconds > most) most = seconds;
    }
    return most;
  };

  const degrees = stages === 1 ? `tp${tensorParallel}` : `tp${tensorParallel} pp${stages}`;
  return {
    name: `analytical ${gpu.name} ${shape.name} ${degrees}`,
    stepSeconds(step) {
      let tokens = step.decodeSequences;
      for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
      const sequences = step.decodeSequences + step.chunkCount;
      const overhead = stepOverhead + overheadPerSequence * sequences;
      if (stages === 1) return overhead + passSeconds(step, tokens, 1);
      const pass = passSeconds(step, tokens, Math.min(stages, sequences));
      const alone = step.chunkCount === 0 ? 0 : largestChunkSeconds(step);
      return overhead + Math.max(pass, alone);
    },
    decodeLine(sequences, contextTokens, line: DecodeLine) {
      const parallel = Math.min(stages, sequences);
      const batch = share(sequences, parallel);
      const context = share(contextTokens, parallel);
      const perBatch = Math.ceil(batch);
      const fixed = stepOverhead + overheadPerSequence * sequences + lookUp(linear, perBatch) +
        lookUp(head, perBatch) + perSequence * batch;
      const limit = batch * window;
      const beyond = context >= limit;
      const seen = beyond ? limit : context;
      const piece = pieceOfCell[cellOf(seen)];
      if (beyond) {
        line.baseSeconds = fixed + base[piece] + slope[piece] * seen;
        line.slopeSecondsPerToken = 0;
        line.contextEndTokens = Infinity;
        if (!isMixed) return true;
        const whole = pieceOfCell[cellOf(context)];
        line.baseSeconds += fullShare * (base[whole] - base[piece] - slope[piece] * seen);
        line.slopeSecondsPerToken = fullShare * share(slope[whole], parallel);
        line.contextEndTokens = parallel * end[whole];
        return true;
      }
      line.baseSeconds = fixed + base[piece];
      line.slopeSecondsPerToken = share(slope[piece], parallel);
      line.contextEndTokens = parallel * Math.min(end[piece], limit);
      return true;
    },
  };
}

/** What falls to one of `parallel` micro-batches. Most engines have one, and dividing is slow. */
function share(whole: number, parallel: number): number {
  return parallel === 1 ? whole : whole / parallel;
}
