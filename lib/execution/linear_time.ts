import type { ExecutionTimeModel } from "./execution_time_model.ts";

/** Coefficients of a step's duration, each >= 0. */
export interface LinearCoefficients {
  /** Every step, seconds. */
  readonly baseSeconds: number;
  /** Per prompt token computed, seconds. */
  readonly perPrefillTokenSeconds: number;
  /** Per KV entry that decoding sequences attend to, seconds. */
  readonly perContextTokenSeconds: number;
  /** Per token of the decoding sequences, one each unless they verify drafts, seconds. */
  readonly perDecodeSequenceSeconds: number;
  /** Per (prompt token, KV entry) pair of prefill attention, seconds; default 0. */
  readonly perPrefillPairSeconds?: number;
}

/**
 * Duration of a step linear in its prompt tokens, decoding sequences, their context and the pairs of
 * prefill attention.
 *
 * @throws RangeError if a coefficient is negative or not finite, or if a step could take no time
 * at all.
 *
 * @example
 * ```ts
 * import { linearTime } from "simfaasinfer/execution";
 * const model = linearTime({ baseSeconds: 5e-3, perPrefillTokenSeconds: 5e-5,
 *   perContextTokenSeconds: 5e-8, perDecodeSequenceSeconds: 5e-5 });
 * console.log(model.name); // linear
 * ```
 */
export function linearTime(coefficients: LinearCoefficients): ExecutionTimeModel {
  const { baseSeconds, perPrefillTokenSeconds, perContextTokenSeconds, perDecodeSequenceSeconds } =
    coefficients;
  const perPairSeconds = coefficients.perPrefillPairSeconds ?? 0;
  for (const [name, value] of Object.entries(coefficients)) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`Cannot use ${name} as seconds >= 0: current value is ${value}`);
    }
  }
  if (!(baseSeconds > 0) && !(perPrefillTokenSeconds > 0 && perDecodeSequenceSeconds > 0)) {
    throw new RangeError(
      `Cannot use linear times as ones with every step > 0: current value is baseSeconds ` +
        `${baseSeconds}, perPrefillTokenSeconds ${perPrefillTokenSeconds}, perDecodeSequenceSeconds ` +
        `${perDecodeSequenceSeconds}`,
    );
  }
  return {
    name: "linear",
    stepSeconds(step) {
      let tokens = 0;
      let pairs = 0;
      for (let i = 0; i < step.chunkCount; i++) {
        const chunk = step.chunkTokens[i];
        tokens += chunk;
        pairs += chunk * (step.chunkPastTokens[i] + (chunk + 1) / 2);
      }
      return baseSeconds +
        perDecodeSequenceSeconds * (step.decodeTokens ?? step.decodeSequences) +
        perPrefillTokenSeconds * tokens +
        perPairSeconds * pairs + perContextTokenSeconds * step.decodeContextTokens;
    },
    decodeLine(sequences, _contextTokens, line, _longest, width) {
      const tokens = width === undefined ? sequences : width.decodeTokens;
      line.baseSeconds = baseSeconds + perDecodeSequenceSeconds * tokens;
      line.slopeSecondsPerToken = perContextTokenSeconds;
      line.contextEndTokens = Infinity;
      return true;
    },
  };
}
