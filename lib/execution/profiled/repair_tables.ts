import { makeNonDecreasing } from "./non_decreasing.ts";
import type { OperatorTable } from "./operator_table.ts";

/**
 * Share by which a time may fall as the work grows before the row counts as wrong: repeated
 * measurements of short kernels differ by less.
 */
const TOLERANCE = 0.25;

/** Tables without times that cannot be, and what was done to them, a sentence each. */
export interface RepairedTables {
  readonly tables: readonly OperatorTable[];
  readonly notes: readonly string[];
}

/**
 * Repairs measured times that no engine would meet:
 *
 * - experts in a narrower format that are slower than those of bf16 at the same shape, spread and
 *   tokens take the bf16 time, since an engine can run that kernel;
 * - a row of experts or of an all-to-all by tokens, or of an all-reduce by bytes, whose time falls by more than a quarter
 *   becomes the nearest non-decreasing one (see {@link makeNonDecreasing}).
 */
export function repairTables(tables: readonly OperatorTable[]): RepairedTables {
  const notes: string[] = [];
  const change = (
    table: OperatorTable,
    what: string,
    repair: (seconds: Float64Array) => number,
  ): OperatorTable => {
    const seconds = table.seconds.slice();
    const count = repair(seconds);
    if (count === 0) return table;
    const name = [table.operator, ...Object.values(table.attributes)].join(" ");
    notes.push(`${name}: ${count} ${what}`);
    return { ...table, seconds };
  };
  const falling = "rows that fall by more than a quarter made monotone";
  const slower = "times slower than bf16 take the bf16 time";
  // First rows by themselves: formats are compared by what is left of them.
  const monotone = tables.map((table) =>
    ["experts", "all_reduce", "all_to_all"].includes(table.operator)
      ? change(table, falling, (seconds) => raiseFallingRows(table, seconds))
      : table
  );
  const repaired = monotone.map((table) =>
    table.operator === "experts"
      ? change(table, slower, (seconds) => takeWider(table, seconds, monotone))
      : table
  );
  return { tables: repaired, notes };
}

/** @returns Cells that took the time of bf16. */
function takeWider(
  table: OperatorTable,
  seconds: Float64Array,
  tables: readonly OperatorTable[],
): number {
  const { dtype, routing } = table.attributes;
  const wide = tables.find(({ operator, attributes }) =>
    operator === "experts" && attributes.dtype === "bf16" && attributes.routing === routing
  );
  if (dtype === "bf16" || wide === undefined) return 0;
  const places = wide.axes.map(({ points }) =>
    new Map(points.map((point, i) => [point.join(), i]))
  );
  const columns = table.axes[1].points.length, wideColumns = wide.axes[1].points.length;
  let count = 0;
  table.axes[0].points.forEach((configuration, row) => {
    const wideRow = places[0].get(configuration.join());
    if (wideRow === undefined) return;
    table.axes[1].points.forEach((tokens, column) => {
      const wideColumn = places[1].get(tokens.join());
      if (wideColumn === undefined) return;
      const cell = row * columns + column;
      const other = wide.seconds[wideRow * wideColumns + wideColumn];
      // A comparison with a cell that was not measured is false.
      if (!(seconds[cell] > other)) return;
      seconds[cell] = other;
      count++;
    });
  });
  return count;
}

/** @returns Rows that were made non-decreasing. */
function raiseFallingRows(table: OperatorTable, seconds: Float64Array): number {
  const columns = table.axes[1].points.length;
  let count = 0;
  for (let row = 0; row < table.axes[0].points.length; row++) {
    const cells = Array.from({ length: columns }, (_, i) => row * columns + i)
      .filter((cell) => !Number.isNaN(seconds[cell]));
    let most = 0;
    const falls = cells.some((cell) => {
      if (seconds[cell] * (1 + TOLERANCE) < most) return true;
      most = Math.max(most, seconds[cell]);
      return false;
    });
    if (!falls) continue;
    const values = Float64Array.from(cells, (cell) => seconds[cell]);
    makeNonDecreasing(values);
    cells.forEach((cell, i) => seconds[cell] = values[i]);
    count++;
  }
  return count;
}
