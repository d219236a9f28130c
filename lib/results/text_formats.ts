import { markedText } from "../std/csv_text.ts";
import type { Column, Table } from "./table.ts";

/** Rows that are turned into one piece of text. */
const ROWS_PER_PIECE = 8192;

/** Writes the cells of rows as texts; `missing` stands for null. */
function* cells(
  table: Table,
  texts: (names: readonly string[]) => string[],
  missing: string,
): Generator<string[][]> {
  const prepared = table.columns.map((column) => column.type === "text" ? texts(column.names) : []);
  for (let from = 0; from < table.count; from += ROWS_PER_PIECE) {
    const to = Math.min(table.count, from + ROWS_PER_PIECE);
    yield table.columns.map((column, i) => columnCells(column, prepared[i], missing, from, to));
  }
}

function columnCells(
  column: Column,
  texts: readonly string[],
  missing: string,
  from: number,
  to: number,
): string[] {
  switch (column.type) {
    case "text":
      return Array.from(column.slice(from, to), (code) => texts[code]);
    case "int32":
      return Array.from(
        column.slice(from, to),
        (value) => value === column.nullValue ? missing : String(value),
      );
    case "float64":
      return Array.from(
        column.slice(from, to),
        (value) => Number.isFinite(value) ? String(value) : missing,
      );
  }
}

/**
 * Writes a table as CSV (RFC 4180, lines end in \n): a header, numbers in their shortest form that
 * reads back to the same float64, nothing between the commas for null. A text that a spreadsheet would
 * compute gets an apostrophe, as `lib/std/csv_text.ts` says; numbers are no formulas and stay.
 *
 * @param safe Marks formulas also inside texts, where a spreadsheet may split them, and quotes every
 * text.
 */
export function writeCsv(table: Table, write: (text: string) => void, safe = false): void {
  const quoted = (text: string) => quote(text, safe);
  write(table.columns.map((column) => quoted(column.name)).join(",") + "\n");
  for (const columns of cells(table, (names) => names.map(quoted), "")) {
    let piece = "";
    for (let row = 0; row < columns[0].length; row++) {
      piece += columns[0][row];
      for (let i = 1; i < columns.length; i++) piece += "," + columns[i][row];
      piece += "\n";
    }
    write(piece);
  }
}

function quote(text: string, always: boolean): string {
  const marked = markedText(text, always);
  return always || marked !== text || /[",\r\n]/.test(text)
    ? `"${marked.replaceAll('"', '""')}"`
    : text;
}

/** Writes a table as a JSON list of objects, one to a line. */
export function writeJson(table: Table, write: (text: string) => void): void {
  const keys = table.columns.map((column, i) => `${i === 0 ? "{" : ","}${quoteJson(column.name)}:`);
  let separator = "[\n";
  for (const columns of cells(table, (names) => names.map(quoteJson), "null")) {
    let piece = "";
    for (let row = 0; row < columns[0].length; row++) {
      piece += separator;
      separator = ",\n";
      for (let i = 0; i < columns.length; i++) piece += keys[i] + columns[i][row];
      piece += "}";
    }
    write(piece);
  }
  write(table.count === 0 ? "[]\n" : "\n]\n");
}

function quoteJson(text: string): string {
  return JSON.stringify(text);
}
