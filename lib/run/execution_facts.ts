import type { ExpertNetwork } from "../execution/all_to_all.ts";
import type { GpuLinkTimes } from "../execution/gpu_link.ts";
import type { StageNetwork } from "../execution/stage_copies.ts";
import type { Gpu } from "../hardware/gpu.ts";
import type { TransformerShape } from "../models/transformer.ts";
import type { PartFormats } from "../models/weight_format.ts";
import type { Configuration } from "../config/configuration.ts";

/** What step times depend on beside the configuration. */
export interface ExecutionFacts {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  /** Formats of the weights by part of the layers. */
  readonly weights: PartFormats;
  readonly kvBytesPerElement: number;
  /** Where its pipeline stages are on several machines. */
  readonly stageNetwork?: StageNetwork;
  /** Where its experts are on several machines. */
  readonly expertNetwork?: ExpertNetwork;
  /** The link between its GPUs that `cluster.gpu_link` describes. */
  readonly gpuLink?: GpuLinkTimes;
  /** Text of `execution.profile`, when it is a file. */
  readonly profileText?: string;
}

/** Groups of GPUs among which whole experts are spread: all GPUs where attention ranks share them. */
export function expertGroups(
  { data_parallel_attention: ranks, expert_parallel_size: groups, tensor_parallel_size: gpus }:
    Configuration["parallelization"],
  { layers }: TransformerShape,
): number {
  const hasExperts = layers.some(({ feedForward }) => feedForward?.kind === "experts");
  return ranks > 1 && hasExperts ? gpus : groups;
}
