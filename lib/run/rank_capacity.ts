import { engineReserveBytes } from "../execution/engine_reserve_bytes.ts";
import { type KvCapacity, kvCapacity } from "../execution/kv_capacity.ts";
import type { Gpu } from "../hardware/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import { engineSettings } from "../config/engine_settings.ts";
import type { ConfiguredDraft } from "./draft.ts";
import type { ConfiguredModel } from "./model.ts";

/** What all attention ranks of an instance hold together. */
export interface RankCapacity extends KvCapacity {
  /** Memory of a GPU of the fullest stage that is left for activations and the like, bytes. */
  readonly reserveBytes: number;
}

/**
 * What an instance holds under a rule that says what is left free. Each attention rank has KV blocks and
 * states of its own, and its share of the sequences and tokens of a step.
 *
 * @param rule See `memory.reserve_rule`; null: `memory.reserved_memory_gb` says how much is left.
 * @param draft What the instance drafts with.
 * @throws {RangeError} If the model does not fit.
 */
export function rankCapacity(
  config: Configuration,
  { shape, weights, weightBytesPerElement, kvBytesPerElement }: ConfiguredModel,
  gpu: Gpu,
  rule: string | null,
  draft?: ConfiguredDraft,
): RankCapacity {
  const { memory, parallelization, speculative } = config;
  const { tensor_parallel_size: gpus, data_parallel_attention: ranks } = parallelization;
  const { maxSequences, maxTokensPerStep } = engineSettings(config, gpu);
  const common = {
    shape,
    ...(weights && { weights }),
    tensorParallel: gpus / ranks,
    pipelineParallel: parallelization.pipeline_parallel_size,
    ...(ranks > 1 && { expertRanks: gpus }),
    utilization: memory.gpu_memory_utilization,
    maxSequences: Math.ceil(maxSequences / ranks),
  };
  const reserves = rule === null ? [memory.reserved_memory_gb! * 1e9] : engineReserveBytes({
    ...common,
    maxTokensPerStep: Math.ceil(maxTokensPerStep / ranks),
    engine: rule,
  });
  const capacity = kvCapacity({
    ...common,
    gpu,
    weightBytesPerElement,
    kvBytesPerElement,
    blockTokens: memory.block_size,
    reserveBytes: reserves,
    ...(speculative.method !== "none" && { draftedTokens: speculative.num_speculative_tokens! }),
    ...(draft?.model && {
      draft: {
        name: draft.model.shape.name,
        weightBytes: draft.rankWeightBytes,
        tokenBytes: draft.rankKvBytesPerToken,
      },
    }),
  });
  const { stateSequences } = capacity;
  return {
    ...capacity,
    blocks: capacity.blocks * ranks,
    ...(stateSequences !== undefined && {
      stateSequences: Math.min(maxSequences, stateSequences * ranks),
    }),
    reserveBytes: Math.max(...reserves),
  };
}
