import { contentKind } from "../../std/content_kind.ts";
import { BadRow, type Place } from "./bad_row.ts";
import type { FieldFormat, FieldRow, Header, ReadContext, RowReader } from "./format.ts";
import { splitFields } from "./split_fields.ts";

/** Characters that stand between fields. */
const DELIMITERS = [",", ";", "\t", "|"] as const;

/** A date and time whose fraction may follow after a comma, and such a fraction. */
const WHOLE_SECONDS = /\d\d:\d\d:\d\d$/;
const FRACTION = /^\d{1,9}$/;

/** The character that a first line is split by: that which makes the most fields of it. */
export function delimiterOf(line: string): string {
  const fields: string[] = [];
  let best: string = ",";
  let most = 1;
  for (const delimiter of DELIMITERS) {
    if (splitFields(line, delimiter, fields, []) >= 0) continue;
    if (fields.length > most) [best, most] = [delimiter, fields.length];
  }
  return best;
}

/** The names of a first line. */
export function namesOf(line: string, delimiter = delimiterOf(line)): string[] {
  const fields: string[] = [];
  splitFields(line, delimiter, fields, []);
  return fields.map((name) => name.trim());
}

/** The fields of one line at a time, in arrays that all lines share. */
class Fields implements FieldRow {
  readonly fields: string[] = [];
  readonly starts: number[] = [];
  line = 0;
  readonly #fileName: string;

  constructor(fileName: string) {
    this.#fileName = fileName;
  }

  place(field: number): Place {
    // Made only for messages: the place of a field, or of the end of a row that lacks it.
    const start = this.starts[field] ?? this.starts[this.fields.length] ?? 0;
    return { fileName: this.#fileName, line: this.line, column: start + 1 };
  }
}

/** Reads lines of fields: the header, then rows, which may not have more fields than it. */
export class FieldRows {
  readonly #format: FieldFormat;
  readonly #context: ReadContext;
  readonly #row: Fields;
  #reader: (RowReader<FieldRow> & { readonly arrivalField?: number }) | undefined;
  #delimiter = ",";
  #names: readonly string[] = [];

  constructor(format: FieldFormat, context: ReadContext) {
    this.#format = format;
    this.#context = context;
    this.#row = new Fields(context.options.fileName);
  }

  /** What reads the rows; undefined while there is no header. */
  get reader(): RowReader<FieldRow> | undefined {
    return this.#reader;
  }

  /** One line that holds something. */
  line(text: string, line: number): void {
    if (text.trim() === "") return;
    const { builder, options } = this.#context;
    this.#row.line = line;
    if (this.#reader === undefined) {
      this.#delimiter = options.delimiter ?? delimiterOf(text);
      this.#split(text);
      // A file without a usable header holds no usable row: never skipped.
      const header: Header = {
        fields: this.#row.fields,
        names: this.#row.fields.map((name) => name.trim()),
        delimiter: this.#delimiter,
        place: (field) => this.#row.place(field),
      };
      this.#names = header.names;
      this.#reader = this.#format.open(header, this.#context);
      if (!this.#format.hasNoHeader) return;
    }
    builder.row(() => {
      this.#split(text);
      this.#joinFraction();
      this.#refuseMore();
      this.#reader!.row(this.#row);
    });
  }

  #split(text: string): void {
    const { fields, starts, line } = this.#row;
    const unclosed = splitFields(text, this.#delimiter, fields, starts);
    if (unclosed < 0) return;
    throw new BadRow(
      { fileName: this.#context.options.fileName, line, column: unclosed + 1 },
      "field",
      "quoted text",
      text,
      this.#reader === undefined ? contentKind(text) : undefined,
    );
  }

  /** Logs write `10:00:00,123`: where commas are between fields, that is two of them. */
  #joinFraction(): void {
    const { fields, starts } = this.#row;
    const at = this.#reader!.arrivalField ?? -1;
    if (at < 0 || fields.length !== this.#names.length + 1 || this.#delimiter !== ",") return;
    if (!WHOLE_SECONDS.test(fields[at]) || !FRACTION.test(fields[at + 1])) return;
    fields.splice(at, 2, `${fields[at]}.${fields[at + 1]}`);
    starts.splice(at + 1, 1);
  }

  #refuseMore(): void {
    const { fields } = this.#row;
    for (let field = this.#names.length; field < fields.length; field++) {
      if (fields[field].trim() === "") continue;
      throw new BadRow(
        this.#row.place(field),
        "row",
        `one of ${this.#names.length} fields, as the header has`,
        fields.join(this.#delimiter),
      );
    }
  }
}
