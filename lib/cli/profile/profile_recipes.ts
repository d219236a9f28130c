import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import type { GpuPeaks, MixedBatch } from "../../execution/profiled/operator_profile.ts";

/** How one file of data/profiles is derived from a public data set. */
export interface ProfileRecipe {
  /** Name of the file without ending. */
  readonly name: string;
  readonly gpu: string;
  readonly format: "aiconfigurator" | "llmservingsim" | "aiconfigurator-ops" | "h200-measured";
  /** Folder inside the data set. */
  readonly folder: string;
  /** Framework and version whose kernels were timed. */
  readonly framework: string;
  /** Versions in paths of an aiconfigurator data set. */
  readonly nccl?: string;
  readonly peaks: GpuPeaks;
  readonly mixedBatch?: MixedBatch;
  /** Kernel of decode attention that was timed: the framework's default on the GPU. */
  readonly attentionKernel?: AttentionKernelName;
  /** Catalogue names of the models of an LLMServingSim data set, by folder. */
  readonly models?: Readonly<Record<string, string>>;
}

/** Peaks of a GPU from its data sheet: dense TFLOP/s, GB/s. */
function peaks(
  bf16Teraflops: number,
  fp8Teraflops: number,
  memoryGigabytes: number,
  linkGigabytes: number,
  linkMicroseconds: number,
): GpuPeaks {
  return {
    bf16FlopsPerSecond: bf16Teraflops * 1e12,
    fp8FlopsPerSecond: fp8Teraflops * 1e12,
    memoryBytesPerSecond: memoryGigabytes * 1e9,
    linkBytesPerSecond: linkGigabytes * 1e9,
    linkLatencySeconds: linkMicroseconds / 1e6,
  };
}

const aiconfigurator = "aiconfigurator" as const;
const llmservingsim = "llmservingsim" as const;

/**
 * FlashAttention 2 with paged KV runs mixed batches in its split-KV kernel, 64 query rows a tile, and
 * packs the heads of a group only if no sequence has more than one query. On the measured mixed batches
 * of RTX 4090 and RTX PRO 6000 this predicts what a decode adds.
 *
 * @source https://github.com/Dao-AILab/flash-attention csrc/flash_attn/src/flash_fwd_launch_template.h,
 * run_mha_fwd_splitkv_dispatch
 */
const FLASH_ATTENTION_2: MixedBatch = { tileRows: 64, packsHeads: false };

/**
 * FlashAttention 3 packs the heads of a group in sequences of varying length, 128 query rows a tile.
 *
 * @source https://github.com/Dao-AILab/flash-attention hopper/heuristics.h, hopper/tile_size.h
 */
const FLASH_ATTENTION_3: MixedBatch = { tileRows: 128, packsHeads: true };

/**
 * The shipped profiles, each from the latest measured framework version of its GPU.
 *
 * @source data sheets: aiconfigurator's systems/<gpu>.yaml; NVIDIA Ada GPU architecture white paper
 * (RTX 4090: 165.2 TFLOP/s bf16 and 330.3 fp8 with fp32 accumulation, 1,008 GB/s); NVIDIA RTX PRO 6000
 * Blackwell Server Edition data sheet (4 PFLOP/s sparse fp4, so 503.8 dense bf16; 1,597 GB/s). PCIe 4.0 and
 * 5.0 x16 links: 32 and 64 GB/s.
 */
export const PROFILE_RECIPES: readonly ProfileRecipe[] = [
  {
    name: "a100-sxm-80gb",
    gpu: "a100-sxm-80gb",
    format: aiconfigurator,
    folder: "data/a100_sxm",
    framework: "vllm 0.14.0",
    nccl: "2.27.3",
    peaks: peaks(312, 312, 2039, 300, 10),
    mixedBatch: FLASH_ATTENTION_2,
    attentionKernel: "flash-attention-2",
  },
  {
    name: "h100-sxm",
    gpu: "h100-sxm",
    format: aiconfigurator,
    folder: "data/h100_sxm",
    framework: "vllm 0.24.0",
    nccl: "2.27.3",
    peaks: peaks(989, 1978, 3350, 450, 10),
    mixedBatch: FLASH_ATTENTION_3,
    attentionKernel: "flash-attention-3",
  },
  {
    name: "h200-sxm",
    gpu: "h200-sxm",
    format: aiconfigurator,
    folder: "data/h200_sxm",
    framework: "vllm 0.24.0",
    nccl: "2.29.2",
    peaks: peaks(989, 1978, 4800, 450, 10),
    mixedBatch: FLASH_ATTENTION_3,
    attentionKernel: "flash-attention-3",
  },
  {
    name: "l40s",
    gpu: "l40s",
    format: aiconfigurator,
    folder: "data/l40s",
    framework: "vllm 0.24.0",
    nccl: "2.27.3",
    peaks: peaks(362.05, 733, 864, 32, 10),
    mixedBatch: FLASH_ATTENTION_2,
    attentionKernel: "flash-attention-2",
  },
  {
    name: "b200-sxm",
    gpu: "b200-sxm",
    format: aiconfigurator,
    folder: "data/b200_sxm",
    framework: "vllm 0.24.0",
    nccl: "2.27.3",
    peaks: peaks(2250, 4500, 7700, 900, 10),
    attentionKernel: "flashinfer",
  },
  ...[
    ["h100-sxm", "data/h100_sxm", "vllm 0.24.0", peaks(989, 1978, 3350, 450, 10)],
    ["h200-sxm", "data/h200_sxm", "vllm 0.24.0", peaks(989, 1978, 4800, 450, 10)],
    ["b200-sxm", "data/b200_sxm", "vllm 0.24.0", peaks(2250, 4500, 7700, 900, 10)],
    ["a100-sxm-80gb", "data/a100_sxm", "vllm 0.14.0", peaks(312, 312, 2039, 300, 10)],
  ].map(([gpu, folder, framework, peaks]) =>
    ({
      name: `${gpu}-layers`,
      gpu,
      format: "aiconfigurator-ops",
      folder,
      framework,
      peaks,
    }) as ProfileRecipe
  ),
  {
    name: "rtx-4090",
    gpu: "rtx-4090",
    format: llmservingsim,
    folder: "profiler/perf/RTX4090",
    framework: "vllm 0.19.0",
    peaks: peaks(165.2, 330.3, 1008, 32, 10),
    attentionKernel: "flash-attention-2",
    models: { "meta-llama/Llama-3.1-8B": "llama-3.1-8b" },
  },
  {
    name: "rtx-pro-6000",
    gpu: "rtx-pro-6000",
    format: llmservingsim,
    folder: "profiler/perf/RTXPRO6000",
    framework: "vllm 0.19.0",
    peaks: peaks(503.8, 1007.6, 1597, 64, 10),
    attentionKernel: "flash-attention-2",
    models: {
      "meta-llama/Llama-3.1-8B": "llama-3.1-8b",
      "Qwen/Qwen3-32B": "qwen3-32b",
      "Qwen/Qwen3-30B-A3B-Instruct-2507": "qwen3-30b-a3b",
    },
  },
  {
    name: "h200-sxm-torch",
    gpu: "h200-sxm",
    format: "h200-measured",
    folder: "",
    framework: "torch 2.11.0",
    peaks: peaks(989, 1978, 4800, 450, 10),
    attentionKernel: "triton-split",
  },
];
