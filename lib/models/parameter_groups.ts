import { layerMatrices, matrixParameters, smallParameters } from "./layer_matrices.ts";
import { layerGroups, type TransformerShape } from "./transformer.ts";

/** Routed experts of equal layers. */
export interface ExpertGroup {
  /** Layers that have them. */
  readonly layers: number;
  /** Routed experts of a layer. */
  readonly count: number;
  /** Routed experts that each token uses. */
  readonly perToken: number;
  /** Weights of one expert. */
  readonly parameters: number;
}

/** Weights of a model by what a step does with them. */
export interface ParameterGroups {
  /** Embedding table and learned positions: a step reads one row per token. */
  readonly embedding: number;
  /** LM head; counted here also when it shares the embedding's weights, see `tiedEmbeddings`. */
  readonly head: number;
  /** Normalisation and other vectors, all layers and the last. */
  readonly norms: number;
  /** Matrices that every token passes: attention, dense feed-forward, shared experts, routers. */
  readonly everyToken: number;
  /** Routed experts, of which every token passes a few. */
  readonly experts: readonly ExpertGroup[];
}

/** Weights of a model by what a step does with them. */
export function parameterGroups(shape: TransformerShape): ParameterGroups {
  const { hiddenSize, vocabSize } = shape;
  let norms = shape.finalNormParameters;
  let everyToken = 0;
  const experts: ExpertGroup[] = [];
  for (const { layer, count: layers } of layerGroups(shape.layers)) {
    norms += layers * smallParameters(layer);
    let ofOne = 0;
    for (const matrix of layerMatrices(layer, hiddenSize)) {
      const parameters = matrixParameters(matrix);
      if (matrix.part === "expert") ofOne += parameters / matrix.copies;
      else everyToken += layers * parameters;
    }
    const { feedForward } = layer;
    if (feedForward?.kind !== "experts") continue;
    const { count, perToken } = feedForward;
    experts.push({ layers, count, perToken, parameters: ofOne });
  }
  return {
    embedding: vocabSize * hiddenSize + shape.positionParameters,
    head: vocabSize * hiddenSize,
    norms,
    everyToken,
    experts,
  };
}

/** Weights of all routed experts. */
export function expertParameters({ experts }: ParameterGroups): number {
  return experts.reduce(
    (sum, { layers, count, parameters }) => sum + layers * count * parameters,
    0,
  );
}
