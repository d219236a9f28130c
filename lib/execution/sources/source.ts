import type { Policy } from "../../settings/policy.ts";
import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import type { TransformerShape } from "../../models/transformer.ts";
import type { PartFormats } from "../../models/weight_format.ts";
import type { AllToAllMode, ExpertNetwork } from "../all_to_all.ts";
import type { SamplingMethod } from "../../hardware/sampling.ts";
import type { HostSeconds } from "../host_bound.ts";
import type { ExecutionTimeModel } from "../execution_time_model.ts";
import type { GpuLinkTimes } from "../gpu_link.ts";
import type { SimfaasinferProfiling } from "../simfaasinfer_time.ts";
import type { StageNetwork } from "../stage_copies.ts";

/** What a source of execution times is told beyond its settings: one instance. */
export interface ExecutionNeeds {
  /** Layers of the model. */
  readonly shape: TransformerShape;
  /** The GPU, of which there are `tensorParallel` x `pipelineParallel`. */
  readonly gpu: Gpu;
  /** Formats of the weights by part of the layers. */
  readonly weights: PartFormats;
  /** Bytes of a number in the KV cache. */
  readonly kvBytesPerElement: number;
  /** Where its pipeline stages are on several machines. */
  readonly stageNetwork?: StageNetwork;
  /** GPUs that share each layer. */
  readonly tensorParallel: number;
  /** Stages of consecutive layers. */
  readonly pipelineParallel: number;
  /** Groups of GPUs that share the experts. */
  readonly expertParallel: number;
  /** Attention ranks with requests of their own; 1: none. */
  readonly dataParallelAttention?: number;
  /** How attention ranks exchange tokens. */
  readonly allToAll?: AllToAllMode;
  /** All-reduces of up to so many bytes include the norm after them. Default 0: none. */
  readonly fusedNormBytes?: number;
  /** Where its experts are on several machines. */
  readonly expertNetwork?: ExpertNetwork;
  /** How unevenly tokens choose experts, 0 to 1. */
  readonly expertSkew: number;
  /** The link between its GPUs; absent: as measured, else by the GPU. */
  readonly gpuLink?: GpuLinkTimes;
  /** Kernel of decode attention; absent: the profile's, else the one that vLLM takes on the GPU. */
  readonly attentionKernel?: AttentionKernelName;
  /** How tokens are chosen from logits; absent: the source's own way. */
  readonly sampling?: SamplingMethod;
  /** The GPU is held at its power limit; absent: it is not. */
  readonly isPowerLimited?: boolean;
  /** Largest step with a graph, tokens; absent: none has. */
  readonly mostCaptured?: number;
  /** Seconds of the host for its steps; absent: it is never waited for. */
  readonly host?: HostSeconds;
  /** Overheads that somebody stated, seconds; null: the source's own. */
  readonly overheads: {
    readonly stepSeconds: number | null;
    readonly sequenceSeconds: number | null;
    readonly collectiveSeconds: number | null;
  };
  /** Coefficients in SimFaaSInfer's files. */
  readonly profiling: SimfaasinferProfiling;
  /**
   * Times from measured tables, with the stated overheads, or else the fitted ones under `calibrated`.
   * Megabytes, which are read when this is called.
   */
  fromProfile(): Promise<ExecutionTimeModel>;
}

/** A source of execution times as its table has it. */
export interface ExecutionEntry<Name extends string, Options = Record<never, never>>
  extends Policy<Name, Options, ExecutionNeeds, ExecutionTimeModel | Promise<ExecutionTimeModel>> {
  /** Whether times are those of the model on the GPUs; otherwise overheads and experts say nothing. */
  readonly readsMachine?: boolean;
  /** Whether times are read from a profile, which a configuration may name. */
  readonly readsProfile?: boolean;
}

const reason = "plain numbers know no GPU";

/** Laws that times break on purpose which are told of no GPU. */
export const BLIND_LAWS: readonly { readonly law: string; readonly reason: string }[] = [
  { law: "roofline", reason },
  { law: "speed-up", reason },
  { law: "memory-bound decode", reason },
];
