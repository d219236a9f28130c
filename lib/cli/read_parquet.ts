import { zstdDecompressSync } from "node:zlib";
import type { ParquetRows } from "../execution/profiled/import_aiconfigurator.ts";
import { readParquetColumns } from "../results/read_parquet.ts";

/** Largest page once it is unpacked, bytes. */
const MOST_PAGE_BYTES = 2 ** 30;

/**
 * Rows of a Parquet file compressed with zstd or snappy.
 *
 * @throws {InputError} If it is not there or damaged.
 */
export async function readParquet(path: string): Promise<ParquetRows> {
  const columns = await readParquetColumns(path, {
    what: "measured operator times",
    compressors: {
      ZSTD: (input) =>
        new Uint8Array(zstdDecompressSync(input, { maxOutputLength: MOST_PAGE_BYTES })),
    },
  });
  const names = Object.keys(columns);
  const count = names.length === 0 ? 0 : columns[names[0]].length;
  return Array.from(
    { length: count },
    (_, row) => Object.fromEntries(names.map((name) => [name, columns[name][row]])),
  );
}
