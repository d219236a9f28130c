import { CompactWriter } from "./compact_writer.ts";

/** What a file begins and ends with. */
export const MAGIC = new TextEncoder().encode("PAR1");
/** Encodings of pages. */
export const Encoding = { plain: 0, rle: 3, dictionary: 8 } as const;
const Type = { float64: 5, int32: 1, text: 6 } as const;
const Repetition = { required: 0, optional: 1 } as const;
const UTF8 = 0;
const UNCOMPRESSED = 0;

/** A column as the metadata of a file know it. */
export interface ColumnShape {
  readonly name: string;
  readonly type: "float64" | "int32" | "text";
  /** Whether rows may be null. */
  readonly isOptional: boolean;
}

/** A column of a row group in a file. Offsets count from the start of the file. */
export interface Chunk {
  readonly column: ColumnShape;
  readonly rows: number;
  /** Where its dictionary page begins; undefined where it has none. */
  readonly dictionaryOffset: number | undefined;
  readonly dataOffset: number;
  readonly bytes: number;
  readonly nullCount: number;
}

/** What a file says of itself, by key. */
export type KeyValues = readonly (readonly [key: string, value: string])[];

/** What ends a file: its metadata, their length, and the magic word. */
export function parquetEnd(
  columns: readonly ColumnShape[],
  rows: number,
  groups: readonly (readonly Chunk[])[],
  keyValues: KeyValues = [],
): Uint8Array {
  const metadata = fileMetadata(columns, rows, groups, keyValues);
  const end = new Uint8Array(metadata.length + 8);
  end.set(metadata);
  new DataView(end.buffer).setUint32(metadata.length, metadata.length, true);
  end.set(MAGIC, metadata.length + 4);
  return end;
}

function fileMetadata(
  columns: readonly ColumnShape[],
  rows: number,
  groups: readonly (readonly Chunk[])[],
  keyValues: KeyValues,
): Uint8Array {
  const writer = new CompactWriter();
  writer.integer(1, 2);
  writer.structs(2, [undefined, ...columns], (column) => {
    if (column === undefined) {
      writer.text(4, "schema");
      writer.integer(5, columns.length);
      return;
    }
    writer.integer(1, Type[column.type]);
    writer.integer(3, column.isOptional ? Repetition.optional : Repetition.required);
    writer.text(4, column.name);
    if (column.type !== "text") return;
    writer.integer(6, UTF8);
    // The logical type "string" is an empty structure in the first place of a union.
    writer.struct(10, () => writer.struct(1, () => {}));
  });
  writer.integer(3, rows, "i64");
  writer.structs(4, groups, (chunks) => {
    writer.structs(1, chunks, (chunk) => chunkMetadata(writer, chunk));
    writer.integer(2, chunks.reduce((sum, chunk) => sum + chunk.bytes, 0), "i64");
    writer.integer(3, chunks[0].rows, "i64");
  });
  if (keyValues.length > 0) {
    writer.structs(5, keyValues, ([key, value]) => {
      writer.text(1, key);
      writer.text(2, value);
    });
  }
  writer.text(6, "SimFaaSInfer");
  return writer.finish();
}

function chunkMetadata(writer: CompactWriter, chunk: Chunk): void {
  const { column, dictionaryOffset } = chunk;
  writer.integer(2, 0, "i64");
  writer.struct(3, () => {
    writer.integer(1, Type[column.type]);
    writer.integers(
      2,
      dictionaryOffset === undefined
        ? [Encoding.plain, Encoding.rle]
        : [Encoding.plain, Encoding.rle, Encoding.dictionary],
    );
    writer.texts(3, [column.name]);
    writer.integer(4, UNCOMPRESSED);
    writer.integer(5, chunk.rows, "i64");
    writer.integer(6, chunk.bytes, "i64");
    writer.integer(7, chunk.bytes, "i64");
    writer.integer(9, chunk.dataOffset, "i64");
    if (dictionaryOffset !== undefined) writer.integer(11, dictionaryOffset, "i64");
    writer.struct(12, () => writer.integer(3, chunk.nullCount, "i64"));
  });
}
