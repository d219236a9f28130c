import type { ExecutionTimeModel } from "./execution_time_model.ts";

/** Coefficients of a step time that is linear in what the step computes. */
export interface LinearTimeOptions {
  /** Seconds of every step, > 0. */
  readonly baseSeconds: number;
  /** Seconds per prompt token computed, >= 0. */
  readonly perPrefillTokenSeconds: number;
  /** Seconds per decoding sequence, >= 0. */
  readonly perDecodeSequenceSeconds: number;
  /** Seconds per KV entry that decoding sequences attend to, >= 0. */
  readonly perContextTokenSeconds: number;
}

/**
 * Step times linear in prompt tokens, decoding sequences and their context. Prompt tokens cost the
 * same whatever precedes them.
 *
 * @throws RangeError if a coefficient is negative or not finite, or if `baseSeconds` is 0: a step
 * must take time.
 *
 * @example
 * ```ts
 * import { linearTime } from "simfaasinfer";
 * const model = linearTime({
 *   baseSeconds: 0.005,
 *   perPrefillTokenSeconds: 5e-5,
 *   perDecodeSequenceSeconds: 5e-5,
 *   perContextTokenSeconds: 5e-8,
 * });
 * console.log(model.name); // "linear"
 * ```
 */
export function linearTime(options: LinearTimeOptions): ExecutionTimeModel {
  const { baseSeconds, perPrefillTokenSeconds, perDecodeSequenceSeconds, perContextTokenSeconds } =
    options;
  require("baseSeconds", baseSeconds, "> 0", baseSeconds > 0);
  for (
    const [name, value] of [
      ["perPrefillTokenSeconds", perPrefillTokenSeconds],
      ["perDecodeSequenceSeconds", perDecodeSequenceSeconds],
      ["perContextTokenSeconds", perContextTokenSeconds],
    ] as const
  ) require(name, value, ">= 0", value >= 0);
  return {
    name: "linear",
    stepSeconds(step) {
      let promptTokens = 0;
      for (let i = 0; i < step.chunkCount; i++) promptTokens += step.chunkTokens[i];
      return baseSeconds + step.decodeSequences * perDecodeSequenceSeconds +
        step.decodeContextTokens * perContextTokenSeconds +
        promptTokens * perPrefillTokenSeconds;
    },
    decodeLine(sequences, _contextTokens, line) {
      line.baseSeconds = baseSeconds + sequences * perDecodeSequenceSeconds;
      line.slopeSecondsPerToken = perContextTokenSeconds;
      line.contextEndTokens = Infinity;
      return true;
    },
  };
}

function require(name: string, value: number, range: string, holds: boolean): void {
  if (holds && value < Infinity) return;
  throw new RangeError(
    `Cannot use ${name} as finite seconds ${range}: current value is ${value}`,
  );
}
