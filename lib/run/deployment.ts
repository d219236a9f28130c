import { kvCapacity } from "../execution/kv_capacity.ts";
import { stepWork } from "../execution/step_work.ts";
import type { ExecutionTimeModel, StepWork } from "../execution/execution_time_model.ts";
import { findGpu, type Gpu, gpuEntries, nodeNamed, type NodeType } from "../hardware/mod.ts";
import { kvBytesPerToken, stateBytesPerSequence, weightBytes } from "../models/mod.ts";
import type { TransformerShape } from "../models/transformer.ts";
import { chooseGpu } from "../config/choose_gpu.ts";
import type { Configuration } from "../config/configuration.ts";
import { buildExecution } from "./execution.ts";
import { configuredModel } from "./model.ts";
import type { BuiltNode } from "./nodes.ts";
import { stageNetwork } from "./stage_network.ts";

/** A model on its GPUs: what one instance is, in numbers. */
export interface Deployment {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  /** Machine that an instance runs on. */
  readonly node: NodeType;
  /** GPUs of one instance. */
  readonly gpus: number;
  /** GPUs of one of its pipeline stages. */
  readonly stageGpus: number;
  /** Host memory of one instance, bytes. */
  readonly hostBytes: number;
  readonly weightBytes: number;
  /** Names the format of the weights among others of the same model. */
  readonly weightFormat: string;
  /** Bytes of one token's KV entries, all layers, in one copy. */
  readonly kvBytesPerToken: number;
  /** Bytes of a sequence's state in the recurrent layers, in one copy. */
  readonly stateBytesPerSequence: number;
  /** Most sequences at once: as configured, or as many as have a state. */
  readonly maxSequences: number;
  /** What was assumed or read from the model's file, a sentence each. */
  readonly notices: readonly string[];
  readonly execution: ExecutionTimeModel;
  readonly work: StepWork;
  /** KV blocks of one instance, and shares of its GPU memory. */
  readonly kv: {
    readonly blocks: number;
    readonly fixedMemoryShare: number;
    readonly kvMemoryShare: number;
  };
  /** Longest prompt and output together, tokens. */
  readonly maxModelTokens: number;
  /** Dense peaks of one instance, FLOP/s and bytes/s. */
  readonly peakFlops: number;
  readonly peakBytesPerSecond: number;
  /** Seconds to move one KV block between GPU and host memory, and host blocks per instance. */
  readonly swapSecondsPerBlock: number;
  readonly swapBlocks: number;
}

/** The GPU of a configuration. @throws {RangeError} If there is none of that name and size. */
export function deploymentGpu({ cluster }: Configuration): Gpu {
  const named = cluster.gpu_memory_gb === null ? findGpu(cluster.gpu_type) : undefined;
  return named ?? chooseGpu(gpuEntries(), cluster.gpu_type, cluster.gpu_memory_gb);
}

/**
 * Works out what one instance is.
 *
 * @param nodes The machines; empty: of any size.
 * @param files Texts of the files that `model.hf_config` and `execution.profile` name.
 * @throws {RangeError} If the model or GPU is unknown, or the model does not fit.
 * @throws {ConfigError} If the text of a file is missing.
 */
export async function buildDeployment(
  config: Configuration,
  nodes: readonly BuiltNode[],
  files?: ReadonlyMap<string, string>,
): Promise<Deployment> {
  const { model, scheduler, parallelization, memory, execution } = config;
  const profileText = execution.profile === null ? undefined : files?.get(execution.profile);
  const configured = configuredModel(config, files);
  const { shape, weights, weightBytesPerElement, kvBytesPerElement } = configured;
  const gpu = deploymentGpu(config);
  const network = stageNetwork(config, gpu, nodes);
  const tensorParallel = parallelization.tensor_parallel_size;
  const pipelineParallel = parallelization.pipeline_parallel_size;
  const gpus = tensorParallel * pipelineParallel;
  const capacity = kvCapacity({
    shape,
    gpu,
    tensorParallel,
    pipelineParallel,
    weightBytesPerElement,
    ...(weights && { weights }),
    kvBytesPerElement,
    utilization: memory.gpu_memory_utilization,
    reserveBytes: memory.reserved_memory_gb * 1e9,
    maxSequences: scheduler.max_num_seqs,
    blockTokens: memory.block_size,
    ...(memory.windowed_sequence_tokens !== null && {
      windowedSequenceTokens: memory.windowed_sequence_tokens,
    }),
  });
  const maxSequences = capacity.stateSequences ?? scheduler.max_num_seqs;
  const work = stepWork(shape, {
    weightBytesPerElement,
    kvBytesPerElement,
    ...(weights && { weights }),
  });
  const swapBytes = memory.swap_space_gb * 1e9 * gpus;
  const blockBytes = work.kvBytesPerToken * memory.block_size;
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  const peak = model.dtype === "fp8" ? fp8 : bf16;
  return {
    shape,
    gpu,
    node: nodeNamed("generic"),
    gpus,
    stageGpus: tensorParallel,
    hostBytes: memory.host_memory ??
      (scheduler.preemption_mode === "swap" ? swapBytes : 0),
    weightBytes: weightBytes(shape, weights ?? weightBytesPerElement),
    weightFormat: configured.weightFormat,
    kvBytesPerToken: kvBytesPerToken(shape, kvBytesPerElement),
    stateBytesPerSequence: stateBytesPerSequence(shape),
    maxSequences,
    notices: [
      ...configured.notices,
      ...(maxSequences < scheduler.max_num_seqs
        ? [
          `${shape.name}: states of ${maxSequences} sequences fit beside the weights, fewer than ` +
          `scheduler.max_num_seqs ${scheduler.max_num_seqs}`,
        ]
        : []),
    ],
    execution: await buildExecution(config, {
      shape,
      gpu,
      weights: configured.parts,
      kvBytesPerElement,
      ...(network && { stageNetwork: network }),
      ...(profileText !== undefined && { profileText }),
    }),
    work,
    kv: { ...capacity, blocks: memory.num_gpu_blocks ?? capacity.blocks },
    maxModelTokens: model.max_model_len ?? shape.maxPositions,
    peakFlops: peak * gpus,
    peakBytesPerSecond: gpu.memoryBytesPerSecond * gpus,
    swapSecondsPerBlock: blockBytes / (gpu.pcieBytesPerSecond * gpus),
    swapBlocks: blockBytes > 0 ? Math.floor(swapBytes / blockBytes) : 0,
  };
}
