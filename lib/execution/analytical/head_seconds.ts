import { allGatherSeconds } from "../collectives.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/**
 * Seconds of last norm, LM head and sampling as a function of the sampled sequences. Each GPU computes
 * its share of the vocabulary; logits are then gathered, turned to 32 bits and, where no method of
 * sampling is given, read once more (assumed: greedy or plain sampling, 10 bytes per logit).
 */
export function headSeconds(parts: AnalyticalParts): (sequences: number) => number {
  const { shape, gpu, efficiency, attentionParallel: ranks, gemm16 } = parts;
  const columns = Math.ceil(shape.vocabSize / ranks);
  const collective = { gpu, efficiency, ranks, ...(parts.gpuLink && { link: parts.gpuLink }) };
  return (b) => {
    if (b === 0) return 0;
    const gather = ranks === 1
      ? 0
      : allGatherSeconds(collective, 2 * b * shape.vocabSize) + parts.collectiveSeconds;
    return parts.elementwiseSeconds(8 * b * shape.hiddenSize) +
      gemm16(b, columns, shape.hiddenSize) + gather +
      parts.samplingSeconds(b * shape.vocabSize);
  };
}
