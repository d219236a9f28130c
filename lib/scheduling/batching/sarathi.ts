import { withDefaults } from "../../settings/from_table.ts";
import { tokens } from "../../settings/quantities.ts";
import { LIMITS } from "../../sim/limits.ts";
import type { BatchingEntry, BatchingStrategy } from "./strategy.ts";
import { planChunked } from "./vllm.ts";

/** Settings of `sarathi`. */
export type SarathiSettings = { readonly chunkSize: number };

/** `sarathi` as files name it. */
export const sarathiStrategy: BatchingEntry<"sarathi", SarathiSettings> = {
  name: "sarathi",
  describe: "Sarathi-Serve's stall-free batching: decodes first, then chunks of prompts.",
  section: null,
  canSpeculate: true,
  canLoad: true,
  settings: {
    chunkSize: tokens({
      min: 1,
      max: LIMITS.stepTokens.value,
      default: 512,
      describe: "Token budget of one step under `sarathi`, decodes included.",
    }),
  },
  laws: { skip: [{ law: "static batch", reason: "sequences join and leave between steps" }] },
  create: sarathi,
};

/**
 * Sarathi-Serve's stall-free batching: every step decodes all running sequences first, then spends
 * what is left of a small token budget on the prefill in progress, then on new prompts, so that no
 * decode ever waits for more than one chunk.
 *
 * @source Agrawal et al., "Taming Throughput-Latency Tradeoff in LLM Inference with Sarathi-Serve",
 * OSDI 2024, Algorithm 3
 */
export function sarathi(options: Partial<SarathiSettings> = {}): BatchingStrategy {
  const { chunkSize } = withDefaults(sarathiStrategy.settings, options);
  return {
    name: "sarathi",
    reservation: "prompt",
    holdsFinished: false,
    preemption: "recompute",
    repeatsDecode: true,
    plan: (step) => planChunked(step, Math.min(chunkSize, step.maxTokensPerStep)),
  };
}
