import type { RunResult } from "../metrics/run_tables.ts";
import type { Manifest } from "./manifest.ts";
import { writeParquet } from "./parquet/write_parquet.ts";
import { requestTable } from "./request_table.ts";
import type { ResultDirectory } from "./result_directory.ts";
import {
  coldStartWaitTable,
  instanceTable,
  timeSeriesTable,
  tokenGapTable,
} from "./series_tables.ts";
import type { Table } from "./table.ts";
import { writeCsv, writeJson } from "./text_formats.ts";

/** A format of the tables of a result. */
export type TableFormat = "parquet" | "csv" | "json";

type Append = (piece: Uint8Array | string) => void;

const WRITERS: Record<TableFormat, (table: Table, append: Append, csvSafe: boolean) => void> = {
  parquet: writeParquet,
  csv: writeCsv,
  json: writeJson,
};

/** The tables of a result by name, in the order they are written. */
export function resultTables(result: RunResult): Readonly<Record<string, Table>> {
  return {
    requests: requestTable(result),
    timeseries: timeSeriesTable(result),
    instances: instanceTable(result),
    cold_start_waits: coldStartWaitTable(result),
    token_gaps: tokenGapTable(result),
  };
}

/**
 * Writes the tables of a run in each format, its summary.json and its manifest.json. The caller
 * commits the directory, or discards it after an error. Equal runs give equal bytes but for the wall
 * time in the manifest.
 *
 * @example
 * ```ts ignore
 * const directory = openResultDirectory("results/mine");
 * try {
 *   writeResults(directory, result, await makeManifest(result, { config }), ["parquet"]);
 *   directory.commit();
 * } finally {
 *   directory.discard();
 * }
 * ```
 */
export function writeResults(
  directory: ResultDirectory,
  result: RunResult,
  manifest: Manifest,
  formats: readonly TableFormat[],
  csvSafe = false,
): void {
  for (const [name, table] of Object.entries(resultTables(result))) {
    writeTable(directory, name, table, formats, csvSafe);
  }
  directory.write("summary.json", (append) => append(jsonText(result.summary)));
  directory.write("manifest.json", (append) => append(jsonText(manifest)));
}

/** Writes a table as one file of each format. `csvSafe` is what `writeCsv` takes. */
export function writeTable(
  directory: ResultDirectory,
  name: string,
  table: Table,
  formats: readonly TableFormat[],
  csvSafe = false,
): void {
  for (const format of formats) {
    directory.write(`${name}.${format}`, (append) => WRITERS[format](table, append, csvSafe));
  }
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
