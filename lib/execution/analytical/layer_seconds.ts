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
import { stageCopies } from "../stage_copies.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";
import type { GemmSeconds } from "./gemm_seconds.ts";

/** Seconds by the tokens of a step. */
type TokenSeconds = (tokens: number) => number;

/**
 * Seconds of everything but attention and LM head, all layers, as a function of the tokens in a step:
 * projections, feed-forward or experts, recurrent scans, norms, activations, all-reduces, embedding, and
 * the copies between pipeline stages.
 */
export function layerSeconds(parts: AnalyticalParts): TokenSeconds {
  const { shape, gpu, efficiency, tensorParallel, pipelineParallel } = parts;
  const { hiddenSize } = shape;
  const collective = { gpu, efficiency, ranks: tensorParallel };
  const reduce = (bytes: number) =>
    tensorParallel === 1 ? 0 : allReduceSeconds(collective, bytes) + parts.collectiveSeconds;
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

/** Seconds of what mixes tokens, its norm and sum included, attention itself apart. */
function mixerSeconds(
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
  const heads = attention.heads / parts.tensorParallel;
  const kvHeads = Math.max(1, Math.ceil(attention.kvHeads / parts.tensorParallel));
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
  const heads = latent.heads / parts.tensorParallel;
  const queries = heads * (nopeSize + ropeSize), keysAndValues = heads * (nopeSize + valueSize);
  const outputs = heads * valueSize;
  const query = (m: number) =>
    queryRank === 0
      ? gemm(m, queries, hiddenSize) + gemm(m, kvRank + ropeSize, hiddenSize)
      : gemm(m, queryRank + kvRank + ropeSize, hiddenSize) + gemm(m, queries, queryRank);
  const index = indexer === undefined ? undefined : indexSeconds(parts, indexer.parameters);
  return (m: number, block: number) =>
    block + query(m) + gemm(m, keysAndValues, kvRank) +
    parts.elementwiseSeconds(4 * m * (queries + keysAndValues + queryRank + kvRank)) +
    (latent.hasOutputGate ? gemm(m, outputs, hiddenSize) : 0) + gemm(m, hiddenSize, outputs) +
    (index === undefined ? 0 : index(m));
}

/** Projections, the convolution with the gate, and the scan over the tokens. */
function recurrentSeconds(parts: AnalyticalParts, recurrent: Recurrent) {
  const { hiddenSize } = parts.shape;
  const { tensorParallel, gpu, efficiency } = parts;
  const gemm = parts.gemm.recurrent;
  const peak = gpu.flopsPerSecond.bf16 * efficiency.prefill.compute;
  const scanSeconds = 6 * recurrent.stateElements / tensorParallel / peak;
  let width = 0;
  for (const { outputs } of recurrent.matrices) width += outputs;
  return (m: number, block: number) => {
    let seconds = block + parts.elementwiseSeconds(4 * m * width / tensorParallel) +
      m * scanSeconds + efficiency.elementwise.seconds;
    for (const { outputs, inputs } of recurrent.matrices) {
      seconds += outputs === hiddenSize
        ? gemm(m, outputs, inputs / tensorParallel)
        : gemm(m, outputs / tensorParallel, inputs);
    }
    return seconds;
  };
}

/** Seconds of each part of the feed-forward of a layer. */
function feedForwards(parts: AnalyticalParts, layer: Layer): TokenSeconds[] {
  const { feedForward, besideExperts } = layer;
  if (feedForward === undefined) return [];
  if (feedForward.kind === "dense") return [denseSeconds(parts, feedForward, parts.gemm.dense)];
  const { sharedWidth: width, isGated } = feedForward;
  return [
    (m) => expertSeconds(parts, feedForward, m),
    ...(width > 0 ? [denseSeconds(parts, { width, isGated }, parts.gemm.shared)] : []),
    ...(besideExperts ? [denseSeconds(parts, besideExperts, parts.gemm.dense)] : []),
  ];
}

function denseSeconds(
  parts: AnalyticalParts,
  { width: whole, isGated }: Pick<DenseFeedForward, "width" | "isGated">,
  gemm: GemmSeconds,
): TokenSeconds {
  const { hiddenSize } = parts.shape;
  const gates = isGated ? 2 : 1;
  const width = Math.ceil(whole / parts.tensorParallel);
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
