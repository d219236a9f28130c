import { joinParquet } from "../results/parquet/join_parquet.ts";
import type { ResultDirectory } from "../results/result_directory.ts";
import { scanTable, type TableScan } from "../results/scan_table.ts";

/** Bytes of a file of results from which the next table begins another one. */
const PART_BYTES = 2 ** 27;

/** Digits of the names of files, which stand in the order of their numbers. */
const DIGITS = 6;
const nameOf = (number: number) => `${String(number).padStart(DIGITS, "0")}.parquet`;

/**
 * Calls `use` with all rows of some tables. While it runs they are in a folder of their own, as links:
 * what reads them piece by piece wants a folder.
 *
 * @param tables Paths of the tables of cells in the order of the cells.
 * @param store Folder of the store that they are in.
 */
export async function withTables<T>(
  tables: readonly string[],
  store: string,
  use: (rows: TableScan) => T | Promise<T>,
): Promise<T> {
  const folder = Deno.makeTempDirSync({ dir: store, prefix: ".scan-" });
  try {
    return await use(scanTable(linked(tables, folder)));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Links to files in a folder, in their order; the files themselves where there are no links. */
function linked(tables: readonly string[], folder: string): readonly string[] {
  try {
    return tables.map((table, i) => {
      const path = `${folder}/${nameOf(i)}`;
      Deno.linkSync(table, path);
      return path;
    });
  } catch {
    return tables;
  }
}

/**
 * Writes the rows of tables to a directory of results: `rows/000000.parquet` and so on, each of some
 * 128 MiB, in the order of the tables. Nothing of them is in memory for longer than it takes to copy.
 */
export function writeTables(target: ResultDirectory, tables: readonly string[]): void {
  let part: string[] = [], bytes = 0, parts = 0;
  const end = () => {
    if (part.length === 0) return;
    const [own] = [part];
    target.write(`rows/${nameOf(parts++)}`, (append) => joinParquet(own, append));
    part = [];
    bytes = 0;
  };
  for (const table of tables) {
    part.push(table);
    bytes += Deno.statSync(table).size;
    if (bytes >= PART_BYTES) end();
  }
  end();
}
