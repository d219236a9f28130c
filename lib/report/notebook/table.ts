import { DISPLAY, type MediaBundle } from "../../std/display.ts";
import { suggest } from "../../std/suggest.ts";
import { showValue } from "../../std/show_value.ts";
import { type FrameLike, frameView, isFrame } from "./frame_view.ts";
import { tableBundle, type TableView, type ViewColumn } from "./table_view.ts";
import { unitOfName } from "./units.ts";

/** What a notebook shows for the last line of a cell: content by MIME type. */
export interface Display {
  /** Called by the notebook's kernel. */
  [DISPLAY](): MediaBundle | Promise<MediaBundle>;
}

/** A row of a table: values by the name of their column. */
export type TableRow = Readonly<Record<string, unknown>>;

/** Options of {@linkcode table}. */
export interface TableOptions {
  /** Columns that are shown, in this order, or the head of each by its name; default all. */
  readonly columns?: readonly string[] | Readonly<Record<string, string>>;
  /** Rows that are shown at most; default 50 of rows, 10 of a frame with more than 25. */
  readonly rows?: number;
  /** A line above the table. */
  readonly title?: string;
}

/** Rows that are shown where the caller does not say. */
const ROWS_SHOWN = 50;

/**
 * A table for the last line of a notebook's cell: of a data frame, of rows by name, or of a head and
 * rows of values. Whole numbers are exact, fractions have four significant digits, numbers stand at the
 * right, what is undefined is a dash; rows that are left out are counted.
 *
 * @throws {RangeError} If a column is asked for that is not there.
 */
export function table(data: FrameLike | readonly TableRow[], options?: TableOptions): Display;
/** The same of a head and rows of values in its order. */
export function table(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  options?: Omit<TableOptions, "columns">,
): Display;
export function table(
  first: FrameLike | readonly TableRow[] | readonly string[],
  second: TableOptions | readonly (readonly unknown[])[] = {},
  third: Omit<TableOptions, "columns"> = {},
): Display {
  const view = Array.isArray(second)
    ? valuesView(first as readonly string[], second, third)
    : dataView(first as FrameLike | readonly TableRow[], second as TableOptions);
  return { [DISPLAY]: () => tableBundle(view) };
}

/** The view of a head and rows of values. */
function valuesView(
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
  { rows: most = ROWS_SHOWN, title }: Omit<TableOptions, "columns">,
): TableView {
  const wrong = rows.find((row) => row.length !== head.length);
  if (wrong !== undefined) {
    throw new RangeError(
      `Cannot show a row as one of ${head.length} columns: current value is ${showValue(wrong)}`,
    );
  }
  const shown = rows.slice(0, most);
  const columns = head.map((name, i) => ({ name, values: shown.map((row) => row[i]) }));
  return { columns, count: rows.length, ...(title !== undefined && { title }) };
}

function dataView(
  data: FrameLike | readonly TableRow[],
  { columns, rows, title }: TableOptions,
): TableView {
  const view = isFrame(data) ? frameView(data, rows) : rowsView(data, rows ?? ROWS_SHOWN);
  return {
    ...view,
    columns: columns === undefined ? view.columns : chosen(view.columns, columns),
    ...(title !== undefined && { title }),
  };
}

/** The view of rows by name; names stand in the order of their first appearance. */
function rowsView(rows: readonly TableRow[], most: number): TableView {
  if (!Array.isArray(rows)) {
    throw new TypeError(
      `Cannot show as a table a data frame, rows, or a head and rows: current value is ${
        showValue(rows)
      }`,
    );
  }
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shown = rows.slice(0, most);
  return {
    count: rows.length,
    columns: names.map((name) => ({
      name,
      note: unitOfName(name),
      values: shown.map((row) => row[name]),
    })),
  };
}

/** The columns that are asked for, under the heads that are asked for. */
function chosen(
  columns: readonly ViewColumn[],
  wanted: readonly string[] | Readonly<Record<string, string>>,
): ViewColumn[] {
  const heads: readonly (readonly [string, string | undefined])[] = Array.isArray(wanted)
    ? wanted.map((name: string) => [name, undefined] as const)
    : Object.entries(wanted as Readonly<Record<string, string>>);
  const names = columns.map(({ name }) => name);
  return heads.map(([name, head]) => {
    const column = columns.find((one) => one.name === name);
    if (column === undefined) {
      const near = suggest(name, names);
      throw new RangeError(
        `Cannot show a column as one of ${names.join(", ")}${
          near === undefined ? "" : ` (did you mean ${near}?)`
        }: current value is "${name}"`,
      );
    }
    // A head of the caller's own says the unit itself.
    return head === undefined ? column : { ...column, name: head, note: undefined };
  });
}
