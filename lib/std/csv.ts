/**
 * CSV with the call signatures of `@std/csv`, over csv-parse and csv-stringify.
 *
 * @module
 */
import { CsvError, parse as parseRows } from "csv-parse/sync";
import { stringify as stringifyRows } from "csv-stringify/sync";

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
 * @example
 * ```ts
 * import { parse } from "@std/csv";
 * import { deepEqual } from "@std/assert";
 * deepEqual(parse("a,b\n1,2", { skipFirstRow: true }), [{ a: "1", b: "2" }]);
 * ```
 */
export function parse(
  input: string,
  options: ParseOptions = {},
): string[][] | Record<string, string>[] {
  let rows: { record: string[]; info: { lines: number } }[];
  try {
    rows = parseRows(input, {
      bom: true,
      delimiter: options.separator ?? ",",
      comment: options.comment ?? null,
      comment_no_infix: true,
      info: true,
      ltrim: options.trimLeadingSpace === true,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as typeof rows;
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    // Its message goes on with a piece of the text, of any length.
    const [reason] = error.message.split(":");
    const { lines } = error as unknown as { lines?: number };
    throw new SyntaxError(
      `Cannot read text as CSV (${reason.toLowerCase()})${
        lines === undefined ? "" : ` at line ${lines}`
      }`,
    );
  }
  const columns = options.columns ?? (options.skipFirstRow === true ? rows[0]?.record : undefined);
  const width = columns?.length ?? fieldCount(options.fieldsPerRecord, rows[0]?.record);
  const body = options.skipFirstRow === true ? rows.slice(1) : rows;
  for (const { record, info } of body) {
    if (width !== undefined && record.length !== width) {
      throw new SyntaxError(
        `Cannot read line ${info.lines} as ${width} fields: current value is ${record.length}`,
      );
    }
  }
  if (columns === undefined) return body.map(({ record }) => record);
  return body.map(({ record }) => Object.fromEntries(columns.map((name, i) => [name, record[i]])));
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
  return stringifyRows(rows, {
    bom: options.bom === true,
    delimiter: options.separator ?? ",",
    quoted_match: /[\r\n]/,
    record_delimiter: options.crlf === false ? "unix" : "windows",
  });
}

/** One field as text; the library would write true as 1 and null as nothing. */
function field(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
