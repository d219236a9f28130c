import type { StepShape } from "../../execution/execution_time_model.ts";
import type { Layer, TransformerShape } from "../../models/transformer.ts";

/** A model that is one layer's mixer. */
export function oneLayer(mixer: Layer["mixer"], hiddenSize: number): TransformerShape {
  return {
    name: "one layer",
    hiddenSize,
    vocabSize: 1,
    maxPositions: 2 ** 20,
    tiedEmbeddings: true,
    positionParameters: 0,
    finalNormParameters: 0,
    layers: [{ mixer, normParameters: 0 }],
  };
}

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
