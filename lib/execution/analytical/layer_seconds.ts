import { activatedExperts } from "../../models/activated_experts.ts";
import type {
  Attention,
  DenseFeedForward,
  ExpertFeedForward,
  LatentAttention,
  Layer,
  Recurrent,
} from "../../models/transformer.ts";
import { layerGroups } from "../../models/transformer.ts";
import { allReduceSeconds, sendSeconds } from "../collectives.ts";
import { withFusedNorm } from "../fused_norm.ts";
import { stageCopies } from "../stage_copies.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import { exchangedExperts } from "./exchanged_experts.ts";
import type { GemmSeconds } from "./gemm_seconds.ts";
import { sparseHostSeconds } from "./latent_attention.ts";
import { recurrentLaunchSeconds } from "./recurrent_seconds.ts";

/** Seconds by the tokens of a step. */
export type TokenSeconds = (tokens: number) => number;

/** Sparse layers, which the host launches kernel by kernel in steps with prompts. */
export interface HostLayers {
  readonly layers: number;
  /** No such layer takes less. */
  readonly leastSeconds: number;
  /** Seconds of the projections of one of them. */
  readonly projections: TokenSeconds;
}

/** The sparse layers of a model; undefined where it has none. */
export function hostLayers(parts: AnalyticalParts): HostLayers | undefined {
  let layers = 0, projections: TokenSeconds | undefined;
  for (const { layer: { mixer }, count } of layerGroups(parts.shape.layers)) {
    if (mixer?.kind !== "latent" || mixer.indexer === undefined) continue;
    const seconds = latentSeconds(parts, mixer);
    projections ??= (m) => seconds(m, 0);
    layers += count;
  }
  return projections && { layers, leastSeconds: sparseHostSeconds(parts), projections };
}

/**
 * Seconds of everything but attention, scans and LM head, all layers, as a function of the tokens of an
 * attention rank: projections, feed-forward or experts, norms, activations, all-reduces, embedding, and
 * the copies between pipeline stages. Of experts that attention ranks share, the routers and the
 * exchange of tokens alone: see {@link exchangedExperts}.
 */
export function layerSeconds(parts: AnalyticalParts): TokenSeconds {
  const { shape, gpu, efficiency, attentionParallel, pipelineParallel } = parts;
  const { hiddenSize } = shape;
  const link = parts.gpuLink;
  const collective = { gpu, efficiency, ranks: attentionParallel, ...(link && { link }) };
  const allReduce = withFusedNorm(
    (bytes) => allReduceSeconds(collective, bytes),
    parts.elementwiseSeconds,
    parts.fusedNormBytes,
  );
  const reduce = (bytes: number) =>
    attentionParallel === 1 ? 0 : allReduce(bytes) + parts.collectiveSeconds;
  const groups = layerGroups(shape.layers).map(({ layer, count }) => ({
    count,
    mixer: mixerSeconds(parts, layer.mixer),
    feedForward: feedForwards(parts, layer),
  }));
  const copies = stageCopies(
    pipelineParallel,
    (bytes) => sendSeconds(collective, bytes),
    parts.stageNetwork,
  );
  return (m) => {
    const residual = 2 * m * hiddenSize;
    // Norm and residual around each half of a layer, and the sum over the ranks.
    const block = parts.elementwiseSeconds(4 * residual) + reduce(residual);
    let seconds = 0;
    for (const { count, mixer, feedForward } of groups) {
      const mixed = mixer === undefined ? 0 : mixer(m, block);
      seconds += count * (feedForward.length > 0 ? mixed + block : mixed);
    }
    seconds = seconds + parts.elementwiseSeconds(2 * residual) + copies(residual);
    for (const { count, feedForward } of groups) {
      for (const part of feedForward) seconds += count * part(m);
    }
    return seconds;
  };
}

/**
 * Seconds of what mixes tokens, attention and scans apart, by tokens; `block` is what its norm and the
 * sum over ranks take.
 */
export function mixerSeconds(
  parts: AnalyticalParts,
  mixer: Layer["mixer"],
): ((tokens: number, block: number) => number) | undefined {
  switch (mixer?.kind) {
    case undefined:
      return undefined;
    case "attention":
      return attentionSeconds(parts, mixer);
    case "latent":
      return latentSeconds(parts, mixer);
    case "recurrent":
      return recurrentSeconds(parts, mixer);
  }
}

function attentionSeconds(parts: AnalyticalParts, attention: Attention) {
  const { hiddenSize } = parts.shape;
  const gemm = parts.gemm.attention;
  const { headSize, valueSize = headSize, indexer } = attention;
  const heads = attention.heads / parts.attentionParallel;
  const kvHeads = Math.max(1, Math.ceil(attention.kvHeads / parts.attentionParallel));
  const columns = heads * headSize + kvHeads * (headSize + valueSize) +
    (attention.hasOutputGate ? heads * valueSize : 0);
  const index = indexer === undefined ? undefined : indexSeconds(parts, indexer.parameters);
  return (m: number, block: number) => {
    const seconds = block + gemm(m, columns, hiddenSize) +
      parts.elementwiseSeconds(4 * m * columns) + gemm(m, hiddenSize, heads * valueSize);
    return index === undefined ? seconds : seconds + index(m);
  };
}

/** Projections of an indexer, which every rank computes whole. */
function indexSeconds(parts: AnalyticalParts, parameters: number): TokenSeconds | undefined {
  const { hiddenSize } = parts.shape;
  if (parameters === 0) return undefined;
  return (m) => parts.gemm.attention(m, parameters / hiddenSize, hiddenSize);
}

