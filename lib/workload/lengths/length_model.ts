import type { RandomStream } from "../../sim/random_streams.ts";

/** Prompt and output lengths of successive requests. */
export interface LengthModel {
  /** Mean prompt length, tokens. */
  readonly meanPromptTokens: number;
  /** Mean output length, tokens. */
  readonly meanOutputTokens: number;
  /**
   * Fills both arrays, of equal length, with the lengths of requests 0, 1, ..., each >= 1. Prompts
   * draw from one stream and outputs from the other, so that a change of one leaves the other.
   */
  fill(
    promptTokens: Int32Array,
    outputTokens: Int32Array,
    promptStream: RandomStream,
    outputStream: RandomStream,
  ): void;
}
