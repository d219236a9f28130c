import { makeNonDecreasing } from "./non_decreasing.ts";
import type { OperatorTable } from "./operator_table.ts";

/** Tables without times that cannot be, and what was done to them, a sentence each. */
export interface RepairedTables {
  readonly tables: readonly OperatorTable[];
  readonly notes: readonly string[];
}

/** Operators whose times by tokens or bytes, the last axis, are kept from falling. */
const NEVER_FALLS: ReadonlySet<string> = new Set(["experts", "all_reduce", "all_to_all"]);

/**
 * How much more than more rows a product must take to be a measurement gone wrong, and the share of such
 * times from which on a table of products is taken for unsteady.
 */
const SPIKE = { times: 1.5, share: 0.02 } as const;

/**
 * Repairs measured times that no engine would meet:
 *
 * - in a table of products of which more than a fiftieth take 1.5 times as long as some product of the
 *   same matrix with more rows, those times are left out: as steady tables have it, they are timings of
 *   something else, now of this number of rows and now of that;
 * - a row of experts or of an all-to-all by tokens, or of an all-reduce by bytes, that falls anywhere becomes the nearest
 *   one that does not (see {@link makeNonDecreasing});
 * - experts in a narrower format take no longer than those of bf16 at the same shape and spread, since an
 *   engine can run that kernel: a longer time becomes that of bf16, where that was not measured the one of
 *   the next larger number of tokens.
 *
 * Matrix products in fp8 that are slower than bf16 stay: they include quantising what goes in, which an
 * engine does as well, and servers that were measured in fp8 are met with them, not without.
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
  const steady = tables.map((table) =>
    table.operator === "gemm"
      ? change(
        table,
        "times far above those of more rows left out",
        (seconds) => leaveSpikesOut(table, seconds),
      )
      : table
  );
  // First rows by themselves: formats are compared by what is left of them.
  const monotone = steady.map((table) =>
    NEVER_FALLS.has(table.operator)
      ? change(table, "falling rows made monotone", (seconds) => raiseFallingRows(table, seconds))
      : table
  );
  const repaired = monotone.map((table) =>
    table.operator === "experts"
      ? change(
        table,
        "times slower than bf16 take the bf16 time",
        (seconds) => takeWider(table, seconds, monotone),
      )
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
    operator === table.operator && attributes.dtype === "bf16" && attributes.routing === routing
  );
  if (dtype === "bf16" || wide === undefined) return 0;
  const bounds = rowsOf(wide);
  const columns = tokensOf(table);
  let count = 0;
  for (const [shape, first] of rowStarts(table)) {
    const bound = bounds.get(shape);
    if (bound === undefined) continue;
    columns.forEach((tokens, column) => {
      const cell = first + column;
      // A comparison with a cell that was not measured is false.
      const most = bound(tokens);
      if (!(seconds[cell] > most)) return;
      seconds[cell] = most;
      count++;
    });
  }
  return count;
}

/** Values of the last axis. */
function tokensOf({ axes }: OperatorTable): number[] {
  return axes[axes.length - 1].points.map(([tokens]) => tokens);
}

/** Where the row of each shape begins: all axes but the last, by name. */
function rowStarts({ axes }: OperatorTable): Map<string, number> {
  const columns = axes[axes.length - 1].points.length;
  const starts = new Map<string, number>();
  let shapes = [""];
  for (const { points } of axes.slice(0, -1)) {
    shapes = shapes.flatMap((shape) => points.map((point) => `${shape};${point.join()}`));
  }
  shapes.forEach((shape, row) => starts.set(shape, row * columns));
  return starts;
}

/** Of each shape, the time by tokens: the measured one, else that of the next larger number of tokens. */
function rowsOf(table: OperatorTable): Map<string, (tokens: number) => number> {
  const columns = tokensOf(table);
  const rows = new Map<string, (tokens: number) => number>();
  for (const [shape, first] of rowStarts(table)) {
    const known = columns.map((tokens, i) => ({ tokens, seconds: table.seconds[first + i] }))
      .filter(({ seconds }) => !Number.isNaN(seconds))
      .toSorted((a, b) => a.tokens - b.tokens);
    rows.set(
      shape,
      (tokens) => known.find((one) => one.tokens >= tokens)?.seconds ?? Infinity,
    );
  }
  return rows;
}

/** @returns Cells that were left out; none in a steady table. */
function leaveSpikesOut(table: OperatorTable, seconds: Float64Array): number {
  const columns = tokensOf(table).length;
  const spikes: number[] = [];
  let known = 0;
  for (let first = 0; first < seconds.length; first += columns) {
    let least = Infinity;
    for (let cell = first + columns - 1; cell >= first; cell--) {
      if (Number.isNaN(seconds[cell])) continue;
      known++;
      if (seconds[cell] > SPIKE.times * least) spikes.push(cell);
      else least = Math.min(least, seconds[cell]);
    }
  }
  if (spikes.length <= SPIKE.share * known) return 0;
  for (const cell of spikes) seconds[cell] = NaN;
  return spikes.length;
}

/** @returns Rows that were made non-decreasing. */
function raiseFallingRows(table: OperatorTable, seconds: Float64Array): number {
  const columns = tokensOf(table).length;
  let count = 0;
  for (let first = 0; first < seconds.length; first += columns) {
    const cells = Array.from({ length: columns }, (_, i) => first + i)
      .filter((cell) => !Number.isNaN(seconds[cell]));
    if (cells.every((cell, i) => i === 0 || seconds[cell] >= seconds[cells[i - 1]])) continue;
    const values = Float64Array.from(cells, (cell) => seconds[cell]);
    makeNonDecreasing(values);
    // Means of nearly equal times may differ in their last bit.
    let most = 0;
    cells.forEach((cell, i) => seconds[cell] = most = Math.max(most, values[i]));
    count++;
  }
  return count;
}
