import { activatedExperts } from "../../models/activated_experts.ts";
import { type ExpertFeedForward, layerGroups } from "../../models/transformer.ts";
import { allToAllSeconds, FP8_DISPATCH_BYTES } from "../all_to_all.ts";
import type { AnalyticalParts } from "./analytical_parts.ts";

/** Experts of a layer whose tokens come from attention ranks with requests of their own. */
export interface ExchangedExperts {
  /** Router and all-to-all, seconds by the tokens of a rank. */
  readonly own: (tokens: number) => number;
  /** Experts of the busiest GPU, seconds by the tokens of all ranks. */
  readonly routed: (tokens: number) => number;
}

/**
 * Experts spread over all GPUs of a stage, each whole on one of them. A rank routes its own tokens and
 * sends them to their experts, which see the tokens of all ranks; the step waits for the busiest GPU.
 */
export function exchangedExperts(
  parts: AnalyticalParts,
  experts: ExpertFeedForward,
): ExchangedExperts {
  const { shape, expertParallel: ranks, expertLoad, layerEfficiency, gpu } = parts;
  const { count, perToken, width } = experts;
  const hiddenSize = experts.latentSize ?? shape.hiddenSize;
  const gates = experts.isGated ? 2 : 1;
  const gemm = parts.gemm.expert;
  const options = {
    efficiency: layerEfficiency.allToAll,
    link: gpu.link,
    ranks,
    ...(parts.expertNetwork && { network: parts.expertNetwork }),
  };
  const exchanged = {
    hiddenSize,
    experts: count,
    perToken,
    // Tokens are quantised before they leave where the experts multiply 8 bits or fewer.
    dispatchBytes: parts.formats.expert.activations === "bf16" ? 2 : FP8_DISPATCH_BYTES,
  };
  const latent = experts.latentSize;
  return {
    own: (m) =>
      parts.gemm16(m, count, shape.hiddenSize) +
      (latent === undefined ? 0 : parts.gemm.shared(m, latent, shape.hiddenSize) +
        parts.gemm.shared(m, shape.hiddenSize, latent)) +
      allToAllSeconds(options, exchanged, parts.allToAll, m),
    routed: (m) => {
      const rows = Math.max(1, m * expertLoad * perToken / ranks);
      const active = Math.max(1, activatedExperts(count, perToken, m * expertLoad) / ranks);
      // Sorting rows by expert, and back.
      return 2 * parts.elementwiseSeconds(4 * rows * hiddenSize) +
        gemm(rows, gates * width, hiddenSize, active) +
        parts.elementwiseSeconds(2 * rows * width * (gates + 1)) +
        gemm(rows, hiddenSize, width, active);
    },
  };
}

/**
 * Seconds of the experts of all layers by the tokens of all ranks; undefined where attention ranks do
 * not exchange tokens.
 */
export function exchangedSeconds(parts: AnalyticalParts): ((tokens: number) => number) | undefined {
  if (parts.dataParallel === 1) return undefined;
  const all: { layers: number; routed: (tokens: number) => number }[] = [];
  for (const { layer: { feedForward }, count } of layerGroups(parts.shape.layers)) {
    if (feedForward?.kind !== "experts") continue;
    all.push({ layers: count, routed: exchangedExperts(parts, feedForward).routed });
  }
  return (m) => all.reduce((sum, { layers, routed }) => sum + layers * routed(m), 0);
}
