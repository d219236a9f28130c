import {
  type Compressors,
  type FileMetaData,
  parquetMetadata,
  parquetRead,
} from "npm:hyparquet@1.31.5";
import { parquetHeader } from "npm:/hyparquet@1.31.5/src/column.js";
import { contentKind } from "../std/content_kind.ts";
import { InputError } from "../std/input_error.ts";
import { cutText, shownNames } from "../std/safe_text.ts";
import { readInputBytes } from "./read_input.ts";

/** Columns of a table by name; equally long. */
export type ReadColumns = Readonly<Record<string, readonly unknown[]>>;

/** Options of {@linkcode readParquetColumns}. */
export interface ReadParquetOptions {
  /** What the file should be, such as "a table of requests". */
  readonly what: string;
  /** Columns that are read, all of which must be there; default all that there are. */
  readonly columns?: readonly string[];
  readonly compressors?: Compressors;
}

/** Most bytes of a page for each byte of it in the file, and on top of that. */
const MOST_EXPANSION = { times: 1000, more: 2 ** 20 };

/**
 * Reads a flat Parquet file that a user named.
 *
 * @throws {InputError} If it is not there, damaged, or lacks a column.
 */
export async function readParquetColumns(
  path: string,
  { what, columns: wanted, compressors }: ReadParquetOptions,
): Promise<ReadColumns> {
  const bytes = readInputBytes(path, what, "table");
  const whole = bytes.buffer.byteLength === bytes.length ? bytes.buffer : bytes.slice().buffer;
  try {
    const metadata = parquetMetadata(whole, { geoparquet: false });
    const there = columnNames(metadata);
    const missing = wanted?.find((name) => !there.includes(name));
    if (missing !== undefined) {
      throw new InputError(
        path,
        `Cannot read the file as ${what} with the column ${missing}: current value is ` +
          `a Parquet file with ${there.length === 0 ? "no column" : shownNames(there)}`,
      );
    }
    const rows = checkLayout(metadata, whole);
    return await readColumns(whole, metadata, wanted ?? there, rows, compressors);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const kind = contentKind(bytes);
    const found = kind === "a Parquet file"
      ? `a damaged Parquet file (${cutText((error as Error).message)})`
      : kind;
    throw new InputError(path, `Cannot read the file as ${what}: current value is ${found}`, {
      cause: error,
    });
  }
}

async function readColumns(
  file: ArrayBuffer,
  metadata: FileMetaData,
  names: readonly string[],
  rows: number,
  compressors: Compressors | undefined,
): Promise<ReadColumns> {
  const columns: Record<string, unknown[]> = Object.create(null);
  for (const name of names) columns[name] = [];
  const parts: { name: string; rowStart: number; data: ArrayLike<unknown> }[] = [];
  await parquetRead({
    file,
    metadata,
    columns: [...names],
    ...(compressors && { compressors }),
    onChunk: ({ columnName, columnData, rowStart }) =>
      parts.push({ name: columnName, rowStart, data: columnData as ArrayLike<unknown> }),
  });
  for (const { name, data } of parts.sort((a, b) => a.rowStart - b.rowStart)) {
    for (let i = 0; i < data.length; i++) columns[name].push(data[i]);
  }
  const short = names.find((name) => columns[name].length !== rows);
  if (short !== undefined) throw new Error(`column ${short} has ${columns[short].length} rows`);
  return columns;
}

function columnNames({ schema }: FileMetaData): string[] {
  return schema.slice(1).filter(({ num_children }) => !num_children).map(({ name }) => name);
}

/**
 * Checks that what the footer and the pages' headers say fits the file and each other: a reader takes
 * the sizes of its arrays from there.
 *
 * @returns Rows of the table.
 */
function checkLayout(metadata: FileMetaData, file: ArrayBuffer): number {
  let rows = 0;
  for (const group of metadata.row_groups) {
    const groupRows = Number(group.num_rows);
    rows += groupRows;
    for (const { meta_data: chunk } of group.columns) {
      if (chunk === undefined) throw new Error("a column without metadata");
      const dictionary = Number(chunk.dictionary_page_offset ?? 0);
      const start = dictionary > 0 ? dictionary : Number(chunk.data_page_offset);
      const size = Number(chunk.total_compressed_size);
      if (!(start >= 4 && size >= 0 && start + size <= file.byteLength)) {
        throw new Error("a column outside of the file");
      }
      checkPages(new DataView(file, start, size), groupRows);
    }
  }
  if (rows !== Number(metadata.num_rows)) throw new Error("row groups of other lengths");
  return rows;
}

function checkPages(view: DataView<ArrayBuffer>, rows: number): void {
  const reader = { view, offset: 0 };
  let values = 0;
  while (reader.offset < view.byteLength && values < rows) {
    const header = parquetHeader(reader);
    const { compressed_page_size: compressed, uncompressed_page_size: plain } = header;
    const most = compressed * MOST_EXPANSION.times + MOST_EXPANSION.more;
    if (!(compressed >= 0 && reader.offset + compressed <= view.byteLength)) {
      throw new Error("a page outside of its column");
    }
    if (!(plain >= 0 && plain <= most)) throw new Error("a page of another size");
    const own = header.data_page_header ?? header.data_page_header_v2;
    if (own !== undefined) values += own.num_values;
    const entries = header.dictionary_page_header?.num_values ?? 0;
    if (!(values <= rows && (own === undefined || own.num_values >= 0) && entries <= plain + 1)) {
      throw new Error("a page of another number of values");
    }
    reader.offset += compressed;
  }
}
