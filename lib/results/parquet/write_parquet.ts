import type { Column, Table } from "../table.ts";
import { CompactWriter } from "./compact_writer.ts";
import { encodeColumn, isOptional } from "./encode_column.ts";
import {
  type Chunk,
  type ColumnShape,
  Encoding,
  type KeyValues,
  MAGIC,
  parquetEnd,
} from "./file_metadata.ts";

/** Rows of a row group: a float64 column of it is 1 MiB and stays in a core's cache. */
const ROWS_PER_GROUP = 131_072;
const Page = { data: 0, dictionary: 2 } as const;

/**
 * Writes a table as an Apache Parquet file: uncompressed, one page per column and row group, float64
 * values as they lie in memory. Equal tables give equal bytes.
 *
 * This is 10 to 100 times cheaper than a general writer and needs no native package: a million
 * requests of 19 columns take about as long as copying their memory to a file.
 *
 * @param write Takes the file's bytes in order. They are valid until it returns.
 * @source Apache Parquet format 2.10, README.md, Encodings.md and parquet.thrift
 */
export function writeParquet(table: Table, write: (bytes: Uint8Array) => void): void {
  let offset = 0;
  const emit = (bytes: Uint8Array) => {
    if (bytes.length === 0) return;
    write(bytes);
    offset += bytes.length;
  };
  emit(MAGIC);
  const groups: Chunk[][] = [];
  const scratch = new ArrayBuffer(8 * Math.min(table.count + 1, ROWS_PER_GROUP + 1));
  for (let from = 0; from < table.count; from += ROWS_PER_GROUP) {
    const to = Math.min(table.count, from + ROWS_PER_GROUP);
    groups.push(table.columns.map((column) => writeChunk(column, from, to)));
  }
  emit(parquetEnd(table.columns.map(shapeOf), table.count, groups, keyValues(table)));

  function writeChunk(column: Column, from: number, to: number): Chunk {
    const startOffset = offset;
    const { dictionary, parts, nullCount } = encodeColumn(column, from, to, scratch);
    if (dictionary !== undefined) {
      emit(dictionaryPageHeader(dictionary.count, dictionary.bytes.length));
      emit(dictionary.bytes);
    }
    const dataOffset = offset;
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    emit(dataPageHeader(to - from, bytes, dictionary !== undefined));
    for (const part of parts) emit(part);
    return {
      column: shapeOf(column),
      rows: to - from,
      dataOffset,
      dictionaryOffset: dictionary === undefined ? undefined : startOffset,
      bytes: offset - startOffset,
      nullCount,
    };
  }
}

/** What the file says of the table and of each column: "ttft_s.unit", "ttft_s.description". */
function keyValues({ metadata = {}, columns }: Table): KeyValues {
  return [
    ...Object.entries(metadata),
    ...columns.flatMap(({ name, unit = "", doc = "" }) => [
      ...(unit === "" ? [] : [[`${name}.unit`, unit] as const]),
      ...(doc === "" ? [] : [[`${name}.description`, doc] as const]),
    ]),
  ];
}

function shapeOf(column: Column): ColumnShape {
  return { name: column.name, type: column.type, isOptional: isOptional(column) };
}

function dictionaryPageHeader(entries: number, bytes: number): Uint8Array {
  const writer = new CompactWriter();
  writer.integer(1, Page.dictionary);
  writer.integer(2, bytes);
  writer.integer(3, bytes);
  writer.struct(7, () => {
    writer.integer(1, entries);
    writer.integer(2, Encoding.plain);
  });
  return writer.finish();
}

function dataPageHeader(rows: number, bytes: number, hasDictionary: boolean): Uint8Array {
  const writer = new CompactWriter();
  writer.integer(1, Page.data);
  writer.integer(2, bytes);
  writer.integer(3, bytes);
  writer.struct(5, () => {
    writer.integer(1, rows);
    writer.integer(2, hasDictionary ? Encoding.dictionary : Encoding.plain);
    writer.integer(3, Encoding.rle);
    writer.integer(4, Encoding.rle);
  });
  return writer.finish();
}
