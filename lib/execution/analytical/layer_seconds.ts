import { activatedExperts } from "../../models/activated_experts.ts";
import type { ExpertShape } from "../../models/transformer.ts";
import { allReduceSeconds, sendSeconds } from "../collectives.ts";
import { stageCopies } from "../stage_copies.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/**
 * Seconds of everything but attention and LM head, all layers, as a function of the tokens in a step:
 * projections, feed-forward or experts, norms, activations, all-reduces, embedding, and the copies
 * between pipeline stages.
 */
export function layerSeconds(parts: AnalyticalParts): (tokens: number) => number {
  const { shape, gpu, efficiency, tensorParallel, pipelineParallel, gemm } = parts;
  const { hiddenSize, headSize, layers, experts } = shape;
  const collective = { gpu, efficiency, ranks: tensorParallel };
  const qkvColumns = (parts.heads + 2 * parts.kvHeads) * headSize;
  const gates = shape.gatedFeedForward ? 2 : 1;
  const elementwise = (bytes: number) => parts.elementwiseSeconds(bytes);
  const reduce = (bytes: number) =>
    tensorParallel === 1 ? 0 : allReduceSeconds(collective, bytes) + parts.collectiveSeconds;

  const feedForward = (m: number, width: number) =>
    gemm(m, gates * width, hiddenSize) + elementwise(2 * m * width * (gates + 1)) +
    gemm(m, hiddenSize, width);
  const denseWidth = Math.ceil(shape.intermediateSize / tensorParallel);
  const sparseLayers = experts === undefined ? 0 : Math.floor(layers / experts.everyNthLayer);

  const copies = stageCopies(
    pipelineParallel,
    (bytes) => sendSeconds(collective, bytes),
    parts.stageNetwork,
  );

  return (m) => {
    const residual = 2 * m * hiddenSize;
    const block = elementwise(4 * residual) + reduce(residual);
    const attention = block + gemm(m, qkvColumns, hiddenSize) + elementwise(4 * m * qkvColumns) +
      gemm(m, hiddenSize, parts.heads * headSize);
    let seconds = layers * (attention + block) + elementwise(2 * residual) +
      copies(residual);
    if (sparseLayers < layers) seconds += (layers - sparseLayers) * feedForward(m, denseWidth);
    if (experts !== undefined) {
      const shared = experts.sharedIntermediateSize;
      seconds += sparseLayers * expertSeconds(parts, experts, m);
      if (shared > 0) seconds += sparseLayers * feedForward(m, Math.ceil(shared / tensorParallel));
    }
    return seconds;
  };
}

/**
 * Router and routed experts of one layer. With expert parallelism a GPU holds whole experts and computes
 * the rows of their tokens, else a slice of every expert and all rows. The step waits for the busiest
 * GPU, which works as one does on evenly spread tokens when there are so many more.
 */
function expertSeconds(parts: AnalyticalParts, experts: ExpertShape, m: number): number {
  const { shape, tensorParallel, expertParallel, expertLoad, gemm } = parts;
  const { hiddenSize } = shape;
  const gates = shape.gatedFeedForward ? 2 : 1;
  const width = Math.ceil(experts.intermediateSize * expertParallel / tensorParallel);
  const rows = Math.max(1, m * expertLoad * experts.perToken / expertParallel);
  // On the busiest GPU at least one expert has work.
  const activated = activatedExperts(experts.count, experts.perToken, m * expertLoad);
  const active = Math.max(1, activated / expertParallel);
  const router = parts.gemm16(m, experts.count, hiddenSize);
  // Choosing, sorting and scattering rows to experts, and summing them up again.
  const permute = parts.elementwiseSeconds(2 * rows * hiddenSize * 2);
  return router + 2 * permute + gemm(rows, gates * width, hiddenSize, active) +
    parts.elementwiseSeconds(2 * rows * width * (gates + 1)) +
    gemm(rows, hiddenSize, width, active);
}
