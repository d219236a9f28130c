import { parameterGroups } from "./parameter_groups.ts";
import { type Layer, layerGroups, type TransformerShape } from "./transformer.ts";

/**
 * FLOPs per token through the linear layers; attention scores and LM head apart. A recurrent layer
 * decays its state, adds to it and reads it: 6 FLOPs per number of the state.
 */
export function flopsPerToken(shape: TransformerShape): number {
  const { everyToken, experts } = parameterGroups(shape);
  let weights = everyToken;
  for (const { layers, perToken, parameters } of experts) weights += layers * perToken * parameters;
  let state = 0;
  for (const { layer: { mixer }, count } of layerGroups(shape.layers)) {
    if (mixer?.kind === "recurrent") state += count * mixer.stateElements;
  }
  return 2 * weights + 6 * state;
}

/**
 * FLOPs per (query token, KV entry) pair of a layer: scores and weighted values. Latent attention is
 * taken unabsorbed, as prompts are computed; an indexer's scores are counted with it.
 */
export function layerFlopsPerPair({ mixer }: Layer): number {
  if (mixer === undefined || mixer.kind === "recurrent") return 0;
  const indexer = mixer.indexer;
  const scores = indexer === undefined || indexer.keyBytes === 0
    ? 0
    : 2 * indexer.heads * indexer.headSize;
  const widths = mixer.kind === "latent"
    ? mixer.nopeSize + mixer.ropeSize + mixer.valueSize
    : mixer.headSize + (mixer.valueSize ?? mixer.headSize);
  return 2 * mixer.heads * widths + scores;
}

/** FLOPs per (query token, KV entry) pair over all layers: scores and weighted values. */
export function flopsPerAttentionPair(shape: TransformerShape): number {
  return layerGroups(shape.layers).reduce(
    (sum, { layer, count }) => sum + count * layerFlopsPerPair(layer),
    0,
  );
}

/** FLOPs of the LM head per sampled sequence. */
export function flopsPerSample(shape: TransformerShape): number {
  return 2 * shape.hiddenSize * shape.vocabSize;
}
