import text from "../../data/hardware/attention_kernels.yaml" with { type: "text" };
import { parseAt } from "../std/yaml_entries.ts";

/** Name of a kernel of decode attention. */
export type AttentionKernelName =
  | "flash-attention-3"
  | "flashinfer"
  | "flash-attention-2"
  | "triton-unified"
  | "triton-split";

/** The kernels of decode attention that are known. */
export const ATTENTION_KERNELS: readonly AttentionKernelName[] = [
  "flash-attention-3",
  "flashinfer",
  "flash-attention-2",
  "triton-unified",
  "triton-split",
];

/** How a kernel divides the KV entries of a batch among blocks; see data/hardware/attention_kernels.yaml. */
export type KernelPartition =
  /** Equal pieces, whatever the sequence. */
  | { readonly partition: "even" }
  /** As many parts per sequence as fill the GPU best, in whole rounds of blocks. */
  | {
    readonly partition: "fill";
    readonly blocksPerMultiprocessor: number;
    /** Share of the blocks that fit from which sequences are not divided. */
    readonly fullShare: number;
    /** Share of the best filling that is good enough, so that fewer parts are taken. */
    readonly keptShare: number;
    readonly mostParts: number;
  }
  /** The largest power of two of parts per sequence whose blocks run at once. */
  | {
    readonly partition: "doubled";
    readonly blocksPerMultiprocessor: number;
    readonly mostParts: number;
  }
  /** `mostParts` per sequence up to `fewBlocks` sequences x KV heads, else one. */
  | { readonly partition: "fixed"; readonly mostParts: number; readonly fewBlocks: number };

/** A kernel of decode attention. */
export type AttentionKernel = KernelPartition & {
  readonly name: AttentionKernelName;
  /** Clock cycles of one block per KV entry of a head of 128 numbers; 0 for kernels of equal pieces. */
  readonly cyclesPerEntry: number;
  /** Where rule and cycles stand. */
  readonly source: string;
};

const found = new Map<string, AttentionKernel>();

/** The kernel of a name. @throws {RangeError} If none has it. */
export function attentionKernel(name: string): AttentionKernel {
  let kernel = found.get(name);
  if (kernel !== undefined) return kernel;
  const written = parseAt(text, ["kernels", name]);
  if (written === undefined) {
    throw new RangeError(
      `Cannot find an attention kernel as one of ${
        ATTENTION_KERNELS.join(", ")
      }: current value is ${name}`,
    );
  }
  kernel = { cyclesPerEntry: 0, ...written as KernelPartition, name } as AttentionKernel;
  found.set(name, kernel);
  return kernel;
}

let defaults: Readonly<Record<string, AttentionKernelName>> | undefined;

/** The kernel that vLLM's V1 engine takes on a generation of GPUs; equal pieces where it is not known. */
export function defaultAttentionKernel(generation: string): AttentionKernelName {
  defaults ??= parseAt(text, ["defaults", "generations"]) as NonNullable<typeof defaults>;
  return Object.hasOwn(defaults, generation) ? defaults[generation] : "flash-attention-3";
}
