import type { RunResult } from "../metrics/run_tables.ts";
import { writeParquet } from "./parquet/write_parquet.ts";
import type { Append } from "./replace_file.ts";
import type { ResultDirectory } from "./result_directory.ts";
import { resultTables } from "./result_tables.ts";
import type { Table } from "./table.ts";
import { writeCsv, writeJson } from "./text_formats.ts";

/** A format of the tables of a result. */
export type TableFormat = "parquet" | "csv" | "json";

const WRITERS: Record<TableFormat, (table: Table, append: Append, csvSafe: boolean) => void> = {
  parquet: writeParquet,
  csv: writeCsv,
  json: writeJson,
};

/** Lets a signal through: what is written between two calls cannot be interrupted. */
const PAUSE = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * Writes the tables of a run in each format and its summary.json. The caller commits the directory
 * with the manifest, or discards it after an error. Equal runs give equal bytes but for the wall time
 * in the manifest.
 *
 * @example
 * ```ts ignore
 * const directory = openResultDirectory("results/mine");
 * try {
 *   await writeResults(directory, result, ["parquet"]);
 *   directory.commit(await makeManifest(result, { config }));
 * } finally {
 *   directory.discard();
 * }
 * ```
 */
export async function writeResults(
  directory: ResultDirectory,
  result: RunResult,
  formats: readonly TableFormat[],
  csvSafe = false,
): Promise<void> {
  for (const [name, table] of Object.entries(resultTables(result))) {
    for (const format of formats) {
      await PAUSE();
      writeTable(directory, name, table, [format], csvSafe);
    }
  }
  directory.write("summary.json", (append) => append(jsonText(result.summary)));
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

/** A table as the bytes of a file. */
export function tableBytes(table: Table, format: TableFormat): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  WRITERS[format](table, (content) => {
    parts.push(typeof content === "string" ? new TextEncoder().encode(content) : content.slice());
  }, false);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}
