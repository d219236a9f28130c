import text from "../../data/hardware/efficiency.yaml" with { type: "text" };
import { parseAt } from "../std/yaml_entries.ts";

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

/** Product of 16-bit matrices. */
export interface GemmEfficiency extends KernelEfficiency {
  /**
   * What a last tile of rows that is not full costs: kernels compute tiles of `rows` rows, and of the
   * rows that are missing to a full one, this share takes time, 0..1. Absent: none.
   */
  readonly rowTile?: { readonly rows: number; readonly share: number };
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

/** All-reduces among the GPUs of a node; see lib/execution/collectives.ts for the kernels. */
export interface AllReduceEfficiency {
  /** Share of the link's rate, in (0, 1]. */
  readonly memory: number;
  /** Seconds of the smallest message: launch and one barrier. */
  readonly seconds: number;
  /** Another kernel for messages from so many bytes on, and what it takes before they count. */
  readonly long?: { readonly fromBytes: number; readonly seconds: number };
  /** Three and more GPUs on PCIe that reach each other through the host alone. Absent: as two do. */
  readonly host?: HostEfficiency;
}

/** All-reduces through the host, by NCCL. */
export interface HostEfficiency {
  /** Share of the link that each of four GPUs gets. */
  readonly memory: number;
  /** Power of the ranks with which that share falls. */
  readonly falloff: number;
  /** Latency per rank, seconds. */
  readonly secondsPerRank: number;
}

/** Efficiency of the kernels of one GPU generation. */
export interface GpuEfficiency {
  /** Where the numbers come from. */
  readonly source: string;
  /** Products of 16-bit matrices. */
  readonly gemm: GemmEfficiency;
  /** Absent where the generation has no fp8: weights alone are 8 bits then. */
  readonly gemmFp8?: QuantisedEfficiency;
  /** Products of 4 bits with 4 bits, whose peak is twice that of fp8; absent: none were measured. */
  readonly gemmFp4?: QuantisedEfficiency;
  /** Attention of decoding sequences. */
  readonly decode: DecodeEfficiency;
  /** Attention of prompts. */
  readonly prefill: KernelEfficiency;
  /** All-reduces in a node. */
  readonly allReduce: AllReduceEfficiency;
  /** Norms, activations, rotary embedding, copies: bytes / (memory x bandwidth) + seconds. */
  readonly elementwise: { readonly memory: number; readonly seconds: number };
  /** Latency of a message between pipeline stages, seconds. */
  readonly sendSeconds: number;
}

type WrittenEfficiency =
  & Omit<GpuEfficiency, "elementwise" | "sendSeconds">
  & Partial<GpuEfficiency>;

const found = new Map<string, GpuEfficiency>();

/**
 * Efficiency of a GPU generation's kernels.
 *
 * @source data/hardware/efficiency.yaml
 * @throws RangeError if there is none of that name.
 */
export function gpuEfficiency(generation: string): GpuEfficiency {
  let efficiency = found.get(generation);
  if (efficiency === undefined) {
    efficiency = readEfficiency(generation);
    found.set(generation, efficiency);
  }
  return efficiency;
}

function readEfficiency(generation: string): GpuEfficiency {
  const written = parseAt(text, ["generations", generation]) as WrittenEfficiency | undefined;
  if (written === undefined) {
    const known = Object.keys(parseAt(text, ["generations"]) as object).join(", ");
    throw new RangeError(
      `Cannot find a GPU generation as one of ${known}: current value is ${generation}`,
    );
  }
  return {
    elementwise: parseAt(text, ["elementwise"]) as GpuEfficiency["elementwise"],
    sendSeconds: parseAt(text, ["sendSeconds"]) as number,
    ...written,
  };
}
