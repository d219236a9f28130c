/** Attention with keys and values per head: multi-head, grouped or multi-query. */
export interface Attention {
  /** Tells it from other mixers. */
  readonly kind: "attention";
  /** Query heads. */
  readonly heads: number;
  /** Key-value heads; as many as query heads without grouped queries, 1 for multi-query. */
  readonly kvHeads: number;
  /** Width of a head's query and key. */
  readonly headSize: number;
  /** Width of a head's value; absent: as `headSize`. */
  readonly valueSize?: number;
  /** Tokens that a token attends to, the last ones and itself; 0 for all before it. */
  readonly windowTokens: number;
  /** The window is a chunk of the sequence (Llama 4): half of it is seen on average. */
  readonly isChunked?: boolean;
  /** Biases: none, of query, key and value, or of the output as well. */
  readonly bias: "none" | "qkv" | "all";
  /** A gate as wide as the output stands beside the query (Qwen3-Next). */
  readonly hasOutputGate?: boolean;
  /** Values are the keys: there is no projection of their own (Gemma 4's global layers). */
  readonly valuesAreKeys?: boolean;
  /** Weights that are no matrix: norms of queries and keys, sinks. */
  readonly smallParameters?: number;
  /** What chooses the tokens that are attended to; absent: all within the window. */
  readonly indexer?: Indexer;
}

/** Latent attention (MLA): one latent per token for all heads, which no tensor rank divides. */
export interface LatentAttention {
  /** Tells it from other mixers. */
  readonly kind: "latent";
  /** Query heads. */
  readonly heads: number;
  /** Rank of the query's compression; 0 for none. */
  readonly queryRank: number;
  /** Rank of the latent that is cached for keys and values. */
  readonly kvRank: number;
  /** Width of a head's query and key without position. */
  readonly nopeSize: number;
  /** Width of the key with position, which all heads share and which is cached beside the latent. */
  readonly ropeSize: number;
  /** Width of a head's value. */
  readonly valueSize: number;
  /** A gate as wide as the output. */
  readonly hasOutputGate?: boolean;
  /** What chooses the tokens that are attended to; absent: all. */
  readonly indexer?: Indexer;
}

/** Scores all tokens cheaply and lets attention see the best ones alone (DeepSeek sparse attention). */
export interface Indexer {
  /** Heads of the scores. */
  readonly heads: number;
  /** Width of a head; one key of that width is cached per token. */
  readonly headSize: number;
  /** Tokens that attention then reads. */
  readonly topTokens: number;
  /** Bytes of a cached key: fp8 and a scale. 0 where the layer takes the choice of an earlier one. */
  readonly keyBytes: number;
  /** Weights of the indexer; 0 where the layer has none of its own. */
  readonly parameters: number;
}

/** One matrix of a layer. */
export interface Matrix {
  /** Name within the layer, such as "self_attn.q_proj". */
  readonly name: string;
  /** Rows: width of what comes out. */
  readonly outputs: number;
  /** Columns: width of what goes in. */
  readonly inputs: number;
  /** Weights of its bias; absent: none. */
  readonly bias?: number;
}

/** A layer with a state per sequence in place of a cache per token: Mamba, gated delta, lightning. */
export interface Recurrent {
  /** Tells it from other mixers. */
  readonly kind: "recurrent";
  /** What it is called, such as "mamba2". */
  readonly name: string;
  /** Its projections, all divided by tensor parallelism. */
  readonly matrices: readonly Matrix[];
  /** Weights that are no projection: convolution, decay, norms. */
  readonly smallParameters: number;
  /** Numbers of the recurrent state of a sequence. */
  readonly stateElements: number;
  /** Bytes of one of them. */
  readonly stateBytesPerElement: number;
  /** Numbers of the convolution's state of a sequence, at 16 bits. */
  readonly convolutionElements: number;
  /** How its kernels pass over a prompt; absent: there is no state but the convolution's. */
  readonly scan?: Scan;
}

