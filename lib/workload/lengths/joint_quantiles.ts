import { empiricalQuantiles } from "../../sim/distributions/empirical_quantiles.ts";
import type { LengthModel } from "./length_model.ts";

/** Options of `jointQuantiles`. */
export interface JointQuantilesOptions {
  /** Probabilities of the prompt quantiles, rising from 0 to 1. */
  readonly promptProbabilities: readonly number[];
  /** Prompt length at each of them, tokens, >= 1. */
  readonly promptTokens: readonly number[];
  /** Probabilities of the output quantiles, rising from 0 to 1. */
  readonly outputProbabilities: readonly number[];
  /**
   * Output lengths at each of them, tokens, >= 1: one list for each equal share of the requests by
   * prompt length, the shortest first. Ten lists are prompt deciles.
   */
  readonly outputTokens: readonly (readonly number[])[];
}

/**
 * Lengths with the quantiles of a measurement: a prompt length from its quantiles, then an output
 * length from the quantiles of the requests in the same share of prompt lengths. This keeps how the
 * two depend on each other, up to the width of a share.
 *
 * @throws {RangeError} If quantiles fall, probabilities do not rise from 0 to 1, a length is below 1
 *   or there is no list of output quantiles.
 */
export function jointQuantiles(options: JointQuantilesOptions): LengthModel {
  const { promptProbabilities, outputProbabilities } = options;
  const prompts = empiricalQuantiles({
    values: options.promptTokens,
    probabilities: promptProbabilities,
    integer: true,
  });
  const outputs = options.outputTokens.map((values) =>
    empiricalQuantiles({ values, probabilities: outputProbabilities, integer: true })
  );
  if (outputs.length === 0) {
    throw new RangeError("Cannot use output quantiles as one list or more: current value is 0");
  }
  for (const least of [options.promptTokens[0], ...options.outputTokens.map((q) => q[0])]) {
    if (least < 1) {
      throw new RangeError(`Cannot use a length as at least 1 token: current value is ${least}`);
    }
  }
  return {
    meanPromptTokens: prompts.mean,
    meanOutputTokens: outputs.reduce((sum, law) => sum + law.mean, 0) / outputs.length,
    fill(promptTokens, outputTokens, promptStream, outputStream) {
      for (let i = 0; i < promptTokens.length; i++) {
        const rank = promptStream.next();
        promptTokens[i] = prompts.sample({ next: () => rank });
        outputTokens[i] = outputs[Math.floor(rank * outputs.length)].sample(outputStream);
      }
    },
  };
}
