import { decodeAttentionOf } from "../../execution/profiled/decode_attention.ts";
import { gemmSecondsByRows } from "../../execution/profiled/gemm_times.ts";
import type { GpuPeaks } from "../../execution/profiled/operator_profile.ts";
import { axisValues, type OperatorTable } from "../../execution/profiled/operator_table.ts";
import { prefillAttentionOf } from "../../execution/profiled/prefill_attention.ts";
import type { CellSeconds } from "./cell_seconds.ts";

/** What the source `profiled` makes of a table, at any point of its grid. */
export function interpolation(table: OperatorTable, peaks: GpuPeaks): CellSeconds {
  const { operator, attributes } = table;
  const headSize = attributes.headSize as number;
  if (operator === "gemm") {
    const matrices = memo((n, k) => gemmSecondsByRows(table, n, k, peaks));
    return ([[n], [k], [m]]) => matrices(n, k)(m);
  }
  const lengths = axisValues(table, 2);
  if (operator === "context_attention") {
    const longest = lengths[lengths.length - 1];
    const chunks = memo((heads, kvHeads) =>
      prefillAttentionOf(table, { heads, kvHeads, headSize, windowTokens: 0 }, peaks, longest)
    );
    return ([[heads, kvHeads], [batch], [tokens]]) =>
      batch * chunks(heads, kvHeads)(batch, tokens, 0);
  }
  const mostSequences = Math.max(...axisValues(table, 1));
  const decodes = memo((heads, kvHeads) => {
    const shape = { heads, kvHeads, headSize, windowTokens: 0 };
    const { contextKnots, seconds } = decodeAttentionOf(table, shape, peaks, mostSequences);
    const knotOf = new Map([...contextKnots].map((context, knot) => [context, knot]));
    return (batch: number, context: number) =>
      seconds[batch * contextKnots.length + knotOf.get(context)!];
  });
  return ([[heads, kvHeads], [batch], [context]]) => decodes(heads, kvHeads)(batch, context);
}

function memo<T>(make: (a: number, b: number) => T): (a: number, b: number) => T {
  const made = new Map<string, T>();
  return (a, b) => {
    const key = `${a}/${b}`;
    if (!made.has(key)) made.set(key, make(a, b));
    return made.get(key)!;
  };
}
