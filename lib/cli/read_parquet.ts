import { zstdDecompressSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import type { ParquetRows } from "../execution/profiled/import_aiconfigurator.ts";

/** Rows of a Parquet file compressed with zstd or snappy. */
export async function readParquet(path: string): Promise<ParquetRows> {
  const { buffer, byteOffset, byteLength } = await Deno.readFile(path);
  return await parquetReadObjects({
    file: buffer.slice(byteOffset, byteOffset + byteLength),
    compressors: { ZSTD: (input: Uint8Array) => new Uint8Array(zstdDecompressSync(input)) },
  });
}
