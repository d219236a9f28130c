import type { ExpertNetwork } from "../execution/all_to_all.ts";
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
  const largest = own.reduce((most, { gpus }) => Math.max(most, gpus), 0);
  const stagesPerMachine = Math.floor(largest / stageGpus);
  if (stagesPerMachine === 0 || stagesPerMachine >= stages) return undefined;
  // Each GPU of a machine has its part of the network cards.
  const bytesPerSecond = own.reduce((least, { gpus, node }) => {
    const rate = (node.nicBytesPerSecond ?? Infinity) * Math.min(1, stageGpus / gpus);
    return Math.min(least, rate);
  }, Infinity);
  return {
    copies: Math.ceil(stages / stagesPerMachine) - 1,
    bytesPerSecond,
  };
}

/**
 * The network between machines that share the experts of an instance whose attention ranks exchange
 * tokens; undefined when one machine has GPUs enough, or nothing is known of the machines.
 */
export function expertNetwork(
  { parallelization }: Configuration,
  gpu: Gpu,
  nodes: readonly BuiltNode[],
): ExpertNetwork | undefined {
  const { tensor_parallel_size: gpus, data_parallel_attention: ranks } = parallelization;
  const own = nodes.filter((node) => node.gpu.name === gpu.name);
  const largest = own.reduce((most, { gpus }) => Math.max(most, gpus), 0);
  if (ranks === 1 || largest === 0 || largest >= gpus) return undefined;
  return {
    machines: Math.ceil(gpus / largest),
    bytesPerSecond: own.reduce(
      (least, { gpus, node }) => Math.min(least, (node.nicBytesPerSecond ?? Infinity) / gpus),
      Infinity,
    ),
  };
}
