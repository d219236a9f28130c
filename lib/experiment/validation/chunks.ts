import type { StepShape } from "../../execution/execution_time_model.ts";

/** A step of `batch` equal chunks. */
export function chunks(batch: number, tokens: number, past: number): StepShape {
  return {
    decodeSequences: 0,
    decodeContextTokens: 0,
    chunkCount: batch,
    chunkTokens: new Int32Array(batch).fill(tokens),
    chunkPastTokens: new Int32Array(batch).fill(past),
    sampledSequences: batch,
  };
}
