import type { StepShape } from "../execution_time_model.ts";
import type { AnalyticalOptions } from "./analytical_options.ts";
import { analyticalParts } from "./analytical_parts.ts";
import { cellOf } from "./context_pieces.ts";
import { decodeAttention, decodeSequenceSeconds, splitDecodeOf } from "./decode_attention.ts";
import { mixerSeconds } from "./layer_seconds.ts";
import { prefillAttention } from "./prefill_attention.ts";
import { prefillSecondsOf } from "./prefill_seconds.ts";
import {
  recurrentLaunchSeconds,
  scanSeconds,
  stateSecondsPerSequence,
} from "./recurrent_seconds.ts";
import { attentionPairs } from "../attention_pairs.ts";

/** Times of what mixes tokens in one layer on one GPU, as operator tables measure it. */
export interface MixerTimes {
  /** Projections alone, and the launches beside them. */
  projections(tokens: number): number;
  /** The layer, projections included, for decoding sequences with a total context. */
  decode(sequences: number, contextTokens: number): number;
  /** The layer, projections included, for the chunks of a step. */
  prompt(step: StepShape): number;
  /** Attention over the context alone, or the recurrent layer's convolution and state. */
  decodeKernels(sequences: number, contextTokens: number): number;
  /** Attention alone, or the recurrent layer's convolution and scan, of the chunks of a step. */
  promptKernels(step: StepShape): number;
}

/**
 * The analytical times of the mixer of a model's first layer, without norm, sum over ranks, or anything
 * outside of it: what measured tables of whole layers and of kernels alone hold.
 */
export function mixerTimes(options: AnalyticalOptions): MixerTimes {
  const { shape, maxTokensPerStep = 16384 } = options;
  const layer = { mixer: shape.layers[0].mixer, normParameters: 0 };
  const parts = analyticalParts({ ...options, shape: { ...shape, layers: [layer] } });
  const projections = mixerSeconds(parts, layer.mixer)!;
  const kernels = parts.attention.map((reads) => ({
    reads,
    decode: decodeAttention(parts, reads),
    split: splitDecodeOf(parts, reads),
    prompt: prefillAttention(parts, reads),
  }));
  const sequenceSeconds = parts.attention.reduce(
    (sum, reads) => sum + decodeSequenceSeconds(parts, reads),
    0,
  );
  const stateSeconds = stateSecondsPerSequence(parts);
  const launches = layer.mixer?.kind === "recurrent" ? recurrentLaunchSeconds(parts) : 0;
  const scan = scanSeconds(parts);
  const prefill = prefillSecondsOf(parts, maxTokensPerStep);

  const attention = (sequences: number, context: number) => {
    let seconds = 0;
    for (const { decode: { pieces, windowTokens }, split } of kernels) {
      if (split === undefined) {
        const seen = Math.min(context, sequences * windowTokens);
        const piece = pieces.pieceOfCell[cellOf(seen)];
        seconds += pieces.base[piece] + pieces.slope[piece] * seen;
      } else seconds += split.base(sequences) + split.slope(sequences) * context;
    }
    return seconds;
  };
  const tokensOf = (step: StepShape) => {
    let tokens = 0;
    for (let i = 0; i < step.chunkCount; i++) tokens += step.chunkTokens[i];
    return tokens;
  };
  return {
    projections: (tokens) => projections(tokens, 0),
    decode: (sequences, context) =>
      projections(sequences, 0) + attention(sequences, context) +
      (stateSeconds + sequenceSeconds) * sequences,
    prompt: (step) => {
      const tokens = tokensOf(step);
      return projections(tokens, 0) + prefill(step, 0, step.chunkCount, 1, tokens);
    },
    decodeKernels: (sequences, context) =>
      launches + stateSeconds * sequences + attention(sequences, context),
    promptKernels: (step) => {
      let seconds = scan === undefined ? 0 : scan(step, 0, step.chunkCount);
      for (const { reads, prompt } of kernels) {
        let pairs = 0;
        for (let i = 0; i < step.chunkCount; i++) {
          pairs += attentionPairs(
            step.chunkTokens[i],
            step.chunkPastTokens[i],
            reads.windowTokens,
          );
        }
        seconds += prompt(pairs, tokensOf(step), tokensOf(step));
      }
      return seconds;
    },
  };
}
