import { parquetRead } from "npm:hyparquet@1.31.5";
import { isNotThere } from "./owner_mark.ts";
import { readAt, readMetadata } from "./parquet/join_parquet.ts";
import { splitPath } from "./replace_file.ts";

/** Some rows of a table that is read piece by piece. */
export interface ScanBatch {
  /** How many. */
  readonly count: number;
  /** Values of a column of numbers; NaN stands for null. */
  numbers(column: string): Float64Array;
  /** Values of a column of texts. */
  texts(column: string): readonly string[];
}

/** A table in Parquet files that is read piece by piece: no more than a row group is in memory. */
export interface TableScan {
  /** Rows of all files. */
  readonly count: number;
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** The rows in their order. Only the columns that are named are read. */
  batches(columns: readonly string[]): AsyncGenerator<ScanBatch>;
  /**
   * The same rows as a lazy frame of Polars. A query reads what it needs when it is collected, piece by
   * piece with `collectSync({ engine: "streaming" })`. Polars is native code: the program needs `--allow-ffi
   * --allow-env --allow-sys`, or `-A`.
   *
   * @param polars The package, which nobody else is to have: the default export of "nodejs-polars".
   */
  lazyFrame<Frame>(polars: FrameReader<Frame>): Frame;
}

/** What of Polars makes lazy frames of files. */
export interface FrameReader<Frame> {
  /** The rows of a Parquet file, or of all that a pattern names. */
  scanParquet(path: string): Frame;
  /** The rows of frames, one after the other. */
  concat(frames: Frame[]): Frame;
}

/**
 * Opens the rows of Parquet files, one file after the other, without reading them.
 *
 * @param paths Files of the same columns, one at least.
 * @throws {RangeError} If a file is not there or damaged.
 *
 * @example
 * ```ts ignore
 * import pl from "nodejs-polars";
 * const requests = scanTable(["results/experiments/07_load/rows.parquet"]);
 * const slow = requests.lazyFrame(pl).groupBy(["rate"]).agg(pl.col("ttft_s").max());
 * console.log(slow.collectSync({ engine: "streaming" }));
 * ```
 */
export function scanTable(paths: readonly string[]): TableScan {
  const files = paths.map((path) => {
    using file = Deno.openSync(path);
    return { path, metadata: readMetadata(file, path).metadata };
  });
  return {
    count: files.reduce((sum, { metadata }) => sum + Number(metadata.num_rows), 0),
    columns: files[0].metadata.schema.slice(1).map(({ name }) => name),
    async *batches(columns) {
      for (const { path, metadata } of files) {
        using file = Deno.openSync(path);
        const byteLength = file.statSync().size;
        const slice = (from: number, to = byteLength) => readAt(file, from, to - from).buffer;
        let rowStart = 0;
        for (const { num_rows } of metadata.row_groups) {
          const count = Number(num_rows);
          const values = new Map<string, ArrayLike<unknown>>();
          await parquetRead({
            ...{ file: { byteLength, slice }, metadata, columns: [...columns] },
            ...{ rowStart, rowEnd: rowStart + count },
            onChunk: ({ columnName, columnData }) => values.set(columnName, columnData),
          });
          rowStart += count;
          yield batchOf(count, values);
        }
      }
    },
    lazyFrame(polars) {
      const pattern = patternOf(paths);
      // Files that a pattern names are read in turns; a union of many frames reads all of them at once.
      return pattern !== undefined
        ? polars.scanParquet(pattern)
        : polars.concat(paths.map((path) => polars.scanParquet(path)));
    },
  };
}

/** The pattern that names these files and no others; undefined where there is none. */
function patternOf(paths: readonly string[]): string | undefined {
  if (paths.length === 1) return /[*?[]/.test(paths[0]) ? undefined : paths[0];
  const { folder } = splitPath(paths[0]);
  const names = tablesIn(folder);
  const isWhole = names.length === paths.length && names.every((path, i) => path === paths[i]);
  return isWhole && !/[*?[]/.test(folder) ? `${folder}/*.parquet` : undefined;
}

/** Paths of the Parquet files in a folder, in the order of their names; none where there is no folder. */
export function tablesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => `${folder}/${name}`)
      .filter((path) => path.endsWith(".parquet")).sort();
  } catch (error) {
    if (isNotThere(error)) return [];
    throw error;
  }
}

function batchOf(count: number, values: ReadonlyMap<string, ArrayLike<unknown>>): ScanBatch {
  const column = (name: string) => {
    const found = values.get(name);
    if (found !== undefined) return found;
    throw new RangeError(
      `Cannot read a column as one of ${[...values.keys()].join(", ")}: current value is ${name}`,
    );
  };
  return {
    count,
    numbers: (name) =>
      Float64Array.from(column(name) as ArrayLike<number | null>, (value) => value ?? NaN),
    texts: (name) => column(name) as unknown as readonly string[],
  };
}
