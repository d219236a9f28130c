import type { Layer, TransformerShape } from "./transformer.ts";

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
