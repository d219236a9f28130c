import { type FileMetaData, parquetMetadata } from "npm:hyparquet@1.31.5";
import type { Append } from "../replace_file.ts";
import {
  type Chunk,
  type ColumnShape,
  type KeyValues,
  MAGIC,
  parquetEnd,
} from "./file_metadata.ts";

/** Bytes that are copied at once. */
const PIECE = 2 ** 20;
/** The word and the length that follow the metadata. */
const END = 8;
const TYPES: Readonly<Record<string, ColumnShape["type"]>> = {
  DOUBLE: "float64",
  INT32: "int32",
  BYTE_ARRAY: "text",
};

/**
 * Writes the rows of several files of `writeParquet` as one file, in the order of the files: their row
 * groups are copied as they are, so that no more than a mebibyte is in memory, whatever their size.
 *
 * @param append Takes the file's bytes in order. They are valid until it returns.
 * @throws {RangeError} If a file has other columns than the first one, or is not by `writeParquet`.
 */
export function joinParquet(paths: readonly string[], append: Append): void {
  let offset = MAGIC.length, rows = 0;
  let columns: readonly ColumnShape[] = [];
  let keyValues: KeyValues = [];
  const groups: Chunk[][] = [];
  append(MAGIC);
  for (const [i, path] of paths.entries()) {
    using file = Deno.openSync(path);
    const { metadata, dataBytes } = readMetadata(file, path);
    const own = columnsOf(metadata, path);
    if (i === 0) columns = own;
    else if (JSON.stringify(own) !== JSON.stringify(columns)) {
      throw new RangeError(
        `Cannot join tables as one with the columns ${shown(columns)}: ` +
          `current value is ${shown(own)} ("${path}")`,
      );
    }
    const said = (metadata.key_value_metadata ?? []).map(({ key, value = "" }) =>
      [key, value] as const
    );
    // What only some of the files say is not true of all rows.
    keyValues = i === 0
      ? said
      : keyValues.filter(([key, value]) => said.some(([k, v]) => k === key && v === value));
    groups.push(...chunksOf(metadata, own, offset - MAGIC.length));
    rows += Number(metadata.num_rows);
    file.seekSync(MAGIC.length, Deno.SeekMode.Start);
    copy(file, dataBytes, append);
    offset += dataBytes;
  }
  append(parquetEnd(columns, rows, groups, keyValues));
}

/** Metadata at the end of a file, and the bytes between the magic word and them. */
export function readMetadata(
  file: Deno.FsFile,
  path: string,
): { readonly metadata: FileMetaData; readonly dataBytes: number } {
  const { size } = file.statSync();
  const end = readAt(file, Math.max(0, size - END), Math.min(size, END));
  const length = end.length < END ? 0 : new DataView(end.buffer).getUint32(0, true);
  const isWhole = size >= MAGIC.length + length + END &&
    MAGIC.every((byte, i) => end[END - MAGIC.length + i] === byte);
  if (!isWhole) {
    throw new RangeError(`Cannot read a file as Parquet: current value is damaged ("${path}")`);
  }
  const from = size - END - length;
  const metadata = parquetMetadata(readAt(file, from, length + END).buffer, { geoparquet: false });
  return { metadata, dataBytes: from - MAGIC.length };
}

/** Bytes of a file from a place on. */
export function readAt(file: Deno.FsFile, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(from, Deno.SeekMode.Start);
  for (let read = 0; read < length;) {
    const more = file.readSync(bytes.subarray(read));
    if (more === null) return bytes.subarray(0, read);
    read += more;
  }
  return bytes;
}

function columnsOf({ schema }: FileMetaData, path: string): ColumnShape[] {
  return schema.slice(1).map(({ name, type, repetition_type }) => {
    const own = TYPES[type ?? ""];
    if (own !== undefined) return { name, type: own, isOptional: repetition_type === "OPTIONAL" };
    throw new RangeError(
      `Cannot join a table as one of numbers and texts: current value is ${type} ("${path}")`,
    );
  });
}

/** The row groups of a file, whose bytes lie `shift` further in another one. */
function chunksOf(
  { row_groups }: FileMetaData,
  columns: readonly ColumnShape[],
  shift: number,
): Chunk[][] {
  return row_groups.map((group) =>
    group.columns.map(({ meta_data }, i): Chunk => {
      const chunk = meta_data!;
      const dictionary = chunk.dictionary_page_offset;
      return {
        column: columns[i],
        rows: Number(chunk.num_values),
        dataOffset: Number(chunk.data_page_offset) + shift,
        dictionaryOffset: dictionary === undefined ? undefined : Number(dictionary) + shift,
        bytes: Number(chunk.total_compressed_size),
        nullCount: Number(chunk.statistics?.null_count ?? 0),
      };
    })
  );
}

function copy(file: Deno.FsFile, length: number, append: Append): void {
  const piece = new Uint8Array(Math.min(PIECE, length));
  for (let left = length; left > 0;) {
    const read = file.readSync(piece.subarray(0, Math.min(left, piece.length)));
    if (read === null) throw new RangeError("Cannot copy a table: current value is cut short");
    append(piece.subarray(0, read));
    left -= read;
  }
}

function shown(columns: readonly ColumnShape[]): string {
  return columns.map(({ name, type }) => `${name} (${type})`).join(", ");
}
