import type { GpuEfficiency } from "../../hardware/efficiency.ts";
import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import type { SamplingMethod } from "../../hardware/sampling.ts";
import type { TransformerShape } from "../../models/transformer.ts";
import type { PartFormats } from "../../models/weight_format.ts";
import type { GpuLinkTimes } from "../gpu_link.ts";
import type { AllToAllMode, ExpertNetwork } from "../all_to_all.ts";
import type { StageNetwork } from "../stage_copies.ts";

/** A model on the GPUs of one instance. */
export interface AnalyticalOptions {
  /** The model. */
  readonly shape: TransformerShape;
  /** Each of its GPUs. */
  readonly gpu: Gpu;
  /** GPUs that share each layer, >= 1; default 1. */
  readonly tensorParallel?: number;
  /** Stages of consecutive layers, >= 1; default 1. */
  readonly pipelineParallel?: number;
  /** The network between its stages where they are on several machines; absent: they are on one. */
  readonly stageNetwork?: StageNetwork;
  /** Groups of GPUs among which whole experts are spread, a divisor of tensorParallel; default 1. */
  readonly expertParallel?: number;
  /**
   * Attention ranks with requests of their own, a divisor of tensorParallel; default 1. Above 1 whole
   * experts are spread over all GPUs, whose ranks exchange tokens by all-to-all.
   */
  readonly dataParallelAttention?: number;
  /** How attention ranks exchange tokens; default "auto". */
  readonly allToAll?: AllToAllMode;
  /** The network between machines that share the experts; absent: they are on one. */
  readonly expertNetwork?: ExpertNetwork;
  /**
   * How unevenly tokens choose experts, 0..1: the busiest of the expert-parallel ranks has
   * 1 + skew x (expertParallel - 1) times its even share of the rows; default 0. See
   * {@link busiestRankLoad}.
   */
  readonly expertSkew?: number;
  /**
   * Bytes of a weight of the linear layers, > 0; default 2. 1 is fp8 where the GPU multiplies fp8.
   * Embedding and head stay at 16 bits.
   */
  readonly weightBytesPerElement?: number;
  /** Formats of a quantised checkpoint by part of the layers, in place of `weightBytesPerElement`. */
  readonly weights?: PartFormats;
  /** Bytes of an element of the KV cache, > 0; default 2. */
  readonly kvBytesPerElement?: number;
  /**
   * Time of each step outside the GPU, seconds, >= 0; default 0 (assumed: hidden by asynchronous
   * scheduling). Measured steps of vLLM 0.15.1 on H100, A100 and L40S are up to some 14 % longer than
   * without it, most with many sequences or GPUs.
   */
  readonly stepOverheadSeconds?: number;
  /** Time per decode or chunk of a step outside the GPU, seconds, >= 0; default 0. */
  readonly sequenceOverheadSeconds?: number;
  /** Time of each collective beyond its transfer, seconds, >= 0; default 0. */
  readonly collectiveOverheadSeconds?: number;
  /** Kernels' efficiency where it differs from that of the GPU's generation. */
  readonly efficiency?: Partial<GpuEfficiency>;
  /** The link between its GPUs; absent: by the GPU. */
  readonly gpuLink?: GpuLinkTimes;
  /** All-reduces of up to so many bytes include the norm after them. Default 0: none. */
  readonly fusedNormBytes?: number;
  /** Kernel of decode attention; default: the one that vLLM takes on the GPU. */
  readonly attentionKernel?: AttentionKernelName;
  /** How tokens are chosen from logits; absent: their 32-bit form is read once. */
  readonly sampling?: SamplingMethod;
  /** The GPU is held at its power limit: products of many rows take longer; default false. */
  readonly isPowerLimited?: boolean;
  /** Largest step with a graph, tokens: up to it the next size that has one is computed; default 0: none has. */
  readonly mostCaptured?: number;
  /** Tokens of a step that are tabulated, default 16384; more follow the last slope. */
  readonly maxTokensPerStep?: number;
}
