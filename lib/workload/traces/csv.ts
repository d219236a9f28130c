import { contentKind } from "../../std/content_kind.ts";
import { BadRow, type Place } from "./bad_row.ts";
import { NEEDED, OPTIONAL, type TraceColumns, USUAL_NAMES } from "./columns.ts";
import { plainText } from "../../std/csv_text.ts";
import { splitFields } from "./split_fields.ts";
import { TOKENS_WANTED, tokensOf } from "./numbers.ts";
import { TraceBuilder } from "./trace_builder.ts";
import type { Trace, TraceEntry, TraceOptions } from "./trace.ts";

/** `csv` as files name it. */
export const csvFormat: TraceEntry<"csv"> = {
  name: "csv",
  describe: "Any CSV with a header; `workload.trace.columns` names columns.",
  settings: {},
  hasFreeColumns: true,
  create: (_options, { text, options }) => readCsvTrace(text, options),
};

/** Options of `readCsvTrace`. */
export interface CsvTraceOptions extends TraceOptions {
  /** Names of the columns; the usual ones where absent. */
  readonly columns?: TraceColumns;
  /** Character between fields. Default a comma. */
  readonly delimiter?: string;
  /** Units of a numeric arrival column in a second: 1000 for milliseconds. Default 1. */
  readonly arrivalUnitsPerSecond?: number;
  /** Whether the file may lack arrivals, holding lengths alone. Default false. */
  readonly arrivalOptional?: boolean;
  /** Name of the format in messages. Default "a CSV trace". */
  readonly format?: string;
}

/**
 * Reads a CSV file with a header line. Fields may be quoted but may not hold line breaks. Arrivals are
 * seconds, or dates and times, which then count from the earliest. Empty lines are passed over.
 *
 * @throws {SyntaxError} If a column is missing or a row malformed (missing field, no number, negative
 *   time, zero tokens): one line `file:line:column: ... value`.
 *
 * @example
 * ```ts
 * import { readCsvTrace } from "./mod.ts";
 *
 * const text = "when,in,out\n0.5,100,20\n0.7,40,30\n";
 * const columns = { arrival_s: "when", prompt_tokens: "in", output_tokens: "out" };
 * const { table } = readCsvTrace(text, { fileName: "mine.csv", columns });
 * console.log(table.count); // 2
 * ```
 */
export function readCsvTrace(text: string, options: CsvTraceOptions): Trace {
  const { fileName, columns = {}, delimiter = ",", arrivalOptional = false } = options;
  const format = options.format ?? "a CSV trace";
  const builder = new TraceBuilder(format, options, options.arrivalUnitsPerSecond);
  let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 0;
  let names: string[] | undefined;
  let unread: readonly string[] = [];
  /** Field number of each column. */
  let arrival = -1;
  let prompt = -1;
  let output = -1;
  const named: { column: (typeof OPTIONAL)[number]; field: number }[] = [];
  const fields: string[] = [];
  const columnOf: number[] = [];

  const locate = (header: string[], wanted: keyof TraceColumns, needed: boolean): number => {
    const given = columns[wanted];
    const candidates = given === undefined ? USUAL_NAMES[wanted] : [given];
    for (const candidate of candidates) {
      const field = header.indexOf(candidate);
      if (field < 0) continue;
      const second = header.indexOf(candidate, field + 1);
      if (second < 0) return field;
      throw new BadRow(
        { fileName, line, column: columnOf[second] + 1 },
        "header",
        `one that names the column "${candidate}" once`,
        header.join(delimiter),
      );
    }
    if (!needed && given === undefined) return -1;
    throw new BadRow(
      { fileName, line, column: 1 },
      "header",
      `one with the column "${given ?? candidates.join('" or "')}"`,
      header.join(delimiter),
      // What has no header may be anything, a file of passwords too.
      isHeader(header) ? undefined : contentKind(text),
    );
  };
  const readHeader = (header: string[]) => {
    names = header.map((name) => name.trim());
    const [arrivalName, promptName, outputName] = NEEDED;
    arrival = locate(names, arrivalName, !arrivalOptional);
    prompt = locate(names, promptName, true);
    output = locate(names, outputName, true);
    for (const column of OPTIONAL) {
      const field = locate(names, column, false);
      if (field >= 0) named.push({ column, field });
    }
    const read = new Set([arrival, prompt, output, ...named.map(({ field }) => field)]);
    unread = [...new Set(names.filter((name, field) => name !== "" && !read.has(field)))];
  };
  // Made only for messages: the place of a field, or of the end of a row that lacks it.
  const place = (field: number): Place => ({
    fileName,
    line,
    column: (columnOf[field] ?? columnOf[fields.length]) + 1,
  });
  const readRow = () => {
    for (let field = names!.length; field < fields.length; field++) {
      if (fields[field].trim() === "") continue;
      throw new BadRow(
        place(field),
        "row",
        `one of ${names!.length} fields, as the header has`,
        fields.join(delimiter),
      );
    }
    const at = arrival < 0
      ? 0
      : builder.instant(fields[arrival], () => place(arrival), names![arrival]);
    const promptTokens = tokensOf(fields[prompt]);
    if (promptTokens === 0) {
      throw new BadRow(place(prompt), names![prompt], TOKENS_WANTED, fields[prompt]);
    }
    const outputTokens = tokensOf(fields[output]);
    if (outputTokens === 0) {
      throw new BadRow(place(output), names![output], TOKENS_WANTED, fields[output]);
    }
    for (const { column, field } of named) {
      // Requests that we wrote are a trace too: their names bear marks for spreadsheets.
      const name = fields[field];
      builder.name(column, name?.includes("'") ? plainText(name) : name, () => place(field));
    }
    builder.push(at, promptTokens, outputTokens);
  };

  while (start < text.length) {
    let end = text.indexOf("\n", start);
    if (end < 0) end = text.length;
    line++;
    const stop = end > start && text.charCodeAt(end - 1) === 13 ? end - 1 : end;
    const content = text.slice(start, stop);
    start = end + 1;
    if (content.trim() === "") continue;
    builder.row(() => {
      const unclosed = splitFields(content, delimiter, fields, columnOf);
      if (unclosed >= 0) {
        throw new BadRow(
          { fileName, line, column: unclosed + 1 },
          "field",
          "quoted text",
          content,
          names ? undefined : contentKind(text),
        );
      }
      if (names !== undefined) readRow();
    });
    // A file without a usable header holds no usable row: never skipped.
    if (names === undefined) readHeader([...fields]);
  }
  return { ...builder.finish(arrival >= 0), ...(unread.length > 0 && { unread }) };
}

/** Whether the fields of a first line are names, as those of a header. */
function isHeader(fields: readonly string[]): boolean {
  return fields.length > 1 && fields.every((field) => /^[\p{L}\p{N}_ .()/%#-]{1,60}$/u.test(field));
}
