import type { OperatorTable } from "./operator_table.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import type { ReferenceTime } from "./reference_time.ts";

/** Work of one call of an operator. */
export interface OperatorWork {
  readonly flops: number;
  /** Bytes that must cross the memory bus once. */
  readonly bytes: number;
}

/** Soft maximum of the compute and memory times of some work, in seconds. */
export function referenceSeconds(
  reference: ReferenceTime,
  flops: number,
  bytes: number,
  flopsPerSecond: number,
  bytesPerSecond: number,
): number {
  const compute = flops / (flopsPerSecond * reference.computeEfficiency);
  const memory = bytes / (bytesPerSecond * reference.memoryEfficiency);
  const larger = Math.max(compute, memory);
  const smaller = Math.min(compute, memory);
  const p = reference.sharpness;
  return larger * Math.pow(1 + Math.pow(smaller / larger, p), 1 / p) + reference.constantSeconds;
}

/** Bytes of one element. */
export function dtypeBytes(dtype: string | number): number {
  return dtype === "fp8" ? 1 : 2;
}

/**
 * Work of an m x k by k x n product. With fp8 the activations are quantised first: 2 bytes read,
 * 1 written, 1 read again.
 */
export function gemmWork(m: number, n: number, k: number, dtype: string | number): OperatorWork {
  const bytes = dtype === "fp8" ? n * k + 4 * m * k + 2 * m * n : 2 * (n * k + m * k + m * n);
  return { flops: 2 * m * n * k, bytes };
}

/** Fewest seconds an m x k by k x n product can take. */
export function gemmRoofline(
  m: number,
  n: number,
  k: number,
  dtype: string | number,
  peaks: GpuPeaks,
): number {
  const elementBytes = dtypeBytes(dtype);
  const bytes = elementBytes * (n * k + m * k) + 2 * m * n;
  const peak = dtype === "fp8" ? peaks.fp8FlopsPerSecond : peaks.bf16FlopsPerSecond;
  return Math.max((2 * m * n * k) / peak, bytes / peaks.memoryBytesPerSecond);
}

/** Work of causal attention over whole prompts of `tokens` tokens. */
export function contextAttentionWork(
  batch: number,
  tokens: number,
  heads: number,
  kvHeads: number,
  headSize: number,
): OperatorWork {
  return {
    flops: 2 * batch * heads * headSize * tokens * (tokens + 1),
    bytes: 2 * batch * tokens * headSize * (2 * heads + 2 * kvHeads),
  };
}

/** Work of attention of one new token per sequence over `context` KV entries each. */
export function generationAttentionWork(
  batch: number,
  context: number,
  heads: number,
  kvHeads: number,
  headSize: number,
  kvDtype: string | number,
): OperatorWork {
  return {
    flops: 4 * batch * heads * headSize * context,
    bytes: 2 * batch * kvHeads * headSize * context * dtypeBytes(kvDtype) +
      4 * batch * heads * headSize,
  };
}

/** Work of one cell of a table, for the operators that have a reference time. */
export function workOfCell(table: OperatorTable, at: readonly (readonly number[])[]): OperatorWork {
  const { dtype, kvDtype, headSize } = table.attributes;
  switch (table.operator) {
    case "gemm":
      return gemmWork(at[2][0], at[0][0], at[1][0], dtype);
    case "context_attention":
      return contextAttentionWork(at[1][0], at[2][0], at[0][0], at[0][1], headSize as number);
    case "generation_attention":
      return generationAttentionWork(
        at[1][0],
        at[2][0],
        at[0][0],
        at[0][1],
        headSize as number,
        kvDtype,
      );
    default:
      throw new TypeError(`Cannot use ${table.operator} as an operator with a reference time`);
  }
}

/** Fewest seconds that one cell of a table can take on a GPU. */
export function rooflineOfCell(
  table: OperatorTable,
  at: readonly (readonly number[])[],
  peaks: GpuPeaks,
): number {
  if (table.operator === "gemm") {
    return gemmRoofline(at[2][0], at[0][0], at[1][0], table.attributes.dtype, peaks);
  }
  const work = workOfCell(table, at);
  return Math.max(
    work.flops / peaks.bf16FlopsPerSecond,
    work.bytes / peaks.memoryBytesPerSecond,
  );
}
