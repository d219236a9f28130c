import type { PackedColumns } from "../packed_columns.ts";

/** A column at hand: numbers, and the texts that they are indices of. */
export interface OpenColumn {
  readonly values: Float32Array | Float64Array;
  readonly texts?: readonly string[];
}

/** Opens the columns of a table. */
export async function openColumns(
  { rows, columns, bytes: text }: PackedColumns,
): Promise<ReadonlyMap<string, OpenColumn>> {
  const zipped = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([zipped]).stream().pipeThrough(new DecompressionStream("gzip"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const width = { uint8: 1, uint16: 2, uint32: 4, float32: 4 };
  return new Map(columns.map(({ name, kind, quantum, offset, texts }) => {
    const numbers = new Uint32Array(rows);
    for (let plane = 0; plane < width[kind]; plane++) {
      for (let i = 0; i < rows; i++) {
        numbers[i] += bytes[offset + plane * rows + i] * 2 ** (8 * plane);
      }
    }
    const values = kind === "float32"
      ? new Float32Array(numbers.buffer)
      : Float64Array.from(numbers, (number) => number * quantum);
    return [name, texts === undefined ? { values } : { values, texts }];
  }));
}
