import { methodFacts } from "../execution/speculation/methods/methods.ts";
import { engineOfStrategy, engineVersion } from "../scheduling/batching/engine_versions.ts";
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

/** Step sizes of the batching strategies that are no engine's own. */
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
  const named = engineVersion(scheduler.engine)!;
  // A strategy of no engine's own has a version's name, but nothing of it.
  const version = engineOfStrategy(scheduler.type) === undefined ? undefined : named;
  const isPiped = parallelization.pipeline_parallel_size > 1;
  const sizes = version?.stepSizes(gpu ?? gpuOf(config)) ?? OTHER_STEP_SIZES;
  const maxTokensPerStep = scheduler.max_num_batched_tokens ?? sizes.maxTokensPerStep;
  return {
    maxSequences: scheduler.max_num_seqs ?? Math.min(sizes.maxSequences, maxTokensPerStep),
    maxTokensPerStep,
    asyncScheduling: scheduler.async_scheduling ??
      (version !== undefined && methodFacts(speculative.method)?.needsTokensOnHost !== true &&
        (isPiped ? version.asyncPipelines : version.asyncScheduling)),
    reservesWholePrompt: scheduler.scheduler_reserve_full_isl ?? named.reservesWholePrompt,
  };
}

function gpuOf(config: EngineConfiguration): Pick<Gpu, "name" | "memoryBytes"> {
  return mayBeOwnGpu(config)
    ? { name: config.cluster.gpu_type, memoryBytes: 0 }
    : deploymentGpu(config);
}
