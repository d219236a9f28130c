/** The known versions of vLLM, oldest first. */
const NAMES = [
  "vllm@0.9",
  "vllm@0.10",
  "vllm@0.11",
  "vllm@0.12",
  "vllm@0.13",
  "vllm@0.14",
  "vllm@0.15",
  "vllm@0.16",
  "vllm@0.17",
  "vllm@0.18",
  "vllm@0.19",
] as const;

/** Name of a known version of vLLM. */
export type VllmVersionName = typeof NAMES[number];

/** What a version of vLLM does where nobody says otherwise. */
export interface VllmVersion {
  /** Such as "vllm@0.19". */
  readonly name: VllmVersionName;
  /** Whether each step is formed while the one before runs, in an engine of one pipeline stage. */
  readonly asyncScheduling: boolean;
  /** The same in an engine of several pipeline stages. */
  readonly asyncPipelines: boolean;
  /** Whether a request is admitted only when its whole prompt has room. */
  readonly reservesWholePrompt: boolean;
}

/** What the defaults of a step's size depend on. */
export interface DefaultsGpu {
  /** Name in the catalogue, such as "A100-80GB". */
  readonly name: string;
  /** Memory of one GPU, bytes. */
  readonly memoryBytes: number;
}

/** Whether a version is one of a first one's and those after it. */
const isFrom = (first: VllmVersionName, name: VllmVersionName) =>
  NAMES.indexOf(name) >= NAMES.indexOf(first);

/** Whether a version is older than another. */
export function isBefore(name: VllmVersionName, other: VllmVersionName): boolean {
  return !isFrom(other, name);
}

/** vLLM calls GPUs large from this memory on, bytes. */
const LARGE_GPU_BYTES = 70 * 2 ** 30;

/**
 * The known versions of vLLM, oldest first. All have the V1 scheduler and the same step sizes.
 *
 * @source vLLM's release notes: asynchronous scheduling by default in 0.14 (pull request 27614), with
 * pipeline parallelism after 32359, which 0.14 has not,
 * admission by the whole prompt in 0.19 (37307); the steps of 0.19 are those of its own code
 * (docs/fidelity.md)
 */
export const VLLM_VERSIONS: readonly VllmVersion[] = NAMES.map((name) => ({
  name,
  asyncScheduling: isFrom("vllm@0.14", name),
  asyncPipelines: isFrom("vllm@0.15", name),
  reservesWholePrompt: isFrom("vllm@0.19", name),
}));

/** The version that holds where none is named: the one whose steps are compared with its own code. */
export const DEFAULT_VLLM: VllmVersion = VLLM_VERSIONS[VLLM_VERSIONS.length - 1];

/**
 * Most sequences and tokens of a step of vLLM's API server, by GPU: the larger ones from 70 GiB of
 * memory on, but for the A100, whose throughput they would lower.
 *
 * @source vLLM 0.9 to 0.19, vllm/engine/arg_utils.py (defaults of the API server), pull request 17885
 */
export function vllmStepSizes(
  { name, memoryBytes }: DefaultsGpu,
): { readonly maxSequences: number; readonly maxTokensPerStep: number } {
  const isLarge = memoryBytes >= LARGE_GPU_BYTES && !/a100/i.test(name);
  return isLarge
    ? { maxSequences: 1024, maxTokensPerStep: 8192 }
    : { maxSequences: 256, maxTokensPerStep: 2048 };
}
