import {
  type ArrayName,
  ARRAYS,
  type ColumnArray,
  integers,
  type StoredColumn,
  storedColumns,
} from "../columns/column.ts";
import { REQUEST_COLUMNS } from "../columns/request_columns.ts";

/** A column of a page. */
export interface PageColumn {
  readonly key: string;
  readonly array: ArrayName;
  /** What stands in a row in which nothing has been written. */
  readonly empty: number;
  /** Bytes of a page before it. */
  readonly offset: number;
}

/** Where the columns of the requests lie in a page of so many rows: one behind the other. */
export interface PageLayout {
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly PageColumn[];
}

/** The widest first, so that each begins where an array of its kind may. */
const WIDEST_FIRST: readonly ArrayName[] = ["float64", "int32", "uint16", "uint8"];

/** All that is kept of a request, by its name in programs. */
export const KEPT_COLUMNS: readonly (readonly [string, StoredColumn<never>])[] = [
  ...storedColumns(REQUEST_COLUMNS),
  ["waitedFor", integers({ name: "waited_for", unit: "", doc: "Instance waited for", empty: -1 })],
];

/** @param rows Rows of a page, a multiple of 8. */
export function pageLayout(rows: number): PageLayout {
  let offset = 0;
  const columns = WIDEST_FIRST.flatMap((array) =>
    KEPT_COLUMNS.filter(([, column]) => column.array === array).map(([key, { empty }]) => {
      const column = { key, array, empty, offset };
      offset += rows * ARRAYS[array].BYTES_PER_ELEMENT;
      return column;
    })
  );
  return { rows, bytes: offset, columns };
}

/** A column of a page that lies in memory. */
export function pageArray({ array, offset }: PageColumn, page: ArrayBuffer, rows: number) {
  return new ARRAYS[array](page, offset, rows) as ColumnArray;
}
