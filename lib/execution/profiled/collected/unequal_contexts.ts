import { medianOf } from "./between_kernels.ts";
import type { CollectedRow } from "./rows.ts";

type DecodeRow = CollectedRow<"decode_attention">;

/**
 * What unequal contexts cost one kernel of decode attention: the share of the way from the time at the mean
 * context to that at the longest one, 0 to 1; the median over the batches that were measured. Undefined
 * where none was, or none beside equal ones of as many sequences.
 *
 * @param rows Rows of the kernel whose KV entries came from memory.
 */
export function unequalShareOfRows(rows: readonly DecodeRow[]): number | undefined {
  const equal = rows.filter(({ longest }) => longest === undefined);
  const shares: number[] = [];
  for (const { longest, context, us, ...batch } of rows) {
    if (longest === undefined || longest <= context) continue;
    const [mean, most] = [context, longest].map((at) => between(equal, batch, at));
    if (mean === undefined || most === undefined || !(most > mean)) continue;
    shares.push(Math.min(1, Math.max(0, (us - mean) / (most - mean))));
  }
  if (shares.length === 0) return undefined;
  return Number(medianOf(shares).toFixed(4));
}

/** Microseconds of as many sequences of an equal context: linear between measured ones; undefined beyond. */
function between(
  equal: readonly DecodeRow[],
  { heads, kv_heads, head_size, batch }: Pick<
    DecodeRow,
    "heads" | "kv_heads" | "head_size" | "batch"
  >,
  context: number,
): number | undefined {
  const own = equal.filter((row) =>
    row.batch === batch && row.heads === heads && row.kv_heads === kv_heads &&
    row.head_size === head_size
  ).sort((a, b) => a.context - b.context);
  const above = own.findIndex((row) => row.context >= context);
  if (above < 0) return undefined;
  if (own[above].context === context) return own[above].us;
  if (above === 0) return undefined;
  const [low, high] = [own[above - 1], own[above]];
  return low.us + (context - low.context) / (high.context - low.context) * (high.us - low.us);
}
