/** A column that grows. */
type GrowingColumn =
  | Int32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>;

/** A copy of a column with room for `size` values, zeros behind those of the column. */
export function grownTo<T extends GrowingColumn>(column: T, size: number): T {
  const grown = new (column.constructor as new (size: number) => T)(size);
  grown.set(column);
  return grown;
}

/** A copy of a column with room for twice as many values. */
export function grown<T extends GrowingColumn>(column: T): T {
  return grownTo(column, 2 * column.length);
}
