import type { IntegerArray } from "../metrics/columns/column.ts";

export type { IntegerArray };

/** What is known of a column beyond its values. */
export interface ColumnFacts {
  /** Name in files. */
  readonly name: string;
  /** Unit of the values, such as "s"; absent or "": none. */
  readonly unit?: string;
  /** What the column holds: a sentence. */
  readonly doc?: string;
}

/** A column of float64 numbers. NaN stands for null. */
export interface FloatColumn extends ColumnFacts {
  /** Tells it from columns of other values. */
  readonly type: "float64";
  /** The value of all rows, where that is known without looking at them. */
  readonly constant?: number;
  /** Values of the rows `from` (included) to `to` (excluded). Valid until the next call. */
  slice(from: number, to: number): Float64Array;
}

/** A column of whole numbers of at most 32 bits. */
export interface IntegerColumn extends ColumnFacts {
  /** Tells it from columns of other values. */
  readonly type: "int32";
  /** The value that stands for null, if rows may be without one. */
  readonly nullValue?: number;
  /** Values of the rows `from` (included) to `to` (excluded). Valid until the next call. */
  slice(from: number, to: number): IntegerArray;
}

/** A column of texts from a short list, stored as codes. */
export interface TextColumn extends ColumnFacts {
  /** Tells it from columns of other values. */
  readonly type: "text";
  /** Text of each code. */
  readonly names: readonly string[];
  /** Codes of the rows `from` (included) to `to` (excluded). Valid until the next call. */
  slice(from: number, to: number): Uint8Array | Uint16Array | Uint32Array;
}

/** A column of a table. */
export type Column = FloatColumn | IntegerColumn | TextColumn;

/**
 * A table that is read by slices of rows, so that a derived column needs memory for one slice only.
 * A slice may share its memory with the next slice of any column of the same table.
 */
export interface Table {
  /** Number of rows. */
  readonly count: number;
  /** In the order of the file. */
  readonly columns: readonly Column[];
  /** What the file of the table says of it as a whole, by key. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A column of a float64 array. NaN stands for null. */
export function floatColumn(name: string, values: Float64Array): FloatColumn {
  return { name, type: "float64", slice: (from, to) => values.subarray(from, to) };
}

/** A column of an array of whole numbers, of which one may stand for null. */
export function integerColumn(
  name: string,
  values: IntegerArray,
  nullValue?: number,
): IntegerColumn {
  return { name, type: "int32", nullValue, slice: (from, to) => values.subarray(from, to) };
}

/** A column of codes and the text of each code. */
export function textColumn(
  name: string,
  codes: Uint8Array | Uint16Array | Uint32Array,
  names: readonly string[],
): TextColumn {
  return { name, type: "text", names, slice: (from, to) => codes.subarray(from, to) };
}
