import type { BatchingEntry, BatchingStrategy } from "./strategy.ts";

/** `orca` as files name it. */
export const orcaStrategy: BatchingEntry<"orca", Record<never, never>> = {
  name: "orca",
  describe:
    "Orca's iteration-level scheduling: whole prompts, KV for the longest sequence reserved.",
  settings: {},
  laws: {
    skip: [{ law: "static batch", reason: "sequences join and leave between steps" }, {
      law: "preemption",
      reason: "memory is reserved, so nobody is preempted",
    }, { law: "stall-free", reason: "prompts are computed whole" }],
  },
  create: orca,
};

/**
 * Orca's iteration-level scheduling: sequences join and leave the batch between any two steps,
 * first come, first served; prompts are computed whole, in the same step as the others' decodes;
 * KV memory for the longest possible sequence is reserved at admission, so nothing is preempted.
 *
 * @source Yu et al., "Orca: A Distributed Serving System for Transformer-Based Generative Models",
 * OSDI 2022, section 4 and Algorithm 1
 */
export function orca(): BatchingStrategy {
  return {
    name: "orca",
    reservation: "maximum",
    holdsFinished: false,
    preemption: "recompute",
    repeatsDecode: true,
    plan(step) {
      if (step.decoding > 0) step.decodeAll();
      if (step.returning > 0 && step.bringBack(0) > 0) step.decodeAll();
      let budget = step.maxTokensPerStep - step.decoding;
      let empty = step.decoding === 0;
      while (step.waiting > 0) {
        // A prompt longer than the budget runs in a step of its own rather than never.
        const tokens = step.firstWaitingTokens();
        if (tokens > budget && !empty) return;
        const slot = step.admit(0);
        if (slot < 0) return;
        step.prefill(slot, step.prefillRemaining(slot));
        budget -= tokens;
        empty = false;
      }
    },
  };
}
