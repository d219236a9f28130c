import { log } from "../../../stats/elementary/mod.ts";
import { type KnotPlace, placeAmong } from "../interpolate.ts";
import { elementwiseTimes } from "../elementwise_times.ts";
import type { OperatorProfile } from "../operator_profile.ts";
import type { OperatorTable } from "../operator_table.ts";
import type { CollectedRows } from "./rows.ts";

/** Element-wise kernels of a layer: two norms, rotary embedding, activation. */
const PER_LAYER = 4;

/**
 * What an element-wise kernel takes in a step beyond its time alone. Alone it follows kernels of its own
 * kind, whose code and operands are at hand; in a step each follows another one. Measured as the
 * difference of a decode step and the same without its element-wise kernels: the median over such pairs,
 * at least 0. Undefined where none was measured.
 */
export function secondsBetweenKernels(
  rows: CollectedRows,
  profile: OperatorProfile,
): number | undefined {
  const own = elementwiseTimes(profile);
  const more = rows.ablation.map(({ decodes, layers, hidden, columns, inner, ms, without_ms }) => {
    const alone = 2 * own.norm(hidden, decodes) + own.rotary(columns, decodes) +
      own.activation(inner, 2, decodes);
    return ((ms - without_ms) * 1e-3 - layers * alone) / (PER_LAYER * layers);
  });
  return more.length === 0 ? undefined : Math.max(0, medianOf(more));
}

/** Tables in which each element-wise kernel takes so many seconds more. */
export function laterElementwise(
  tables: readonly OperatorTable[],
  seconds: number,
): OperatorTable[] {
  return tables.map((table) =>
    table.operator === "elementwise"
      ? { ...table, seconds: table.seconds.map((value) => value + seconds) }
      : table
  );
}

/**
 * What a prompt's attention takes in a step beyond its time alone, by the tokens of its chunk, microseconds:
 * alone it finds the entries of its last call in the cache. Measured as a pair with decodes less both
 * alone, the median for each chunk, at least 0; straight over the logarithm between chunks. Zero where no
 * pair was measured.
 */
export function promptMoreMicroseconds(
  rows: Pick<CollectedRows, "attention_pair" | "decode_attention" | "prompt_attention">,
  decodeKernel: string | undefined,
  promptKernel: string | undefined,
): (chunk: number) => number {
  const more = new Map<number, number[]>();
  for (const pair of rows.attention_pair) {
    if (pair.decode_kernel !== decodeKernel || pair.prompt_kernel !== promptKernel) continue;
    const isLike = (row: Headed) =>
      row.heads === pair.heads && row.kv_heads === pair.kv_heads &&
      row.head_size === pair.head_size && row.kv_dtype === pair.kv_dtype;
    const prompt = rows.prompt_attention.find((row) =>
      row.kernel === promptKernel && isLike(row) && row.batch === 1 && row.chunk === pair.chunk &&
      row.past === pair.past
    );
    const decode = rows.decode_attention.find((row) =>
      row.kernel === decodeKernel && isLike(row) && row.batch === pair.decodes &&
      row.context === pair.context && row.longest === undefined && row.cache !== "warm"
    );
    if (prompt === undefined || decode === undefined) continue;
    more.set(pair.chunk, [...more.get(pair.chunk) ?? [], pair.us - prompt.us - decode.us]);
  }
  const chunks = [...more.keys()].sort((a, b) => a - b);
  if (chunks.length === 0) return () => 0;
  const medians = chunks.map((chunk) => Math.max(0, medianOf(more.get(chunk)!)));
  const place: KnotPlace = { index: 0, weight: 0 };
  const knots = chunks.map(log);
  return (chunk) => {
    placeAmong(knots, log(chunk), place);
    const next = Math.min(place.index + 1, knots.length - 1);
    return medians[place.index] + place.weight * (medians[next] - medians[place.index]);
  };
}

type Headed = Pick<
  CollectedRows["decode_attention"][0],
  "heads" | "kv_heads" | "head_size" | "kv_dtype"
>;

/** Median of at least one value. */
export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
