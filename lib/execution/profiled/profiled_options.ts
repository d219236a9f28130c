import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import type { TransformerShape } from "../../models/transformer.ts";
import type { AllToAllMode } from "../all_to_all.ts";
import type { StageNetwork } from "../stage_copies.ts";
import type { GpuLinkTimes } from "../gpu_link.ts";
import type { ExpertRouting } from "./expert_times.ts";
import type { OperatorProfile, ProfileDtype } from "./operator_profile.ts";

/** What to compose from a profile. */
export interface ProfiledOptions {
  /** Measured operator times of the GPU. */
  readonly profile: OperatorProfile;
  /** Shape of the model. */
  readonly shape: TransformerShape;
  /** GPUs that share each layer; default 1. */
  readonly tensorParallel?: number;
  /** Stages of layers; default 1. A step passes them one after the other. */
  readonly pipelineParallel?: number;
  /** The network between its stages where they are on several machines; absent: they are on one. */
  readonly stageNetwork?: StageNetwork;
  /** GPUs that share the experts, a divisor of tensorParallel; default 1: experts split by width. */
  readonly expertParallel?: number;
  /**
   * Attention ranks with requests of their own, a divisor of tensorParallel; default 1. Above 1 whole
   * experts are spread over all GPUs of one machine.
   */
  readonly dataParallelAttention?: number;
  /** How attention ranks exchange tokens; default "auto". */
  readonly allToAll?: AllToAllMode;
  /** All-reduces of up to so many bytes include the norm after them. Default 0: none. */
  readonly fusedNormBytes?: number;
  /** Format of the weights of linear layers and experts; default bf16. The LM head stays bf16. */
  readonly weightDtype?: ProfileDtype;
  /** Experts' weights have a scale per block, as in DeepSeek's and Qwen's fp8; default false. */
  readonly hasBlockScales?: boolean;
  /** The link between its GPUs; absent: as measured, else by the GPU. */
  readonly gpuLink?: GpuLinkTimes;
  /** Kernel of decode attention; default: the one that the profile names, else vLLM's. */
  readonly attentionKernel?: AttentionKernelName;
  /** Format of the KV entries; default bf16. */
  readonly kvDtype?: ProfileDtype;
  /**
   * How unevenly tokens choose experts, 0..1: the busiest of the expert-parallel ranks has
   * 1 + skew x (expertParallel - 1) times its even share of the rows; default 0. See
   * {@link busiestRankLoad}.
   */
  readonly expertSkew?: number;
  /** Measured spread of tokens over the experts of a rank; default balanced. */
  readonly routing?: ExpertRouting;
  /** How tokens are chosen from logits; absent: as the profile measured it, else at no cost. */
  readonly sampling?: "greedy" | "random" | "top-k" | "top-p";
  /** The GPU is held at its power limit: products of many rows take longer; default false. */
  readonly isPowerLimited?: boolean;
  /** Largest step with a graph, tokens: up to it the next size that has one is computed; default 0: none has. */
  readonly mostCaptured?: number;
  /** Tokens per step that are tabulated one by one, default 8192; more are extrapolated. */
  readonly maxTokensPerStep?: number;
  /** Sequences per step that are tabulated one by one, default 1024. */
  readonly maxSequences?: number;
  /** Places at which a step samples that are tabulated one by one, default as many as sequences. */
  readonly maxSamples?: number;
}
