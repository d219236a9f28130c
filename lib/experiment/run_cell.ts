import {
  type Column,
  type FloatColumn,
  integerColumn,
  type Table,
  textColumn,
} from "../results/table.ts";
import { showValue } from "../std/show_value.ts";
import { contained } from "./contained.ts";
import type { Cell, CellReturn, Experiment, ExperimentRow, Measures, Value } from "./experiment.ts";

/** Takes the table of a replication, with the columns of its cell. */
export type KeepTable = (table: Table, replication: number) => void;

/**
 * Runs all replications of a cell.
 *
 * @param inputs Texts of the experiment's inputs by name.
 * @param keep Takes tables that `run` returns in place of rows; default none may be.
 * @returns Its rows, as they read back from a file: what is not finite is null.
 * @throws {TypeError} If `run` returns something that is no row of values, or now a table and now rows.
 */
export async function runCell(
  experiment: Experiment,
  cell: Cell,
  inputs: Readonly<Record<string, string>>,
  keep?: KeepTable,
): Promise<ExperimentRow[]> {
  const { id, seed, replications } = experiment;
  const rows: ExperimentRow[] = [];
  let tables = 0;
  for (let replication = 0; replication < replications; replication++) {
    // Frozen: rows carry the levels, whatever `run` does with them.
    const context = { cell: Object.freeze({ ...cell }), seed, replication, inputs };
    const measured = await contained(() => experiment.run(context));
    if (measured === undefined || measured === null) {
      throw refused(id, `a row of values (does "run" return one?)`, measured);
    }
    if (isTable(measured)) {
      checkKept(experiment, keep, measured);
      keep(withCell(id, measured, cell, replication), replication);
      tables++;
      continue;
    }
    if (experiment.summarise !== undefined) {
      throw refused(id, `a table, of which "summarise" makes rows`, "rows");
    }
    for (const measures of Array.isArray(measured) ? measured : [measured]) {
      rows.push({ ...cell, replication, ...plain(id, measures, cell) } as ExperimentRow);
    }
  }
  if (tables > 0 && tables < replications) {
    throw refused(id, "tables alone", `${tables} tables in ${replications} replications`);
  }
  return rows;
}

function isTable(measured: CellReturn): measured is Table {
  const { count, columns } = measured as Partial<Table>;
  return typeof count === "number" && Array.isArray(columns);
}

function checkKept(
  { id, summarise, usesRows }: Experiment,
  keep: KeepTable | undefined,
  { count, columns }: Table,
): asserts keep is KeepTable {
  if (keep === undefined) throw refused(id, "rows", "a table");
  if (columns.length === 0) throw refused(id, "a table with columns", "one without");
  const wrong = columns.find((column) =>
    typeof column?.name !== "string" || typeof column.type !== "string" ||
    typeof (column as Partial<FloatColumn>).slice !== "function"
  );
  if (wrong !== undefined) throw refused(id, "columns made by floatColumn() and its like", wrong);
  if (!Number.isSafeInteger(count) || count < 0) {
    throw refused(id, "a table with a whole number of rows", count);
  }
  if (usesRows && summarise === undefined) {
    throw refused(
      id,
      "rows for targets, headlines and figures",
      `a table without "summarise", which makes these rows of it`,
    );
  }
}

/** A table after columns of the cell's factors and the number of the replication. */
function withCell(id: string, table: Table, cell: Cell, replication: number): Table {
  const own = [...Object.keys(cell), "replication"];
  const taken = table.columns.find(({ name }) => own.includes(name));
  if (taken !== undefined) throw refused(id, "names apart from its factors", taken.name);
  return {
    count: table.count,
    columns: [
      ...Object.entries(cell).map(([name, value]) => constantColumn(name, value, table.count)),
      integerColumn("replication", new Int32Array(table.count).fill(replication)),
      ...table.columns,
    ],
  };
}

/** A column of one value. Parquet keeps it in a few bytes. */
function constantColumn(name: string, value: Value, count: number): Column {
  if (typeof value !== "number") return textColumn(name, new Uint8Array(count), [String(value)]);
  const column: FloatColumn = {
    name,
    type: "float64",
    slice: (from, to) => new Float64Array(to - from).fill(value),
  };
  return column;
}

/** Measures as JSON keeps them. */
function plain(id: string, measures: Measures, cell: Cell): Measures {
  if (!isPlain(measures)) {
    throw refused(id, "a row of values", measures);
  }
  const entries = Object.entries(measures).map(([name, value]): [string, Value | null] => {
    if (Object.hasOwn(cell, name) || name === "replication") {
      throw refused(id, "names apart from its factors", name);
    }
    if (typeof value === "number") return [name, Number.isFinite(value) ? value + 0 : null];
    if (value !== null && typeof value !== "string" && typeof value !== "boolean") {
      throw refused(id, `text, number, boolean or null in ${name}`, value);
    }
    return [name, value];
  });
  return Object.fromEntries(entries);
}

/** Whether its entries are all there is to it, as in no list, date or map. */
function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function refused(id: string, wanted: string, value: unknown): TypeError {
  return new TypeError(
    `Cannot read what ${id} measured as ${wanted}: current value is ${showValue(value)}`,
  );
}
