import type { AttentionKernelName } from "../../hardware/attention_kernels.ts";
import type { OperatorName, OperatorTable } from "./operator_table.ts";
import type { ProfileFacts } from "./profile_facts.ts";

/** Number format of weights, activations or KV entries. bf16 stands for fp16, too: same speed. */
export type ProfileDtype = "bf16" | "fp8";

/** Peak rates of one GPU, as its data sheet gives them. The roofline no predicted operator beats. */
export interface GpuPeaks {
  /** Dense bf16 FLOP/s. */
  readonly bf16FlopsPerSecond: number;
  /** Dense fp8 FLOP/s; equal to bf16 where the GPU has no fp8. */
  readonly fp8FlopsPerSecond: number;
  /** Memory bandwidth, bytes/s. */
  readonly memoryBytesPerSecond: number;
  /** One direction of the link between two GPUs of a node, bytes/s. */
  readonly linkBytesPerSecond: number;
  /** Latency of one message between two GPUs of a node, seconds. */
  readonly linkLatencySeconds: number;
}

/** Where a profile's numbers come from. */
export interface ProfileSource {
  /** Address of the repository that holds the measurements. */
  readonly repository: string;
  /** Its commit. */
  readonly commit: string;
  /** Licence of the measurements, such as "Apache-2.0". */
  readonly licence: string;
  /** Serving framework whose kernels were timed, with its version, such as "vllm 0.24.0". */
  readonly framework: string;
  /** What was measured, and what was left out. */
  readonly description: string;
  /** Command that derives the file again. */
  readonly command: string;
}

/**
 * How an attention kernel runs decoding sequences in a batch with prompt chunks: one kernel for both
 * works in tiles of query rows, and the single row of a decoding sequence occupies a whole tile.
 */
export interface MixedBatch {
  /** Query rows of a tile. */
  readonly tileRows: number;
  /** Query heads that share a KV head share a tile, too. */
  readonly packsHeads: boolean;
}

/** Measured operator times of one GPU. */
export interface OperatorProfile {
  /** Name of the GPU: the catalogue's, such as "h100-sxm", or that of its facts. */
  readonly gpu: string;
  /** Data-sheet peaks that the times are compared with. */
  readonly peaks: GpuPeaks;
  /** Where the numbers come from. */
  readonly source: ProfileSource;
  /** Absent where decodes and prompts run in kernels of their own, or mixed batches were measured. */
  readonly mixedBatch?: MixedBatch;
  /** Kernel of decode attention that was measured; absent: not known. */
  readonly attentionKernel?: AttentionKernelName;
  /** What was measured beside the operators; absent: nothing. */
  readonly facts?: ProfileFacts;
  /** Tables of all operators. */
  readonly tables: readonly OperatorTable[];
}

/** Tables of one operator whose attributes have the wanted values, in the profile's order. */
export function findTables(
  profile: OperatorProfile,
  operator: OperatorName,
  wanted: Readonly<Record<string, string | number>>,
): OperatorTable[] {
  return profile.tables.filter((table) =>
    table.operator === operator &&
    Object.entries(wanted).every(([key, value]) => table.attributes[key] === value)
  );
}
