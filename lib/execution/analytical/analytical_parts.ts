import {
  type AttentionKernel,
  attentionKernel,
  defaultAttentionKernel,
} from "../../hardware/attention_kernels.ts";
import { type GpuEfficiency, gpuEfficiency } from "../../hardware/efficiency.ts";
import type { Gpu } from "../../hardware/gpu.ts";
import { type LayerEfficiency, layerEfficiency } from "../../hardware/layer_efficiency.ts";
import { samplingSecondsOf } from "../../hardware/sampling.ts";
import type { TransformerShape } from "../../models/transformer.ts";
import { FORMAT_PARTS, type PartFormats, uniformFormats } from "../../models/weight_format.ts";
import type { AllToAllMode, ExpertNetwork } from "../all_to_all.ts";
import { type AttentionReads, attentionReads } from "../attention_reads.ts";
import { busiestRankLoad } from "../busiest_rank_load.ts";
import { elementwiseSecondsOf } from "../elementwise_seconds.ts";
import type { GpuLinkTimes } from "../gpu_link.ts";
import { powerLimited } from "../power_limit.ts";
import type { StageNetwork } from "../stage_copies.ts";
import type { AnalyticalOptions } from "./analytical_options.ts";
import { type GemmSeconds, gemmSecondsOf } from "./gemm_seconds.ts";

/** What the parts of a step's time are computed from: options with defaults filled in. */
export interface AnalyticalParts {
  readonly shape: TransformerShape;
  readonly gpu: Gpu;
  readonly efficiency: GpuEfficiency;
  /** Efficiency of kernels that plain models have not. */
  readonly layerEfficiency: LayerEfficiency;
  /** GPUs of a pipeline stage. */
  readonly tensorParallel: number;
  readonly pipelineParallel: number;
  readonly expertParallel: number;
  /** Attention ranks with requests of their own. */
  readonly dataParallel: number;
  /** GPUs of one attention rank: they share attention and dense layers. */
  readonly attentionParallel: number;
  readonly allToAll: AllToAllMode;
  readonly expertNetwork: ExpertNetwork | undefined;
  /** Rows of the busiest rank over an even share of them, 1..expertParallel. */
  readonly expertLoad: number;
  readonly stageNetwork: StageNetwork | undefined;
  /** The link between the GPUs; undefined: by the GPU. */
  readonly gpuLink: GpuLinkTimes | undefined;
  /** All-reduces of up to so many bytes include the norm after them. */
  readonly fusedNormBytes: number;
  /** Kernel of decode attention with keys and values per head. */
  readonly kernel: AttentionKernel;
  /** Attention of one GPU, equal layers together. */
  readonly attention: readonly AttentionReads[];
  readonly kvElementBytes: number;
  /** Formats of the weights of each part of the layers. */
  readonly formats: PartFormats;
  /** Products with the weights of each part of the layers, and those that stay at 16 bits. */
  readonly gemm: Readonly<Record<typeof FORMAT_PARTS[number], GemmSeconds>>;
  readonly gemm16: GemmSeconds;
  /** Seconds of choosing tokens from so many logits, gathered, of 16 bits. */
  samplingSeconds(logits: number): number;
  readonly collectiveSeconds: number;
  readonly stepSeconds: number;
  readonly sequenceSeconds: number;
  /** Kernel that only moves bytes. */
  elementwiseSeconds(bytes: number): number;
}

/**
 * Fills in defaults and checks ranges.
 *
 * @throws RangeError if a degree is not a whole number >= 1 or does not divide what it splits, if a
 * size is not above 0, if an overhead is negative, or if expertSkew is not in 0..1.
 */
