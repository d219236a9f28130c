import { withDraft } from "../execution/speculation/mod.ts";
import { stepWork } from "../execution/step_work.ts";
import type { ExecutionTimeModel, StepWork } from "../execution/execution_time_model.ts";
import { type Gpu, type NodeType, nodeWith } from "../hardware/mod.ts";
import type { TransformerShape } from "../models/transformer.ts";
import type { Configuration } from "../config/configuration.ts";
import type { ConfiguredDraft } from "./draft.ts";
import { settleSource } from "./auto_source.ts";
import { underPowerLimit } from "./energy.ts";
import { buildExecution } from "./execution.ts";
import type { ExecutionFacts } from "./execution_facts.ts";
import { assumedGpuLink, buildGpuLink } from "./gpu_link.ts";
import { buildOverheads } from "./overheads.ts";
import { tierBytes } from "./kv_tiers.ts";
import { type InstanceSize, instanceSize, kvCacheLine } from "./instance_size.ts";
import type { BuiltNode } from "./nodes.ts";
import { speculationNotices } from "./speculation.ts";
import { expertNetwork, stageNetwork } from "./stage_network.ts";

/** A model on its GPUs: what one instance is, in numbers. */
export interface Deployment {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  /** Machine that an instance runs on where none is listed. */
  readonly node: NodeType;
  /** GPUs of one instance. */
  readonly gpus: number;
  /** GPUs of one of its pipeline stages. */
  readonly stageGpus: number;
  /** Host memory of one instance, bytes. */
  readonly hostBytes: number;
  readonly weightBytes: number;
  /** Bytes of a number in the KV cache. */
  readonly kvBytesPerElement: number;
  /** Names the format of the weights among others of the same model. */
  readonly weightFormat: string;
  /** Most sequences at once: as configured, or as many as have a state. */
  readonly maxSequences: number;
  /** What the KV cache of an instance holds, in words. */
  readonly kvCacheLine: string;
  /** What was assumed or read from the model's file, a sentence each. */
  readonly notices: readonly string[];
  readonly execution: ExecutionTimeModel;
  /** Seconds between a client and the engine, per request. */
  readonly requestSeconds: number;
  /** What an instance drafts with; absent: it does not speculate. */
  readonly draft?: ConfiguredDraft;
  readonly work: StepWork;
  /** KV blocks of one instance, their groups of layers, and shares of its GPU memory. */
  readonly kv: InstanceSize["kv"];
  /** Longest prompt and output together, tokens. */
  readonly maxModelTokens: number;
  /** Dense peaks of one instance, FLOP/s and bytes/s. */
  readonly peakFlops: number;
  readonly peakBytesPerSecond: number;
  /** Seconds to move one KV block between GPU and host memory, and host blocks per instance. */
  readonly swapSecondsPerBlock: number;
  readonly swapBlocks: number;
}

/**
 * Works out what one instance is.
 *
 * @param nodes The machines; empty: of any size.
 * @param files Texts of the files that `model.hf_config` and `execution.profile` name.
 * @param isOneOfSeveral See {@link instanceSize}.
 * @throws {RangeError} If the model or GPU is unknown, or the model does not fit.
 * @throws {ConfigError} If the text of a file is missing.
 */
export async function buildDeployment(
  config: Configuration,
  nodes: readonly BuiltNode[],
  files?: ReadonlyMap<string, string>,
  isOneOfSeveral = false,
): Promise<Deployment> {
  const { model, scheduler, parallelization, memory, execution } = config;
  const profileText = execution.profile === null ? undefined : files?.get(execution.profile);
  const size = instanceSize(config, files, isOneOfSeveral);
  const { gpu, gpus, draft } = size;
  const { shape, weights, weightBytesPerElement, kvBytesPerElement } = size.model;
  const network = stageNetwork(config, gpu, nodes);
  const betweenExperts = expertNetwork(config, gpu, nodes);
  const link = buildGpuLink(config, gpu, nodes, files);
  const work = stepWork(shape, {
    weightBytesPerElement,
    kvBytesPerElement,
    ...(weights && { weights }),
  });
  const swapBytes = memory.swap_space_gb * 1e9 * gpus;
  const blockBytes = work.kvBytesPerToken * memory.block_size;
  const machine: ExecutionFacts = {
    shape,
    gpu,
    weights: size.model.parts,
    kvBytesPerElement,
    ...(network && { stageNetwork: network }),
    ...(betweenExperts && { expertNetwork: betweenExperts }),
    ...(link && { gpuLink: link }),
    ...(profileText !== undefined && { profileText }),
  };
  const settled = await settleSource(config, machine);
  const built = await buildExecution(settled.config, machine);
  const overheads = buildOverheads(settled.config, gpu.generation);
  const { bf16, fp8 = bf16 } = gpu.flopsPerSecond;
  const peak = model.dtype === "fp8" ? fp8 : bf16;
  const facts = { shape, gpu, gpus, peakFlops: peak * gpus };
  const timed = underPowerLimit(config, { ...facts, work }, built);
  return {
    ...facts,
    node: nodeWith(gpu),
    stageGpus: parallelization.tensor_parallel_size,
    hostBytes: tierBytes(config, "host") +
      (memory.host_memory ?? (scheduler.preemption_mode === "swap" ? swapBytes : 0)),
    kvBytesPerElement,
    weightBytes: size.weightBytes + (draft?.weightBytes ?? 0),
    weightFormat: draft?.modelName === undefined
      ? size.model.weightFormat
      : `${size.model.weightFormat} with ${draft.modelName}`,
    maxSequences: size.maxSequences,
    kvCacheLine: kvCacheLine(size),
    notices: [
      ...size.notices,
      ...assumedGpuLink(config, gpu),
      ...(settled.notice === undefined ? [] : [settled.notice]),
      ...(built.notices ?? []),
      ...overheads.notices,
      ...(draft === undefined ? [] : speculationNotices(config, draft, gpu)),
    ],
    requestSeconds: overheads.requestSeconds,
    execution: draft === undefined ? timed : withDraft(timed, draft.time),
    ...(draft && { draft }),
    work,
    kv: size.kv,
    maxModelTokens: size.maxModelTokens,
    peakBytesPerSecond: gpu.memoryBytesPerSecond * gpus,
    swapSecondsPerBlock: blockBytes / (gpu.pcieBytesPerSecond * gpus),
    swapBlocks: blockBytes > 0 ? Math.floor(swapBytes / blockBytes) : 0,
  };
}
