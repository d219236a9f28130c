/** Sparse feed-forward layers (mixture of experts). */
export interface ExpertShape {
  /** Routed experts per layer. */
  readonly count: number;
  /** Routed experts that each token uses. */
  readonly perToken: number;
  /** Width of one routed expert. */
  readonly intermediateSize: number;
  /** Width of the shared expert that every token uses; 0 for none. */
  readonly sharedIntermediateSize: number;
  /** One layer in `everyNthLayer` is sparse, the others dense with `intermediateSize`. 1: all. */
  readonly everyNthLayer: number;
}

/** Architecture of a decoder-only transformer: everything sizes and costs are computed from. */
export interface TransformerShape {
  /** Catalogue name, such as "llama-3.1-8b". */
  readonly name: string;
  /** Decoder layers. */
  readonly layers: number;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Width of the dense feed-forward layer. */
  readonly intermediateSize: number;
  /** Query heads per layer. */
  readonly heads: number;
  /** Key-value heads per layer (= heads without grouped queries). */
  readonly kvHeads: number;
  /** Width of one head. */
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
  /**
   * Layers without the window where others have one, such as every sixth of Gemma 3; absent: none. Means
   * nothing without a window.
   */
  readonly fullAttentionLayers?: number;
  /** Mixture of experts; absent for dense models. */
  readonly experts?: ExpertShape;
}
