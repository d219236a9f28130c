import { tokens } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import {
  type BatchingEntry,
  type BatchingStrategy,
  type StepBuilder,
  UNLIMITED_TOKENS,
} from "./strategy.ts";

/** Settings of `vllm`. */
export type VllmSettings = { readonly longPrefillTokenThreshold: number };

/** `vllm` as files name it. */
export const vllmStrategy: BatchingEntry<"vllm", VllmSettings> = {
  name: "vllm",
  aliases: ["vllm-v1"],
  describe: "vLLM's V1 scheduler: one token budget, running sequences first, chunked prefill.",
  section: null,
  canSpeculate: true,
  canLoad: true,
  settings: {
    longPrefillTokenThreshold: tokens({
      min: 0,
      max: LIMITS.stepTokens.value,
      default: 0,
      describe: "Most tokens of one prompt in a step of `vllm`; 0: no limit.",
    }),
  },
  laws: { skip: [{ law: "static batch", reason: "sequences join and leave between steps" }] },
  create: ({ longPrefillTokenThreshold: threshold }, { reservesWholePrompt }) =>
    vllm({ reservesWholePrompt, ...(threshold > 0 && { longPrefillTokens: threshold }) }),
};

/** What `vllm` is made from. */
export interface VllmOptions {
  /**
   * Whether a request is admitted only when the KV blocks for its whole prompt are free
   * (`scheduler_reserve_full_isl`); if not, those of its first chunk are enough. Default true.
   */
  readonly reservesWholePrompt?: boolean;
  /** Most tokens of one prompt in a step, >= 1. Default: no limit. */
  readonly longPrefillTokens?: number;
}

/**
 * Forms a step of `budgetTokens` with chunked prefills: running sequences in order of admission (a
 * token for each that decodes, a chunk for an unfinished prefill), then new prompts in queue order
 * while blocks allow, unless somebody was preempted.
 *
 * @param longestChunk Most tokens of one prompt in the step; default: no limit.
 */
export function planChunked(
  step: StepBuilder,
  budgetTokens: number,
  longestChunk = UNLIMITED_TOKENS,
): void {
  let budget = step.running > 0 ? step.scheduleRunning(budgetTokens, longestChunk) : budgetTokens;
  if (step.returning > 0 && step.preempted === 0) {
    budget -= step.bringBack(0) * step.tokensPerDecode;
    step.decodeAll();
  }
  if (step.preempted === 0 && step.waiting > 0) admitChunked(step, budget, longestChunk);
}

/** Admits waiting requests in queue order and computes as much of each prompt as the budget holds. */
function admitChunked(step: StepBuilder, budget: number, longestChunk: number): void {
  while (budget > 0 && step.waiting > 0) {
    const chunk = Math.min(budget, longestChunk);
    const slot = step.admit(0, chunk);
    if (slot < 0) return;
    const tokens = Math.min(chunk, step.prefillRemaining(slot));
    step.prefill(slot, tokens);
    budget -= tokens;
  }
}

/**
 * vLLM's V1 scheduler: one token budget per step, spent on running sequences in order of admission,
 * then on waiting requests first come, first served, while KV blocks allow. Prefills are chunked by the
 * budget and take their blocks chunk by chunk. Out of blocks, the sequence admitted last is preempted
 * and recomputed later, and nobody is admitted in that step.
 *
 * @source vLLM 0.19, vllm/v1/core/sched/scheduler.py (behaviour)
 */
export function vllm(options: VllmOptions = {}): BatchingStrategy {
  const { reservesWholePrompt = true } = options;
  const longestChunk = Math.min(options.longPrefillTokens ?? UNLIMITED_TOKENS, UNLIMITED_TOKENS);
  return {
    name: "vllm",
    reservation: "chunk",
    asksForWholePrompt: reservesWholePrompt,
    holdsFinished: false,
    preemption: "recompute",
    repeatsDecode: true,
    plan: (step) => planChunked(step, step.maxTokensPerStep, longestChunk),
  };
}