/** The pass of a recurrent layer over the tokens of a prompt. */
export interface Scan {
  /**
   * delta: chunks of tokens one after the other, by matrix products (gated delta, lightning); chunked:
   * all chunks at once, by matrix products (Mamba-2); selective: token by token (Mamba-1).
   */
  readonly kind: "delta" | "chunked" | "selective";
  /** Heads, which are worked on apart; channels for a selective scan. */
  readonly heads: number;
  /** Width of a head's key: numbers of the state per channel of the value. */
  readonly keySize: number;
  /** Width of a head's value; 1 for a selective scan. */
  readonly valueSize: number;
  /** Channels of the convolution before it; 0 for none. */
  readonly channels: number;
}

/** Feed-forward layer that every token passes. */
export interface DenseFeedForward {
  /** Tells it from experts. */
  readonly kind: "dense";
  /** Width between its matrices. */
  readonly width: number;
  /** With a gate three matrices (SwiGLU), without one two. */
  readonly isGated: boolean;
  /** Biases on all of them. */
  readonly hasBias: boolean;
}

/** Feed-forward layer of which every token passes a few experts (mixture of experts). */
export interface ExpertFeedForward {
  /** Tells it from a dense one. */
  readonly kind: "experts";
  /** Routed experts. */
  readonly count: number;
  /** Routed experts that each token uses. */
  readonly perToken: number;
  /** Width of one routed expert. */
  readonly width: number;
  /** With a gate three matrices, without one two. */
  readonly isGated: boolean;
  /** Biases on the experts' matrices and the router. */
  readonly hasBias: boolean;
  /** Width of the shared experts together, which every token uses; 0 for none. */
  readonly sharedWidth: number;
  /** Width at which experts work, where it is not that of the residual stream (latent experts). */
  readonly latentSize?: number;
  /** Weights that are no expert: the router's bias, the gate of the shared expert. */
  readonly smallParameters?: number;
}

/** One decoder layer. */
export interface Layer {
  /** What mixes tokens; absent: nothing does. */
  readonly mixer?: Attention | LatentAttention | Recurrent;
  /** Feed-forward; absent: none. */
  readonly feedForward?: DenseFeedForward | ExpertFeedForward;
  /** A dense feed-forward beside the experts (Gemma 4, Arctic), or beside a draft's feed-forward. */
  readonly besideExperts?: DenseFeedForward;
  /** Weights of its norms. */
  readonly normParameters: number;
}

/** Architecture of a decoder-only model: everything sizes and costs are computed from. */
export interface TransformerShape {
  /** Catalogue name, such as "llama-3.1-8b". */
  readonly name: string;
  /** Width of the residual stream. */
  readonly hiddenSize: number;
  /** Rows of the embedding table. */
  readonly vocabSize: number;
  /** Longest sequence (prompt + output), tokens. */
  readonly maxPositions: number;
  /** LM head shares the embedding's weights. */
  readonly tiedEmbeddings: boolean;
  /** Weights of learned position embeddings (GPT-2, OPT); 0 for none. */
  readonly positionParameters: number;
  /** Bytes of a number in the table of rotary positions; absent: 2. */
  readonly rotaryBytesPerElement?: number;
  /** Weights of the norm after the last layer, and of others outside the layers. */
  readonly finalNormParameters: number;
  /** Decoder layers from first to last. Equal ones are one object. */
  readonly layers: readonly Layer[];
  /** Layers beside them that predict further tokens (multi-token prediction); absent: none. */
  readonly nextTokenLayers?: number;
}

/** Equal layers of a model. */
export interface LayerGroup {
  readonly layer: Layer;
  /** Layers that are like this one. */
  readonly count: number;
}

/** The model's layers, equal ones together, in the order of their first. */
export function layerGroups(layers: readonly Layer[]): LayerGroup[] {
  const counts = new Map<Layer, number>();
  for (const layer of layers) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  return [...counts].map(([layer, count]) => ({ layer, count }));
}

/** Most layers of a model; real ones have up to some hundred. */
const MOST_LAYERS = 10_000;

/** @throws RangeError if a model has no layer or more than can be meant. */
export function requireLayers(count: number): void {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_LAYERS) return;
  throw new RangeError(
    `Cannot lay out a model as one of 1 to ${MOST_LAYERS} layers: current value is ${count}`,
  );
}

/** Makes equal layers one object. */
export function sharedLayers(layers: readonly Layer[]): Layer[] {
  const known = new Map<string, Layer>();
  return layers.map((layer) => {
    const key = JSON.stringify(layer);
    if (!known.has(key)) known.set(key, layer);
    return known.get(key)!;
  });
}
