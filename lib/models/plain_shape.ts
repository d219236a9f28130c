import type { Attention, DenseFeedForward, ExpertFeedForward, Layer } from "./transformer.ts";
import { requireLayers, sharedLayers, type TransformerShape } from "./transformer.ts";

/** Routed experts of a model whose layers are all alike. */
export interface PlainExperts {
  /** Routed experts per layer. */
  readonly count: number;
  /** Routed experts that each token uses. */
  readonly perToken: number;
  /** Width of one routed expert. */
  readonly intermediateSize: number;
  /** Width of the shared expert that every token uses; 0 for none. */
  readonly sharedIntermediateSize: number;
  /** The last of so many layers has experts, the others are dense. 1: all have. */
  readonly everyNthLayer: number;
}

/** A model of the kind of Llama, GPT-2 or Mixtral: one kind of attention, one feed-forward. */
export interface PlainShape {
  /** What it is called, such as "llama-2-7b". */
  readonly name: string;
  /** Decoder layers. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Width of the dense feed-forward layer. */
  readonly intermediateSize: number;
  /** Query heads. */
  readonly heads: number;
  /** Key-value heads; as many as query heads without grouped queries. */
  readonly kvHeads: number;
  /** Width of a head. */
  readonly headSize: number;
  /** Rows of the embedding table. */
  readonly vocabSize: number;
  /** Longest sequence (prompt + output), tokens. */
  readonly maxPositions: number;
  /** Feed-forward with a gate (SwiGLU: three matrices) or without (two). */
  readonly gatedFeedForward: boolean;
  /** LM head shares the embedding's weights. */
  readonly tiedEmbeddings: boolean;
  /** Learned position embeddings (GPT-2, OPT) add maxPositions x hiddenSize weights. */
  readonly learnedPositions: boolean;
  /** Bias terms on the linear layers (GPT-2, OPT: all; Qwen2: q, k, v). */
  readonly bias: "none" | "qkv" | "all";
  /** Attention window in tokens on the layers that have one; 0 for full attention. */
  readonly slidingWindowTokens: number;
  /** Layers without the window where others have one; absent: none. The last ones of equal groups. */
  readonly fullAttentionLayers?: number;
  /** Mixture of experts; absent for dense models. */
  readonly experts?: PlainExperts;
}

/**
 * The layers of a model of one kind of attention and one feed-forward.
 *
 * @throws RangeError if it has no layer or more than 10,000.
 */
export function plainTransformer(plain: PlainShape): TransformerShape {
  const { hiddenSize, layers, bias, experts, slidingWindowTokens } = plain;
  requireLayers(layers);
  const allBiases = bias === "all";
  // Models with biases have LayerNorm: gain and offset.
  const norm = hiddenSize * (allBiases ? 2 : 1);
  const full = slidingWindowTokens === 0 ? layers : plain.fullAttentionLayers ?? 0;
  const attention = (windowTokens: number): Attention => ({
    kind: "attention",
    heads: plain.heads,
    kvHeads: plain.kvHeads,
    headSize: plain.headSize,
    windowTokens,
    bias,
  });
  const dense: DenseFeedForward = {
    kind: "dense",
    width: plain.intermediateSize,
    isGated: plain.gatedFeedForward,
    hasBias: allBiases,
  };
  const sparse: ExpertFeedForward | undefined = experts && {
    kind: "experts",
    count: experts.count,
    perToken: experts.perToken,
    width: experts.intermediateSize,
    isGated: plain.gatedFeedForward,
    hasBias: allBiases,
    sharedWidth: experts.sharedIntermediateSize,
  };
  const list = Array.from({ length: layers }, (_, i): Layer => ({
    // Full ones end groups as equal as they go: the last of every sixth, say.
    mixer: attention(
      Math.floor((i + 1) * full / layers) > Math.floor(i * full / layers) ? 0 : slidingWindowTokens,
    ),
    feedForward: sparse !== undefined && (i + 1) % experts!.everyNthLayer === 0 ? sparse : dense,
    normParameters: 2 * norm,
  }));
  return {
    name: plain.name,
    hiddenSize,
    vocabSize: plain.vocabSize,
    maxPositions: plain.maxPositions,
    tiedEmbeddings: plain.tiedEmbeddings,
    positionParameters: plain.learnedPositions ? plain.maxPositions * hiddenSize : 0,
    finalNormParameters: norm,
    layers: sharedLayers(list),
  };
}