export function analyticalParts(options: AnalyticalOptions): AnalyticalParts {
  const { shape, gpu, tensorParallel = 1, pipelineParallel = 1, expertParallel = 1 } = options;
  const { weightBytesPerElement = 2, kvBytesPerElement = 2 } = options;
  const { dataParallelAttention: dataParallel = 1, allToAll = "auto" } = options;
  check("tensorParallel", "a whole number >= 1", tensorParallel, tensorParallel >= 1);
  check(
    "pipelineParallel",
    `a whole number in 1..${shape.layers.length} layers`,
    pipelineParallel,
    pipelineParallel >= 1 && pipelineParallel <= shape.layers.length,
  );
  check(
    "expertParallel",
    `a divisor of tensorParallel ${tensorParallel}`,
    expertParallel,
    expertParallel >= 1 && tensorParallel % expertParallel === 0,
  );
  check(
    "dataParallelAttention",
    `a divisor of tensorParallel ${tensorParallel}`,
    dataParallel,
    dataParallel >= 1 && tensorParallel % dataParallel === 0,
  );
  const hasExperts = shape.layers.some(({ feedForward }) => feedForward?.kind === "experts");
  check(
    "expertParallel",
    `tensorParallel ${tensorParallel}, under dataParallelAttention ${dataParallel}`,
    expertParallel,
    dataParallel === 1 || !hasExperts || expertParallel === tensorParallel,
  );
  positive("weightBytesPerElement", weightBytesPerElement);
  positive("kvBytesPerElement", kvBytesPerElement);
  const efficiency = { ...gpuEfficiency(gpu.generation), ...options.efficiency };
  const elementwiseSeconds = elementwiseSecondsOf(
    gpu.memoryBytesPerSecond,
    efficiency.elementwise,
  );
  const { sampling } = options;
  const attentionParallel = tensorParallel / dataParallel;
  const formats = options.weights ?? uniformFormats(weightBytesPerElement);
  return {
    shape,
    gpu,
    efficiency,
    get layerEfficiency() {
      return layerEfficiency(gpu.generation);
    },
    tensorParallel,
    pipelineParallel,
    expertParallel,
    dataParallel,
    attentionParallel,
    allToAll,
    expertNetwork: options.expertNetwork,
    expertLoad: busiestRankLoad(expertParallel, options.expertSkew ?? 0),
    stageNetwork: options.stageNetwork,
    gpuLink: options.gpuLink,
    fusedNormBytes: options.fusedNormBytes ?? 0,
    kernel: attentionKernel(options.attentionKernel ?? defaultAttentionKernel(gpu.generation)),
    attention: attentionReads(shape, attentionParallel),
    kvElementBytes: kvBytesPerElement,
    formats,
    gemm: gemmByPart(options, formats, efficiency),
    gemm16: powerLimited(options.isPowerLimited, gemmSecondsOf(gpu, efficiency, 2)),
    collectiveSeconds: overhead("collectiveOverheadSeconds", options.collectiveOverheadSeconds),
    stepSeconds: overhead("stepOverheadSeconds", options.stepOverheadSeconds),
    sequenceSeconds: overhead("sequenceOverheadSeconds", options.sequenceOverheadSeconds),
    elementwiseSeconds,
    samplingSeconds: sampling === undefined
      ? (logits) => elementwiseSeconds(10 * logits)
      : samplingSecondsOf(sampling, gpu.memoryBytesPerSecond),
  };
}

/** Products by part of the layers; parts of one format share one function. */
function gemmByPart(
  { gpu, isPowerLimited }: AnalyticalOptions,
  formats: PartFormats,
  efficiency: GpuEfficiency,
): AnalyticalParts["gemm"] {
  const known = new Map<string, GemmSeconds>();
  return Object.fromEntries(FORMAT_PARTS.map((part) => {
    const { bytesPerElement, activations } = formats[part];
    const key = `${bytesPerElement} ${activations}`;
    if (!known.has(key)) {
      const seconds = gemmSecondsOf(gpu, efficiency, bytesPerElement, activations);
      known.set(key, powerLimited(isPowerLimited, seconds));
    }
    return [part, known.get(key)!];
  })) as AnalyticalParts["gemm"];
}

function check(name: string, wanted: string, value: number, ok: boolean): void {
  if (Number.isInteger(value) && ok) return;
  throw new RangeError(`Cannot use ${name} as ${wanted}: current value is ${value}`);
}

function positive(name: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw new RangeError(`Cannot use ${name} as bytes > 0: current value is ${value}`);
}

function overhead(name: string, seconds = 0): number {
  if (seconds >= 0 && seconds < Infinity) return seconds;
  throw new RangeError(`Cannot use ${name} as finite seconds >= 0: current value is ${seconds}`);
}
