import type { EngineParts } from "../../engine/engine_parts.ts";
import { constantTime } from "../../execution/constant_time.ts";
import { vllm } from "../../scheduling/batching/vllm.ts";

/** An engine whose steps all take the same time. */
export interface ConstantStepEngine {
  /** Time of a step, seconds. */
  readonly stepSeconds: number;
  /** Longest prompt and output together, tokens: there is memory for as many sequences of it. */
  readonly longestTokens: number;
  /** Most sequences in a step. */
  readonly sequences: number;
}

const BLOCK_TOKENS = 16;

/**
 * A server of queueing theory as an engine: no arithmetic and no memory limits, so that a request of
 * one prompt token and n output tokens is a service of n steps, whoever else is served.
 */
export function constantStepEngine(options: ConstantStepEngine): EngineParts {
  const { stepSeconds, longestTokens, sequences } = options;
  return {
    execution: constantTime(stepSeconds),
    work: {
      flopsPerToken: 1,
      flopsPerAttentionPair: 0,
      flopsPerSample: 0,
      kvBytesPerToken: 1,
      weightBytes: () => 1,
    },
    strategy: vllm(),
    stepping: "leap",
    maxSequences: sequences,
    maxTokensPerStep: Math.max(sequences, BLOCK_TOKENS),
    kvBlocks: sequences * Math.ceil(longestTokens / BLOCK_TOKENS),
    blockTokens: BLOCK_TOKENS,
    maxModelTokens: longestTokens,
    maxOutputTokens: longestTokens,
    gpus: 1,
    peakFlops: 1,
    peakBytesPerSecond: 1,
  };
}
