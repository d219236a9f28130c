import { InputError } from "../std/input_error.ts";
import { exists } from "../results/exists.ts";
import { readParquetColumns } from "../results/read_parquet.ts";
import { scanTable, tablesIn } from "../results/scan_table.ts";
import { recoverResults } from "../results/result_directory.ts";
import type { Experiment, ExperimentRow, Value } from "./experiment.ts";

/**
 * Reads the rows of an experiment back from its directory of results.
 *
 * @param factors Columns that the rows must have, beside `replication`.
 * @throws {RangeError} If there are none, or they are damaged or of another experiment.
 */
export async function readRows(
  directory: string,
  factors: readonly string[] = [],
): Promise<ExperimentRow[]> {
  const rows: ExperimentRow[] = [];
  for (const path of filesOrRefuse(directory)) {
    for (const row of await rowsIn(path, factors)) rows.push(row);
  }
  return rows;
}

async function rowsIn(path: string, factors: readonly string[]): Promise<ExperimentRow[]> {
  const columns = await readParquetColumns(path, { what: "rows of the experiment" });
  const names = Object.keys(columns);
  const missing = [...factors, "replication"].find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new InputError(
      path,
      `Cannot read the file as rows of the experiment: current value is one without ${missing}`,
    );
  }
  return Array.from({ length: columns.replication.length }, (_, row) =>
    Object.fromEntries(
      names.map((name) => [name, valueOf(columns[name][row], name, path)]),
    ) as ExperimentRow);
}

/**
 * The rows that the figures of an experiment are drawn from, from its directory of results.
 *
 * @throws {RangeError} As `readRows` does.
 */
export async function readFigureRows(
  { factors, summarise }: Experiment,
  directory: string,
): Promise<readonly ExperimentRow[]> {
  if (summarise === undefined) return await readRows(directory, Object.keys(factors));
  return await summarise(scanTable(filesOrRefuse(directory)));
}

/** The files that hold the rows of an experiment, in their order; none where it has not run. */
export function filesOfRows(directory: string): readonly string[] {
  recoverResults(directory);
  const one = `${directory}/rows.parquet`;
  return exists(one) ? [one] : tablesIn(`${directory}/rows`);
}

function filesOrRefuse(directory: string): readonly string[] {
  const files = filesOfRows(directory);
  if (files.length > 0) return files;
  throw new RangeError(
    `Cannot read rows from a directory without rows.parquet: current value is "${directory}"`,
  );
}

function valueOf(value: unknown, name: string, path: string): Value | null {
  if (typeof value === "bigint") return Number(value);
  if (value === null || value === undefined) return null;
  if (typeof value === "number" || typeof value === "string" || typeof value === "boolean") {
    return value;
  }
  throw new InputError(
    path,
    `Cannot read the column ${name} as numbers or texts: current value is of another type`,
  );
}
