import type { BatchingName } from "./strategies.ts";
import { DEFAULT_VLLM, VLLM_VERSIONS, vllmStepSizes } from "./vllm_versions.ts";

/** What the defaults of a step's size depend on. */
export interface StepSizeGpu {
  /** Name in the catalogue, such as "A100-80GB". */
  readonly name: string;
  /** Memory of one GPU, bytes. */
  readonly memoryBytes: number;
}

/** Most sequences that run at once, and the token budget of a step. */
export interface StepSizes {
  readonly maxSequences: number;
  readonly maxTokensPerStep: number;
}

/** What a version of an engine does where nobody says otherwise. */
export interface EngineVersion {
  /** Such as "sglang@0.5.9". */
  readonly name: string;
  /** How it forms its steps. */
  readonly strategy: BatchingName;
  /** Whether each step is formed while the one before runs, in an engine of one pipeline stage. */
  readonly asyncScheduling: boolean;
  /** The same in an engine of several pipeline stages. */
  readonly asyncPipelines: boolean;
  /** Whether vLLM admits a request only when its whole prompt has room. */
  readonly reservesWholePrompt: boolean;
  /** Tokens of one KV block. */
  readonly blockTokens: number;
  /** Sizes of its steps on a GPU. */
  readonly stepSizes: (gpu: StepSizeGpu) => StepSizes;
}

const GIB = 2 ** 30;

/**
 * SGLang's chunk of prompts by the memory of a GPU: 2048 tokens below 35 GiB, 4096 below 60, 8192 below
 * 160, 16384 beyond. As many sequences run as its pool of requests has places, 2048 at least.
 */
function sglangStepSizes({ memoryBytes }: StepSizeGpu): StepSizes {
  const maxTokensPerStep = memoryBytes < 35 * GIB
    ? 2048
    : memoryBytes < 60 * GIB
    ? 4096
    : memoryBytes < 160 * GIB
    ? 8192
    : 16_384;
  return { maxSequences: 2048, maxTokensPerStep };
}

/**
 * SGLang 0.5.9: overlapping schedule on by default, off over pipeline stages; pages of one token.
 *
 * @source SGLang 0.5.9, python/sglang/srt/server_args.py (defaults by GPU memory, page_size,
 * disable_overlap_schedule) and model_runner.py (places for 2048 to 4096 requests)
 */
const SGLANG: EngineVersion = {
  name: "sglang@0.5.9",
  strategy: "sglang",
  asyncScheduling: true,
  asyncPipelines: false,
  reservesWholePrompt: true,
  blockTokens: 1,
  stepSizes: sglangStepSizes,
};

/**
 * TensorRT-LLM 1.0 on its PyTorch backend: overlap scheduler on by default, off over pipeline stages;
 * blocks of 32 tokens; 2048 requests and 8192 tokens in a step.
 *
 * @source TensorRT-LLM 1.0, tensorrt_llm/llmapi/llm_args.py (max_batch_size, max_num_tokens,
 * tokens_per_block, disable_overlap_scheduler, enable_chunked_prefill, SchedulerConfig)
 */
const TRT_LLM: EngineVersion = {
  name: "trt-llm@1.0",
  strategy: "trt-llm",
  asyncScheduling: true,
  asyncPipelines: false,
  reservesWholePrompt: true,
  blockTokens: 32,
  stepSizes: () => ({ maxSequences: 2048, maxTokensPerStep: 8192 }),
};

/** The known versions of engines: those of vLLM, oldest first, then the others. */
export const ENGINE_VERSIONS: readonly EngineVersion[] = [
  ...VLLM_VERSIONS.map((version): EngineVersion => ({
    ...version,
    strategy: "vllm",
    blockTokens: 16,
    stepSizes: vllmStepSizes,
  })),
  SGLANG,
  TRT_LLM,
];

/** Other names of versions, and what they stand for: an engine without a version is the newest known. */
export const ENGINE_ALIASES: Readonly<Record<string, string>> = {
  "vllm": DEFAULT_VLLM.name,
  "sglang": SGLANG.name,
  "sglang@0.5": SGLANG.name,
  "trt-llm": TRT_LLM.name,
  "tensorrt-llm": TRT_LLM.name,
  "trt-llm@1.0.0": TRT_LLM.name,
};

/** Batching strategies that are an engine's own. */
export const ENGINE_STRATEGIES: readonly BatchingName[] = [
  ...new Set(ENGINE_VERSIONS.map(({ strategy }) => strategy)),
];

/** The version of a name; undefined for none. */
export function engineVersion(name: string): EngineVersion | undefined {
  const own = Object.hasOwn(ENGINE_ALIASES, name) ? ENGINE_ALIASES[name] : name;
  return ENGINE_VERSIONS.find((version) => version.name === own);
}

/** The newest known version of the engine that a strategy is of; undefined where it is of none. */
export function engineOfStrategy(strategy: string): EngineVersion | undefined {
  return ENGINE_VERSIONS.findLast((version) => version.strategy === strategy);
}
