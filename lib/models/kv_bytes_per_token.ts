import { type Layer, layerGroups, type TransformerShape } from "./transformer.ts";

/**
 * Bytes of one token's entries in the KV cache of one layer on one of some tensor ranks: keys and
 * values of its KV heads, of which a rank holds at least one; or the latent, which every rank holds
 * whole, and an indexer's key.
 *
 * @param bytesPerElement 2 for bf16 and fp16, 1 for fp8.
 * @param ranks Tensor ranks, >= 1; default 1.
 */
export function layerKvBytesPerToken({ mixer }: Layer, bytesPerElement: number, ranks = 1): number {
  if (mixer === undefined || mixer.kind === "recurrent") return 0;
  const index = mixer.indexer?.keyBytes ?? 0;
  if (mixer.kind === "latent") return (mixer.kvRank + mixer.ropeSize) * bytesPerElement + index;
  const { kvHeads, headSize, valueSize = headSize } = mixer;
  return Math.ceil(kvHeads / ranks) * (headSize + valueSize) * bytesPerElement + index;
}

/**
 * Bytes of one token's entries in the KV cache, all layers, in one copy. Layers with an attention
 * window hold it while it is within the window.
 *
 * @param bytesPerElement 2 for bf16 and fp16, 1 for fp8.
 */
export function kvBytesPerToken(shape: TransformerShape, bytesPerElement: number): number {
  return layerGroups(shape.layers).reduce(
    (sum, { layer, count }) => sum + count * layerKvBytesPerToken(layer, bytesPerElement),
    0,
  );
}

/** Bytes of the state of a sequence in one recurrent layer, in one copy; 0 for other layers. */
export function layerStateBytes({ mixer }: Layer): number {
  if (mixer?.kind !== "recurrent") return 0;
  return mixer.stateElements * mixer.stateBytesPerElement + 2 * mixer.convolutionElements;
}

/** Bytes of the state of a sequence in the recurrent layers, which does not grow with its length. */
export function stateBytesPerSequence(shape: TransformerShape): number {
  return layerGroups(shape.layers).reduce(
    (sum, { layer, count }) => sum + count * layerStateBytes(layer),
    0,
  );
}

/** Tokens that a layer's cache holds of a long sequence; 0 for all, and for layers without a cache. */
export function layerWindowTokens({ mixer }: Layer): number {
  return mixer?.kind === "attention" ? mixer.windowTokens : 0;
}

/** Layers with attention over the whole sequence. */
export function fullAttentionLayers(shape: TransformerShape): number {
  return shape.layers.filter((layer) =>
    layer.mixer !== undefined && layer.mixer.kind !== "recurrent" && layerWindowTokens(layer) === 0
  ).length;
}

/** Longest window of the layers that have one; 0 where none has. */
export function attentionWindowTokens(shape: TransformerShape): number {
  return Math.max(0, ...shape.layers.map(layerWindowTokens));
}
