import type { BatchingStrategy } from "./strategy.ts";
import { admitChunked } from "./vllm.ts";

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
    plan(step) {
      const preempted = step.decoding > 0 ? step.decodeAll() : 0;
      let budget = Math.min(chunkSize, step.maxTokensPerStep) - step.decoding;
      const unfinished = step.unfinishedPrefill;
      if (unfinished >= 0 && budget > 0) {
        const tokens = Math.min(budget, step.prefillRemaining(unfinished));
        step.prefill(unfinished, tokens);
        budget -= tokens;
      }
      if (preempted === 0) admitChunked(step, budget);
    },
  };
}