/** Projections down to the ranks are whole on every GPU, those up are dealt by heads. */
function latentSeconds(parts: AnalyticalParts, latent: LatentAttention) {
  const { hiddenSize } = parts.shape;
  const gemm = parts.gemm.attention;
  const { queryRank, kvRank, nopeSize, ropeSize, valueSize, indexer } = latent;
  const { latent: own, sparse } = parts.layerEfficiency;
  const kernel = parts.kvElementBytes === 1 ? sparse.decodeFp8 : sparse.decode;
  const launch = indexer === undefined ? own.launchSeconds : kernel.launchSeconds;
  const perToken = indexer === undefined ? own.tokenSeconds : 0;
  const heads = latent.heads / parts.attentionParallel;
  const queries = heads * (nopeSize + ropeSize), keysAndValues = heads * (nopeSize + valueSize);
  const outputs = heads * valueSize;
  const query = (m: number) =>
    queryRank === 0
      ? gemm(m, queries, hiddenSize) + gemm(m, kvRank + ropeSize, hiddenSize)
      : gemm(m, queryRank + kvRank + ropeSize, hiddenSize) + gemm(m, queries, queryRank);
  const index = indexer === undefined ? undefined : indexSeconds(parts, indexer.parameters);
  return (m: number, block: number) =>
    // Up from the latent, or into it and out of it where it is absorbed: 16 bits in either case.
    block + query(m) + parts.gemm16(m, keysAndValues, kvRank) + launch + m * perToken +
    (latent.hasOutputGate ? gemm(m, outputs, hiddenSize) : 0) + gemm(m, hiddenSize, outputs) +
    (index === undefined ? 0 : index(m));
}

/** Projections, gates, and the launches of convolution and state. */
function recurrentSeconds(parts: AnalyticalParts, recurrent: Recurrent) {
  const { hiddenSize } = parts.shape;
  const { attentionParallel } = parts;
  const gemm = parts.gemm.recurrent;
  const launches = recurrentLaunchSeconds(parts);
  let width = 0;
  for (const { outputs } of recurrent.matrices) width += outputs;
  return (m: number, block: number) => {
    let seconds = block + parts.elementwiseSeconds(4 * m * width / attentionParallel) + launches;
    for (const { outputs, inputs } of recurrent.matrices) {
      seconds += outputs === hiddenSize
        ? gemm(m, outputs, inputs / attentionParallel)
        : gemm(m, outputs / attentionParallel, inputs);
    }
    return seconds;
  };
}

/** Seconds of each part of the feed-forward of a layer. */
function feedForwards(parts: AnalyticalParts, layer: Layer): TokenSeconds[] {
  const { feedForward, besideExperts } = layer;
  const beside = besideExperts ? [denseSeconds(parts, besideExperts, parts.gemm.dense)] : [];
  if (feedForward === undefined) return beside;
  if (feedForward.kind === "dense") {
    return [denseSeconds(parts, feedForward, parts.gemm.dense), ...beside];
  }
  const { sharedWidth: width, isGated } = feedForward;
  return [
    parts.dataParallel > 1
      ? exchangedExperts(parts, feedForward).own
      : (m: number) => expertSeconds(parts, feedForward, m),
    ...(width > 0 ? [denseSeconds(parts, { width, isGated }, parts.gemm.shared)] : []),
    ...beside,
  ];
}

function denseSeconds(
  parts: AnalyticalParts,
  { width: whole, isGated }: Pick<DenseFeedForward, "width" | "isGated">,
  gemm: GemmSeconds,
): TokenSeconds {
  const { hiddenSize } = parts.shape;
  const gates = isGated ? 2 : 1;
  const width = Math.ceil(whole / parts.attentionParallel);
  return (m) =>
    gemm(m, gates * width, hiddenSize) + parts.elementwiseSeconds(2 * m * width * (gates + 1)) +
    gemm(m, hiddenSize, width);
}

/**
 * Router and routed experts of one layer. With expert parallelism a GPU holds whole experts and computes
 * the rows of their tokens, else a slice of every expert and all rows. The step waits for the busiest
 * GPU, which works as one does on evenly spread tokens when there are so many more.
 */
function expertSeconds(parts: AnalyticalParts, experts: ExpertFeedForward, m: number): number {
  const { shape, tensorParallel, expertParallel, expertLoad } = parts;
  const gemm = parts.gemm.expert;
  const hiddenSize = experts.latentSize ?? shape.hiddenSize;
  const gates = experts.isGated ? 2 : 1;
  const width = Math.ceil(experts.width * expertParallel / tensorParallel);
  const rows = Math.max(1, m * expertLoad * experts.perToken / expertParallel);
  // On the busiest GPU at least one expert has work.
  const activated = activatedExperts(experts.count, experts.perToken, m * expertLoad);
  const active = Math.max(1, activated / expertParallel);
  const router = parts.gemm16(m, experts.count, shape.hiddenSize);
  const latent = experts.latentSize === undefined
    ? 0
    : parts.gemm.shared(m, hiddenSize, shape.hiddenSize) +
      parts.gemm.shared(m, shape.hiddenSize, hiddenSize);
  // Choosing, sorting and scattering rows to experts, and summing them up again.
  const permute = parts.elementwiseSeconds(2 * rows * hiddenSize * 2);
  return router + 2 * permute + latent + gemm(rows, gates * width, hiddenSize, active) +
    parts.elementwiseSeconds(2 * rows * width * (gates + 1)) +
    gemm(rows, hiddenSize, width, active);
}
