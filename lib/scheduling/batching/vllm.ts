import type { BatchingEntry, BatchingStrategy, StepBuilder } from "./strategy.ts";

/** `vllm` as files name it. */
export const vllmStrategy: BatchingEntry<"vllm", Record<never, never>> = {
  name: "vllm",
  aliases: ["vllm-v1"],
  describe: "vLLM's V1 scheduler: one token budget, running sequences first, chunked prefill.",
  settings: {},
  laws: { skip: [{ law: "static batch", reason: "sequences join and leave between steps" }] },
  create: vllm,
};

/** Admits waiting requests in queue order and computes as much of each prompt as the budget holds. */
function admitChunked(step: StepBuilder, budget: number): void {
  while (budget > 0 && step.waiting > 0) {
    const slot = step.admit(0);
    if (slot < 0) return;
    const tokens = Math.min(budget, step.prefillRemaining(slot));
    step.prefill(slot, tokens);
    budget -= tokens;
  }
}

/**
 * Forms a step of `budgetTokens` with chunked prefills: a token for each decoding sequence, then the
 * unfinished prefill, then new prompts unless somebody was preempted. Only the prompt admitted last
 * can be left unfinished, since it is the budget that cut it short.
 */
export function planChunked(step: StepBuilder, budgetTokens: number): void {
  const preempted = step.decoding > 0 ? step.decodeAll() : 0;
  let budget = budgetTokens - step.decoding;
  const unfinished = step.unfinishedPrefill;
  if (unfinished >= 0 && budget > 0) {
    const tokens = Math.min(budget, step.prefillRemaining(unfinished));
    step.prefill(unfinished, tokens);
    budget -= tokens;
  }
  if (preempted === 0) admitChunked(step, budget);
}

/**
 * vLLM's V1 scheduler: one token budget per step, spent on running sequences first (one token for
 * each that decodes, then the unfinished prefill), then on waiting requests first come, first
 * served, while KV blocks allow. Prefills are chunked by the budget. Out of blocks, the sequence
 * admitted last is preempted and recomputed later, and nobody is admitted in that step.
 *
 * @source vLLM 0.19, vllm/v1/core/sched/scheduler.py (behaviour)
 */
export function vllm(): BatchingStrategy {
  return {
    name: "vllm",
    reservation: "prompt",
    holdsFinished: false,
    preemption: "recompute",
    repeatsDecode: true,
    plan: (step) => planChunked(step, step.maxTokensPerStep),
  };
}
