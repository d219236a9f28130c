import { methodFacts } from "../execution/speculation/methods/methods.ts";
import {
  DEFAULT_VLLM,
  VLLM_VERSIONS,
  vllmStepSizes,
} from "../scheduling/batching/vllm_versions.ts";
import type { Gpu } from "../hardware/gpu.ts";
import { deploymentGpu, mayBeOwnGpu } from "./choose_gpu.ts";
import type { Configuration } from "./configuration.ts";

/** How an instance forms its steps, as the settings and the version of the engine say together. */
export interface EngineSettings {
  /** Most sequences that run at once. */
  readonly maxSequences: number;
  /** Token budget of one step. */
  readonly maxTokensPerStep: number;
  /** Whether each step is formed while the one before runs. */
  readonly asyncScheduling: boolean;
  /** Whether `vllm` admits a request only when its whole prompt has room. */
  readonly reservesWholePrompt: boolean;
}

/** Step sizes of the batching strategies that are no version of vLLM's. */
const OTHER_STEP_SIZES = { maxSequences: 256, maxTokensPerStep: 8192 };

/** What settings of an engine are read from. */
type EngineConfiguration = Pick<
  Configuration,
  "scheduler" | "speculative" | "cluster" | "execution" | "parallelization"
>;

/**
 * What holds for a configuration's engine: a setting that is given, else what the version of
 * `scheduler.engine` does on the GPU of the deployment.
 *
 * @param gpu The GPU, where it is at hand; absent: the catalogue's. One that only a profile describes has
 * the smaller sizes until that file is read.
 * @throws {ConfigError} If the GPU is unknown.
 */
export function engineSettings(config: EngineConfiguration, gpu?: Gpu): EngineSettings {
  const { scheduler, speculative, parallelization } = config;
  const isVllm = scheduler.type === "vllm";
  const version = VLLM_VERSIONS.find(({ name }) => name === scheduler.engine) ?? DEFAULT_VLLM;
  const isPiped = parallelization.pipeline_parallel_size > 1;
  const sizes = isVllm ? vllmStepSizes(gpu ?? gpuOf(config)) : OTHER_STEP_SIZES;
  const maxTokensPerStep = scheduler.max_num_batched_tokens ?? sizes.maxTokensPerStep;
  return {
    maxSequences: scheduler.max_num_seqs ?? Math.min(sizes.maxSequences, maxTokensPerStep),
    maxTokensPerStep,
    asyncScheduling: scheduler.async_scheduling ??
      (isVllm && methodFacts(speculative.method)?.needsTokensOnHost !== true &&
        (isPiped ? version.asyncPipelines : version.asyncScheduling)),
    reservesWholePrompt: scheduler.scheduler_reserve_full_isl ?? version.reservesWholePrompt,
  };
}

function gpuOf(config: EngineConfiguration): Pick<Gpu, "name" | "memoryBytes"> {
  return mayBeOwnGpu(config)
    ? { name: config.cluster.gpu_type, memoryBytes: 0 }
    : deploymentGpu(config);
}
