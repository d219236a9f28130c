/**
 * CSV as RFC 4180 defines it, with the call signatures of `@std/csv`.
 *
 * @source https://www.rfc-editor.org/rfc/rfc4180
 * @module
 */
import { readCsvRows } from "./csv_rows.ts";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  /** Character between fields. Default ",". */
  separator?: string;
  /** Lines that begin with this are left out. Default: none. */
  comment?: string;
  /** Drop white space before a field. Default false. */
  trimLeadingSpace?: boolean;
  /** Fields of each row: 0: as many as in the first row; not given: any. */
  fieldsPerRecord?: number;
  /** The first row is a header. Rows become records, keyed by it unless `columns` are given. */
  skipFirstRow?: boolean;
  /** Keys of the fields. Rows become records. */
  columns?: readonly string[];
}

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** Keys of records in the order of the fields; needed for records. */
  columns?: readonly string[];
  /** Write the columns as the first row. Default true. */
  headers?: boolean;
  /** Character between fields. Default ",". */
  separator?: string;
  /** End lines with CRLF, as RFC 4180 says. Default true. */
  crlf?: boolean;
  /** Begin with a byte order mark. Default false. */
  bom?: boolean;
}

/** Reads rows of fields. */
export function parse(input: string): string[][];
export function parse(
  input: string,
  options: ParseOptions & ({ skipFirstRow: true } | { columns: readonly string[] }),
): Record<string, string>[];
export function parse(input: string, options: ParseOptions): string[][];
/**
 * Reads rows of fields, or records when there is a header or `columns`. Empty lines are left out; a
 * byte order mark is too.
 *
 * @throws {SyntaxError} With the line, for a stray quote or a wrong number of fields.
 * @throws {RangeError} If the separator is empty.
 * @example
 * ```ts
 * import { parse } from "@std/csv";
 * import { deepEqual } from "#assert";
 * deepEqual(parse("a,b\n1,2", { skipFirstRow: true }), [{ a: "1", b: "2" }]);
 * ```
 */
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  const rows = readCsvRows(input, options);
  const columns = options.columns ?? (options.skipFirstRow === true ? rows[0]?.fields : undefined);
  const width = columns?.length ?? fieldCount(options.fieldsPerRecord, rows[0]?.fields);
  const body = options.skipFirstRow === true ? rows.slice(1) : rows;
  for (const { fields, line } of body) {
    if (width !== undefined && fields.length !== width) {
      throw new SyntaxError(
        `Cannot read line ${line} as ${width} fields: current value is ${fields.length}`,
      );
    }
  }
  if (columns === undefined) return body.map(({ fields }) => fields);
  return body.map(({ fields }) => Object.fromEntries(columns.map((name, i) => [name, fields[i]])));
}

function fieldCount(fieldsPerRecord: number | undefined, first: string[] | undefined) {
  if (fieldsPerRecord === undefined || fieldsPerRecord < 0) return undefined;
  return fieldsPerRecord === 0 ? first?.length : fieldsPerRecord;
}

/**
 * Writes rows (arrays), or records with `columns`. null and undefined are empty fields.
 *
 * @throws {TypeError} If there are records but no `columns`.
 */
export function stringify(
  data: readonly (readonly unknown[] | Readonly<Record<string, unknown>>)[],
  options: StringifyOptions = {},
): string {
  const { columns } = options;
  const rows = data.map((row) => {
    if (Array.isArray(row)) return row.map(field);
    if (columns === undefined) {
      throw new TypeError(
        "Cannot write records as CSV without columns: current value is undefined",
      );
    }
    return columns.map((name) => field((row as Record<string, unknown>)[name]));
  });
  if (columns !== undefined && options.headers !== false) rows.unshift([...columns]);
  const separator = options.separator ?? ",";
  const lineEnd = options.crlf === false ? "\n" : "\r\n";
  const lines = rows.map((row) => row.map((text) => quoted(text, separator)).join(separator));
  return (options.bom === true ? "\uFEFF" : "") + lines.map((line) => line + lineEnd).join("");
}

/** A field as it stands in the file: in quotes where it holds what would end it. */
function quoted(text: string, separator: string): string {
  const needsQuotes = text.includes(separator) || /["\r\n]/.test(text);
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One field as text; null and undefined as nothing. */
function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
