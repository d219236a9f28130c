import type { RunResult } from "../run_tables.ts";

/** Arrays that columns are kept in. */
export const ARRAYS = {
  float64: Float64Array,
  int32: Int32Array,
  uint16: Uint16Array,
  uint8: Uint8Array,
} as const;

/** Name of the array that a column is kept in. */
export type ArrayName = keyof typeof ARRAYS;

/** A column's array. */
export type ColumnArray = Float64Array | IntegerArray;

/** Whole numbers, or codes, one per row. */
export type IntegerArray = Int32Array | Uint16Array | Uint8Array;

/** What is said of every column: in files, in docs/metrics.md and beside its type. */
export interface ColumnFacts {
  /** Name in files. */
  readonly name: string;
  /** Unit of the values, such as "s"; "" for none. */
  readonly unit: string;
  /** What the column holds: a sentence. */
  readonly doc: string;
}

/** A column that a run keeps in an array. `From` is what a value of it is computed from. */
export interface StoredColumn<From> extends ColumnFacts {
  readonly kind: "stored";
  readonly array: ArrayName;
  /** What stands in a row in which nothing has been written. */
  readonly empty: number;
  /** The whole number that stands for null in files, if rows may be without one. */
  readonly nullValue?: number;
  /** What the codes of the column stand for; absent: it holds numbers. */
  readonly texts?: Texts;
  /** The line that computes it; absent: it is written where it happens. */
  readonly of?: (from: From) => number;
}

/** What the codes of a column stand for. */
export interface Texts {
  /** Where a program finds them, in words. */
  readonly where: string;
  of(run: RunResult): readonly string[];
}

/** A column of files that follows from others, slice by slice. */
export interface DerivedColumn extends ColumnFacts {
  readonly kind: "derived";
  /** Writes the rows `from` (included) to `to` (excluded) to the beginning of `out`. */
  fill(run: RunResult, out: Float64Array, from: number, to: number): void;
  /** What stands in all rows, where that is known without looking at them; absent: it is not. */
  constant?(run: RunResult): number | undefined;
}

/** A column of files with the numbers of the rows, from 0. */
export interface RowNumberColumn extends ColumnFacts {
  readonly kind: "row number";
}

/** A column of files whose codes follow from other tables. */
export interface LookedUpColumn extends ColumnFacts {
  readonly kind: "looked up";
  readonly texts: Texts;
  codes(run: RunResult): Uint16Array;
}

/** A column of a table. */
export type DeclaredColumn<From> =
  | StoredColumn<From>
  | DerivedColumn
  | RowNumberColumn
  | LookedUpColumn;

/**
 * The columns of a table in the order of its files; those that a run keeps by their names in
 * programs.
 */
export type DeclaredColumns<From> = Readonly<Record<string, DeclaredColumn<From>>>;

/** Names of the functions. */
export const FUNCTION_NAMES: Texts = {
  where: "an index into `functionNames`",
  of: ({ functionNames }) => functionNames,
};

type StoredFacts = ColumnFacts & { readonly empty?: number };
type IntegerFacts = StoredFacts & {
  readonly array?: Exclude<ArrayName, "float64">;
  readonly nullValue?: number;
};

/** A column of float64 numbers; NaN, with which it begins unless told otherwise, stands for null. */
export function floats<From>(
  facts: StoredFacts,
  of?: (from: From) => number,
): StoredColumn<From> {
  return { kind: "stored", array: "float64", empty: NaN, ...facts, ...(of && { of }) };
}

/** A column of whole numbers, 0 at first unless told otherwise. */
export function integers<From>(
  facts: IntegerFacts,
  of?: (from: From) => number,
): StoredColumn<From> {
  return { kind: "stored", array: "int32", empty: 0, ...facts, ...(of && { of }) };
}

/** A column of codes that stand for texts. */
export function codes<From>(
  facts: Omit<StoredFacts, "unit"> & { readonly array: "uint16" | "uint8"; readonly texts: Texts },
  of?: (from: From) => number,
): StoredColumn<From> {
  return { kind: "stored", unit: "", empty: 0, ...facts, ...(of && { of }) };
}

/** A column that is computed from others when files are written. */
export function derived(facts: ColumnFacts, fill: DerivedColumn["fill"]): DerivedColumn {
  return { kind: "derived", ...facts, fill };
}

/** Those of the columns that a run keeps, with their names in programs. */
export function storedColumns<From>(
  columns: DeclaredColumns<From>,
): readonly (readonly [string, StoredColumn<From>])[] {
  return Object.entries(columns).flatMap(([key, column]) =>
    column.kind === "stored" ? [[key, column] as const] : []
  );
}

/** An array for so many rows of a column in which nothing has been written. */
export function emptyColumn({ array, empty }: StoredColumn<never>, count: number): ColumnArray {
  const values = new ARRAYS[array](count);
  return empty === 0 ? values : values.fill(empty);
}

/** Arrays for so many rows of the columns that a run keeps. */
export function emptyColumns(
  columns: DeclaredColumns<never>,
  count: number,
): Record<string, ColumnArray> {
  const arrays: Record<string, ColumnArray> = {};
  for (const [key, column] of storedColumns(columns)) arrays[key] = emptyColumn(column, count);
  return arrays;
}

/** The columns of rows that are there as a whole. */
export function columnsOf<Row>(
  columns: DeclaredColumns<Row>,
  rows: readonly Row[],
): Record<string, ColumnArray> {
  const arrays: Record<string, ColumnArray> = {};
  for (const [key, column] of storedColumns(columns)) {
    const values = emptyColumn(column, rows.length);
    if (column.of !== undefined) {
      for (let i = 0; i < rows.length; i++) values[i] = column.of(rows[i]);
    }
    arrays[key] = values;
  }
  return arrays;
}
