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
  }).sort((a, b) => a - b);
  if (more.length === 0) return undefined;
  const middle = more.length >> 1;
  const median = more.length % 2 === 1 ? more[middle] : (more[middle - 1] + more[middle]) / 2;
  return Math.max(0, median);
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
