import type { BatchingStrategy } from "./strategy.ts";
import { planChunked } from "./vllm.ts";

/** Options of {@link sarathi}. */
export interface SarathiOptions {
  /** Token budget of one step, decodes included: the chunk size of the paper. Tokens, >= 1. */
  readonly chunkSize: number;
}

/**
 * Sarathi-Serve's stall-free batching: every step decodes all running sequences first, then spends
 * what is left of a small token budget on the prefill in progress, then on new prompts, so that no
 * decode ever waits for more than one chunk.
 *
 * @source Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with Sarathi-Serve",
 * OSDI 2024, Algorithm 3
 */
export function sarathi({ chunkSize }: SarathiOptions): BatchingStrategy {
  return {
    name: "sarathi",
    reservation: "prompt",
    holdsFinished: false,
    preemption: "recompute",
    repeatsDecode: true,
    plan: (step) => planChunked(step, Math.min(chunkSize, step.maxTokensPerStep)),
  };
}
