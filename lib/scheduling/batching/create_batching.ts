import { fasterTransformer } from "./faster_transformer.ts";
import { orca } from "./orca.ts";
import { sarathi } from "./sarathi.ts";
import type { BatchingStrategy } from "./strategy.ts";
import { vllm, type VllmOptions } from "./vllm.ts";
import { vllmV0 } from "./vllm_v0.ts";

/** What batching strategies are made from. */
export interface BatchingOptions extends VllmOptions {
  /** Token budget of one step under `sarathi`, decodes included; >= 1, default 512. */
  readonly chunkSize?: number;
  /** What `vllm-v0` does with the KV blocks of a preempted sequence; default "recompute". */
  readonly preemption?: "recompute" | "swap";
  /** KV blocks that `vllm-v0` leaves free when it admits; >= 0, default 0. */
  readonly watermarkBlocks?: number;
}

/** The batching strategies by name. A new one is one file and one line here. */
export const BATCHING_STRATEGIES = {
  vllm: (options) => vllm(options),
  "vllm-v0": ({ preemption = "recompute", watermarkBlocks = 0 }) =>
    vllmV0({ preemption, watermarkBlocks }),
  sarathi: ({ chunkSize = 512 }) => sarathi({ chunkSize }),
  orca: () => orca(),
  fastertransformer: () => fasterTransformer(),
} as const satisfies Record<string, (options: BatchingOptions) => BatchingStrategy>;

/** Names that `createBatching` knows. */
export type BatchingName = keyof typeof BATCHING_STRATEGIES;

/**
 * A batching strategy by name.
 *
 * @throws {RangeError} If the name is unknown.
 *
 * @example
 * ```ts
 * import { createBatching } from "./create_batching.ts";
 * console.log(createBatching("sarathi", { chunkSize: 256 }).name); // sarathi
 * ```
 */
export function createBatching(
  name: BatchingName,
  options: BatchingOptions = {},
): BatchingStrategy {
  if (!Object.hasOwn(BATCHING_STRATEGIES, name)) {
    throw new RangeError(
      `Cannot use batching as one of ${
        Object.keys(BATCHING_STRATEGIES).join(", ")
      }: current value is "${name}"`,
    );
  }
  return BATCHING_STRATEGIES[name](options);
}
