import { renderTable } from "../config/reference.ts";
import type { DeclaredColumn } from "./declared_columns.ts";
import { REQUEST_COLUMNS } from "./request_table.ts";
import {
  COLD_START_WAIT_COLUMNS,
  INSTANCE_COLUMNS,
  TIME_SERIES_COLUMNS,
  TOKEN_GAP_COLUMNS,
} from "./series_tables.ts";

/** The columns of each table by the heading of its section. */
const SECTIONS: Readonly<Record<string, readonly DeclaredColumn<never>[]>> = {
  "Requests": REQUEST_COLUMNS,
  "Time series": TIME_SERIES_COLUMNS,
  "Instances": INSTANCE_COLUMNS,
  "Waits for starts": COLD_START_WAIT_COLUMNS,
  "Token gaps": TOKEN_GAP_COLUMNS,
};

/**
 * docs/metrics.md with its tables of columns made from the declarations; everything else as it is.
 *
 * @throws {RangeError} If a table's section is not in the page.
 */
export function withColumnTables(page: string): string {
  return Object.entries(SECTIONS).reduce((text, [heading, columns]) => {
    const section = text.indexOf(`\n## ${heading}\n`);
    const start = text.indexOf("\n| Column", section);
    if (section < 0 || start < 0) {
      throw new RangeError(`Cannot find the table of "${heading}" in the page of metrics`);
    }
    const end = text.indexOf("\n\n", start);
    const rows = columns.map(({ name, unit, doc }) => [`\`${name}\``, unit, doc]);
    const table = renderTable(["Column", "Unit", "Meaning"], rows);
    return `${text.slice(0, start + 1)}${table}${text.slice(end)}`;
  }, page);
}
