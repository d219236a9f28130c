import type { Distribution } from "../../sim/distributions/distribution.ts";
import type { RandomStream } from "../../sim/random_streams.ts";
import type { LengthModel } from "./length_model.ts";

/** Options of `independentLengths`. */
export interface IndependentLengthsOptions {
  /** Law of the prompt lengths, tokens; its samples must be whole and >= 1 (`integer`, `min: 1`). */
  readonly promptTokens: Distribution;
  /** Law of the output lengths, tokens; likewise. */
  readonly outputTokens: Distribution;
}

function fillChecked(
  target: Int32Array,
  law: Distribution,
  stream: RandomStream,
  what: string,
): void {
  law.fillInt32(target, stream);
  let least = 1;
  for (let i = 0; i < target.length; i++) if (target[i] < least) least = target[i];
  if (least < 1) {
    throw new RangeError(`Cannot use a ${what} as at least 1 token: current value is ${least}`);
  }
}

/**
 * Prompt and output lengths drawn from two laws, independent of each other.
 *
 * @throws {RangeError} From `fill`, if a law gives a length below 1.
 *
 * @example
 * ```ts
 * import { exponential } from "../../sim/distributions/mod.ts";
 * import { independentLengths } from "./mod.ts";
 *
 * independentLengths({
 *   promptTokens: exponential({ mean: 512, min: 1, max: 8192, integer: true }),
 *   outputTokens: exponential({ mean: 200, min: 2, max: 2048, integer: true }),
 * });
 * ```
 */
export function independentLengths(options: IndependentLengthsOptions): LengthModel {
  const { promptTokens: prompts, outputTokens: outputs } = options;
  return {
    meanPromptTokens: prompts.mean,
    meanOutputTokens: outputs.mean,
    fill(promptTokens, outputTokens, promptStream, outputStream) {
      fillChecked(promptTokens, prompts, promptStream, "prompt length");
      fillChecked(outputTokens, outputs, outputStream, "output length");
    },
  };
}
