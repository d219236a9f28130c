import type { BatchingEntry, BatchingStrategy } from "./strategy.ts";

/** `fastertransformer` as files name it. */
export const fasterTransformerStrategy: BatchingEntry<"fastertransformer", Record<never, never>> = {
  name: "fastertransformer",
  aliases: ["faster-transformer"],
  describe: "Request-level batches that run until their longest member ends.",
  settings: {},
  ignoresBudget: true,
  laws: {
    skip: [
      { law: "preemption", reason: "memory is reserved, so nobody is preempted" },
      { law: "budget", reason: "all prompts of a batch are computed in one step" },
      { law: "prompt", reason: "a batch in progress takes nobody in" },
      { law: "stall-free", reason: "nothing is returned before the batch ends" },
    ],
  },
  create: fasterTransformer,
};

/**
 * FasterTransformer's request-level scheduling: an idle engine takes a batch from the queue, computes
 * all its prompts in one step and decodes until its longest member ends. Members that finish early
 * keep their slot, are computed on as padding, and all results are returned at the end.
 *
 * @source Yu et al., "Orca", OSDI 2022, section 2 (description of request-level scheduling)
 */
export function fasterTransformer(): BatchingStrategy {
  return {
    name: "fastertransformer",
    reservation: "maximum",
    holdsFinished: true,
    preemption: "recompute",
    repeatsDecode: true,
    plan(step) {
      if (step.running > 0) {
        step.decodeAll();
        return;
      }
      while (step.waiting > 0) {
        const slot = step.admit(0);
        if (slot < 0) return;
        step.prefill(slot, step.prefillRemaining(slot));
      }
    },
  };
}
