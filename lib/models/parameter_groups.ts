import type { TransformerShape } from "./transformer.ts";

/** Weights of a model by what a step does with them. */
export interface ParameterGroups {
  /** Embedding table and learned positions: a step reads one row per token. */
  readonly embedding: number;
  /** LM head; counted here also when it shares the embedding's weights, see `tiedEmbeddings`. */
  readonly head: number;
  /** Normalisation, all layers and the last. */
  readonly norms: number;
  /** Query, key, value and output projections, all layers. */
  readonly attention: number;
  /** Dense feed-forward, shared experts and routers, all layers. */
  readonly dense: number;
  /** One routed expert of one layer; 0 for dense models. */
  readonly expert: number;
  /** Layers with routed experts. */
  readonly sparseLayers: number;
}

/** Weights of a model by what a step does with them. */
export function parameterGroups(shape: TransformerShape): ParameterGroups {
  const { layers, hiddenSize, intermediateSize, heads, kvHeads, headSize, experts } = shape;
  const queryWidth = heads * headSize;
  const kvWidth = kvHeads * headSize;
  const matrices = shape.gatedFeedForward ? 3 : 2;
  const allBiases = shape.bias === "all";

  let attentionLayer = hiddenSize * (2 * queryWidth + 2 * kvWidth);
  if (shape.bias !== "none") attentionLayer += queryWidth + 2 * kvWidth;
  if (allBiases) attentionLayer += hiddenSize;

  const feedForward = (width: number) =>
    matrices * hiddenSize * width + (allBiases ? (matrices - 1) * width + hiddenSize : 0);
  const sparseLayers = experts === undefined ? 0 : Math.floor(layers / experts.everyNthLayer);
  let dense = (layers - sparseLayers) * feedForward(intermediateSize);
  let expert = 0;
  if (experts !== undefined) {
    expert = feedForward(experts.intermediateSize);
    const shared = experts.sharedIntermediateSize;
    const router = hiddenSize * experts.count;
    dense += sparseLayers * ((shared > 0 ? feedForward(shared) : 0) + router);
  }

  // Two norms per layer and one at the end; models with biases have LayerNorm: gain and offset.
  const norms = (2 * layers + 1) * hiddenSize * (allBiases ? 2 : 1);
  const positions = shape.learnedPositions ? shape.maxPositions * hiddenSize : 0;
  return {
    embedding: shape.vocabSize * hiddenSize + positions,
    head: shape.vocabSize * hiddenSize,
    norms,
    attention: layers * attentionLayer,
    dense,
    expert,
    sparseLayers,
  };
}
