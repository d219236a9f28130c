import { quantity } from "../../settings/quantities.ts";
import type { BatchingEntry, BatchingStrategy, StepBuilder } from "./strategy.ts";

/** Settings of `vllm-v0`. */
export type VllmV0Settings = { readonly watermark: number };

/** `vllm-v0` as files name it. */
export const vllmV0Strategy: BatchingEntry<"vllm-v0", VllmV0Settings> = {
  name: "vllm-v0",
  describe: "vLLM's first scheduler: a step is prefill only or decode only; whole prompts.",
  section: null,
  canSwap: true,
  canSpeculate: true,
  settings: {
    watermark: quantity("fraction", {
      min: 0,
      max: 0.99,
      default: 0.01,
      describe: "Share of the KV blocks that `vllm-v0` keeps free when it admits a request.",
    }),
  },
  laws: {
    skip: [
      { law: "static batch", reason: "sequences join and leave between steps" },
      { law: "stall-free", reason: "prefills go first, and whole" },
    ],
  },
  create: ({ watermark }, { preemption, kvBlocks }) =>
    vllmV0({ preemption, watermarkBlocks: Math.ceil(watermark * kvBlocks) }),
};

/** Options of {@link vllmV0}. */
export interface VllmV0Options {
  /** What preemption does with KV blocks. */
  readonly preemption: "recompute" | "swap";
  /** KV blocks that admission leaves free (vLLM: 1 % of the pool). */
  readonly watermarkBlocks: number;
}

/** Admits whole prompts while the budget holds; true when the step is a prefill. */
function admitWhole(step: StepBuilder, watermarkBlocks: number): boolean {
  let budget = step.maxTokensPerStep;
  let admitted = 0;
  while (step.waiting > 0) {
    // A prompt longer than the budget runs in a step of its own rather than never.
    const tokens = step.firstWaitingTokens();
    if (tokens > budget && admitted > 0) break;
    const slot = step.admit(watermarkBlocks);
    if (slot < 0) break;
    step.prefill(slot, step.prefillRemaining(slot));
    budget -= tokens;
    admitted++;
  }
  return admitted > 0;
}

/**
 * vLLM's first scheduler: a step is all prefill or all decode, and prefills go first, so a burst of
 * prompts stalls every running decode. Prompts are computed whole. Out of blocks, the sequence
 * admitted last is preempted, by recompute or by swapping its blocks to host memory; while anything
 * is swapped out, no new request is admitted.
 *
 * @source vLLM 0.6, vllm/core/scheduler.py (behaviour); Kwon et al., SOSP 2023, section 4.5
 */
export function vllmV0({ preemption, watermarkBlocks }: VllmV0Options): BatchingStrategy {
  return {
    name: "vllm-v0",
    reservation: "prompt",
    holdsFinished: false,
    preemption,
    repeatsDecode: true,
    plan(step) {
      if (step.returning === 0 && admitWhole(step, watermarkBlocks)) return;
      const preempted = step.decoding > 0 ? step.decodeAll() : 0;
      // Those that come back decode in this very step, like the others.
      if (preempted === 0 && step.returning > 0 && step.bringBack(watermarkBlocks) > 0) {
        step.decodeAll();
      }
      if (step.decoding === 0 && step.returning === 0) admitWhole(step, watermarkBlocks);
    },
  };
}
