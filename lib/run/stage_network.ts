import type { StageNetwork } from "../execution/stage_copies.ts";
import type { Gpu } from "../hardware/mod.ts";
import type { Configuration } from "../config/configuration.ts";
import type { BuiltNode } from "./nodes.ts";

/**
 * The network between the pipeline stages of an instance that no machine of its GPU type has enough
 * GPUs for, placed on as few machines as there may be; undefined when one machine will do.
 */
export function stageNetwork(
  { parallelization }: Configuration,
  gpu: Gpu,
  nodes: readonly BuiltNode[],
): StageNetwork | undefined {
  const { tensor_parallel_size: stageGpus, pipeline_parallel_size: stages } = parallelization;
  const own = nodes.filter((node) => node.gpu.name === gpu.name);
  const largest = Math.max(0, ...own.map(({ gpus }) => gpus));
  const stagesPerMachine = Math.floor(largest / stageGpus);
  if (stagesPerMachine === 0 || stagesPerMachine >= stages) return undefined;
  // Each GPU of a machine has its part of the network cards.
  const rates = own.map(({ gpus, node }) =>
    (node.nicBytesPerSecond ?? Infinity) * Math.min(1, stageGpus / gpus)
  );
  return {
    copies: Math.ceil(stages / stagesPerMachine) - 1,
    bytesPerSecond: Math.min(...rates),
  };
}
