import type { ExecutionTimeModel } from "./execution_time_model.ts";

/** Coefficients of a step's duration, each >= 0. */
export interface LinearCoefficients {
  /** Every step, seconds. */
  readonly baseSeconds: number;
  /** Per prompt token computed, seconds. */
  readonly perTokenSeconds: number;
  /** Per KV entry that decoding sequences attend to, seconds. */
  readonly perContextTokenSeconds: number;
  /** Per decoding sequence, seconds. */
  readonly perSequenceSeconds: number;
  /** Per (prompt token, KV entry) pair of prefill attention, seconds; default 0. */
  readonly perPrefillPairSeconds?: number;
}

/**
 * Duration of a step linear in its prompt tokens, decoding sequences, their context and the pairs of
 * prefill attention.
 *
 * @throws RangeError if a coefficient is negative or not finite, or if an empty batch of coefficients
 * would make steps take no time at all.
 *
 * @example
 * ```ts
 * import { linearTime } from "simfaasinfer";
 * const model = linearTime({ baseSeconds: 5e-3, perTokenSeconds: 5e-5,
 *   perContextTokenSeconds: 5e-8, perSequenceSeconds: 5e-5 });
 * console.log(model.name); // linear
 * ```
 */
export function linearTime(coefficients: LinearCoefficients): ExecutionTimeModel {
  const { baseSeconds, perTokenSeconds, perContextTokenSeconds, perSequenceSeconds } = coefficients;
  const perPairSeconds = coefficients.perPrefillPairSeconds ?? 0;
  for (const [name, value] of Object.entries(coefficients)) {
    if (!(value >= 0 && value < Infinity)) {
      throw new RangeError(`Cannot use ${name} as seconds >= 0: current value is ${value}`);
    }
  }
  if (!(baseSeconds > 0) && !(perTokenSeconds > 0 && perSequenceSeconds > 0)) {
    throw new RangeError(
      `Cannot use linear times as ones with every step > 0: current value is baseSeconds ` +
        `${baseSeconds}, perTokenSeconds ${perTokenSeconds}, perSequenceSeconds ` +
        `${perSequenceSeconds}`,
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
      return baseSeconds + perSequenceSeconds * step.decodeSequences + perTokenSeconds * tokens +
        perPairSeconds * pairs + perContextTokenSeconds * step.decodeContextTokens;
    },
    decodeLine(sequences, _contextTokens, line) {
      line.baseSeconds = baseSeconds + perSequenceSeconds * sequences;
      line.slopeSecondsPerToken = perContextTokenSeconds;
      line.contextEndTokens = Infinity;
      return true;
    },
  };
}
