import text from "../../data/hardware/efficiency.yaml" with { type: "text" };
import { parse } from "../std/yaml.ts";

/** How near a kernel comes to the roofline; see data/hardware/efficiency.yaml for the formulas. */
export interface KernelEfficiency {
  /** Share of the peak FLOP/s, in (0, 1]. */
  readonly compute: number;
  /** Share of the memory (or link) bandwidth, in (0, 1]. */
  readonly memory: number;
  /** Seconds of the smallest call. */
  readonly seconds: number;
  /** Exponent of the soft maximum, > 0. */
  readonly sharpness: number;
}

/** Product with quantised activations. */
export interface QuantisedEfficiency extends KernelEfficiency {
  /** Share of the memory bandwidth that quantising the activations reaches. */
  readonly quantise: number;
}

/** Attention of decoding sequences: bound by memory. */
export interface DecodeEfficiency extends Omit<KernelEfficiency, "compute"> {
  /** Seconds per sequence and KV head of the GPU. */
  readonly secondsPerKvHead: number;
}

/** Efficiency of the kernels of one GPU generation. */
export interface GpuEfficiency {
  /** Where the numbers come from. */
  readonly source: string;
  /** Products of 16-bit matrices. */
  readonly gemm: KernelEfficiency;
  /** Absent where the generation has no fp8: weights alone are 8 bits then. */
  readonly gemmFp8?: QuantisedEfficiency;
  /** Attention of decoding sequences. */
  readonly decode: DecodeEfficiency;
  /** Attention of prompts. */
  readonly prefill: KernelEfficiency;
  /** All-reduces in a node; `memory` is the share of the link. */
  readonly allReduce: Omit<KernelEfficiency, "compute">;
  /** Norms, activations, rotary embedding, copies: bytes / (memory x bandwidth) + seconds. */
  readonly elementwise: { readonly memory: number; readonly seconds: number };
  /** Latency of a message between pipeline stages, seconds. */
  readonly sendSeconds: number;
}

interface EfficiencyFile {
  readonly elementwise: GpuEfficiency["elementwise"];
  readonly sendSeconds: number;
  readonly generations: Readonly<
    Record<string, Omit<GpuEfficiency, "elementwise" | "sendSeconds"> & Partial<GpuEfficiency>>
  >;
}

let file: EfficiencyFile | undefined;

/**
 * Efficiency of a GPU generation's kernels.
 *
 * @source data/hardware/efficiency.yaml
 * @throws RangeError if there is none of that name.
 */
export function gpuEfficiency(generation: string): GpuEfficiency {
  file ??= parse(text) as EfficiencyFile;
  const found = file.generations[generation];
  if (found === undefined) {
    const known = Object.keys(file.generations).join(", ");
    throw new RangeError(
      `Cannot find a GPU generation as one of ${known}: current value is ${generation}`,
    );
  }
  return { elementwise: file.elementwise, sendSeconds: file.sendSeconds, ...found };
}
