import { InputError } from "../std/input_error.ts";
import { exists } from "../results/exists.ts";
import { readParquetColumns } from "../results/read_parquet.ts";
import { recoverResults } from "../results/result_directory.ts";
import type { ExperimentRow, Value } from "./experiment.ts";

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
  recoverResults(directory);
  const path = `${directory}/rows.parquet`;
  if (!exists(path)) {
    throw new RangeError(
      `Cannot read rows from a directory without rows.parquet: current value is "${directory}"`,
    );
  }
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
