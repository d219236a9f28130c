/** How an engine finds out, before it lays out its KV cache, what else it needs of a GPU's memory. */
export interface MemoryProfile {
  /**
   * Bytes of each logit of the rows that are sampled at once. `sort`: 16 and 32 bits of the logit, the
   * sorted value and its place (4 + 8), the places to sort (8) and the sort's second buffers (4 + 8).
   * `kernel`: 16 and 32 bits, the probability and a random number (4 + 4).
   */
  readonly bytesPerLogit: number;
  /** Rows of 32-bit numbers, as wide as the vocabulary, that the sampler works in. */
  readonly workRows: number;
  /** Whether buffers of mixtures of experts stay allocated, so that they add to the sampler's. */
  readonly keepsExpertBuffers: boolean;
  /** What is allocated outside of PyTorch while it measures, on a GPU of its own, bytes. */
  readonly otherBytes: number;
  /** The same on each of several tensor ranks: communicators and their buffers. */
  readonly otherBytesOfSeveral: number;
  /** The engine's share is that of the memory which is free before it loads, and nothing is measured. */
  readonly isOfFreeMemory?: boolean;
}

const GIB = 2 ** 30;

/** Logits are sorted to find the likeliest. */
const SORT = { bytesPerLogit: 38, workRows: 0 };
/** A kernel finds the likeliest, with a row of work space on each multiprocessor (108 to 148 of them). */
const KERNEL = { bytesPerLogit: 14, workRows: 132 };

/** CUDA's context. @source worker snapshots of vLLM 0.19 on an H100 */
const CONTEXT_BYTES = 0.51 * GIB;
/**
 * Communicators of NCCL of the world, the tensor and the expert group.
 *
 * @source the same: 2.01 GiB with Mixtral on two GPUs, 2.07 with Llama 4 on four, less the context
 */
const COMMUNICATOR_BYTES = 1.53 * GIB;

/**
 * Engines by the first version that measures so.
 *
 * @source vLLM's code: vllm/v1/worker/gpu_model_runner.py (`profile_run` and `_dummy_sampler_run`:
 * max_num_batched_tokens tokens and max_num_seqs sampled rows), vllm/v1/sample/ops/topk_topp_sampler.py,
 * vllm/v1/worker/gpu_worker.py; the sort's buffers: PyTorch, aten/src/ATen/native/cuda/Sort.cu. The kernel
 * came with pull request 33538 (0.17). Memory outside of PyTorch: start-up lines "non-torch forward
 * increase memory" on H100, 0.13 GiB in 0.15 to 0.17 and 0.25 in 0.18 and 0.19 on one GPU, 0.55 to 0.6 and
 * 2.07 to 2.21 on each of several; up to 0.11 the communicators are counted too, which are there before
 * the measurement from 0.12 on. SGLang: model_runner.py, `profile_max_num_token`.
 */
const PROFILES: readonly (MemoryProfile & { readonly from: string })[] = [
  {
    from: "vllm@0.9",
    ...SORT,
    keepsExpertBuffers: false,
    otherBytes: 0.13 * GIB,
    otherBytesOfSeveral: COMMUNICATOR_BYTES + 0.6 * GIB,
  },
  {
    from: "vllm@0.12",
    ...SORT,
    keepsExpertBuffers: false,
    otherBytes: 0.13 * GIB,
    otherBytesOfSeveral: 0.6 * GIB,
  },
  {
    from: "vllm@0.17",
    ...KERNEL,
    keepsExpertBuffers: true,
    otherBytes: 0.13 * GIB,
    otherBytesOfSeveral: 0.6 * GIB,
  },
  {
    from: "vllm@0.18",
    ...KERNEL,
    keepsExpertBuffers: true,
    otherBytes: 0.25 * GIB,
    otherBytesOfSeveral: 2.1 * GIB,
  },
  {
    from: "sglang",
    bytesPerLogit: 0,
    workRows: 0,
    keepsExpertBuffers: false,
    otherBytes: CONTEXT_BYTES,
    otherBytesOfSeveral: CONTEXT_BYTES + COMMUNICATOR_BYTES,
    isOfFreeMemory: true,
  },
];

/** Minor version of "vllm@0.15"; NaN for other names. */
const minorOf = (name: string) => Number(/^vllm@0\.(\d+)$/.exec(name)?.[1]);

/**
 * How an engine measures its memory.
 *
 * @param engine "vllm@0.9" and later, or "sglang".
 * @throws {RangeError} If the engine is not known.
 */
export function memoryProfile(engine: string): MemoryProfile {
  const found = PROFILES.findLast(({ from }) =>
    from === engine || minorOf(from) <= minorOf(engine)
  );
  if (found !== undefined) return found;
  throw new RangeError(
    `Cannot work out the memory of an engine as one of "vllm@0.9" and later or "sglang": current value ` +
      `is "${engine}"`,
  );
}
