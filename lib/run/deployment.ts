import { kvCapacity } from "../execution/kv_capacity.ts";
import { stepWork } from "../execution/step_work.ts";
import type { ExecutionTimeModel, StepWork } from "../execution/execution_time_model.ts";
import { type Gpu, nodeNamed, type NodeType } from "../hardware/mod.ts";
import {
  modelShape as catalogueShape,
  transformerFromHfConfig,
  transformerFromSimfaasinfer,
  weightBytes,
} from "../models/mod.ts";
import type { TransformerShape } from "../models/transformer.ts";
import { parseInput } from "../std/input_error.ts";
import { parseJson } from "../std/json.ts";
import { deploymentGpu } from "../config/choose_gpu.ts";
import { ConfigError } from "../config/config_error.ts";
import type { Configuration } from "../config/configuration.ts";
import { BYTES_PER_ELEMENT } from "./dtypes.ts";
import { buildExecution } from "./execution.ts";
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

/** The shape: a config.json before a shape in the configuration before the catalogue. */
function modelShape(
  model: Configuration["model"],
  files: ReadonlyMap<string, string> | undefined,
): TransformerShape {
  if (model.hf_config !== null) {
    const text = files?.get(model.hf_config);
    if (text === undefined) {
      throw new ConfigError([
        `Cannot use "model.hf_config" without the text of that file: current value is ` +
        `"${model.hf_config}" (allowed: one of the files handed in)`,
      ]);
    }
    const source = { file: model.hf_config, what: "a model's config.json" };
    return parseInput(source, text, () => transformerFromHfConfig(parseJson(text), model.name));
  }
  return model.num_layers !== null
    ? transformerFromSimfaasinfer(model)
    : catalogueShape(model.name);
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
  const shape = modelShape(model, files);
  const gpu = deploymentGpu(config);
  const network = stageNetwork(config, gpu, nodes);
  const tensorParallel = parallelization.tensor_parallel_size;
  const pipelineParallel = parallelization.pipeline_parallel_size;
  const gpus = tensorParallel * pipelineParallel;
  const weightDtype = model.weight_dtype ?? model.dtype;
  const kvDtype = memory.kv_cache_dtype === "auto" ? model.dtype : memory.kv_cache_dtype;
  const weightBytesPerElement = BYTES_PER_ELEMENT[weightDtype];
  const kvBytesPerElement = BYTES_PER_ELEMENT[kvDtype];
  const capacity = kvCapacity({
    shape,
    gpu,
    tensorParallel,
    pipelineParallel,
    weightBytesPerElement,
    kvBytesPerElement,
    utilization: memory.gpu_memory_utilization,
    reserveBytes: memory.reserved_memory_gb * 1e9,
    blockTokens: memory.block_size,
    ...(memory.windowed_sequence_tokens !== null && {
      windowedSequenceTokens: memory.windowed_sequence_tokens,
    }),
  });
  const work = stepWork(shape, { weightBytesPerElement, kvBytesPerElement });
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
    weightBytes: weightBytes(shape, weightBytesPerElement),
    execution: await buildExecution(config, {
      shape,
      gpu,
      weightBytesPerElement,
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
    swapBlocks: Math.floor(swapBytes / blockBytes),
  };
}
