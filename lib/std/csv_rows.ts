/** One row of a CSV text. */
export interface CsvRow {
  /** Its fields, without their quotes. */
  readonly fields: string[];
  /** Line at which the row begins, from 1. */
  readonly line: number;
}

/** How a CSV text is written. */
export interface CsvDialect {
  /** Between fields, at least one character. Default ",". */
  readonly separator?: string;
  /** Lines that begin with this are left out. Default: none. */
  readonly comment?: string;
  /** Drop white space before a field. Default false. */
  readonly trimLeadingSpace?: boolean;
}

/**
 * Rows of a CSV text. Lines end with LF or CRLF; a quoted field may hold line ends. Empty lines and a
 * byte order mark are left out.
 *
 * @throws {SyntaxError} With the line, for a quote where none may stand.
 * @throws {RangeError} If the separator is empty.
 */
export function readCsvRows(text: string, dialect: CsvDialect = {}): CsvRow[] {
  const { separator = ",", comment, trimLeadingSpace = false } = dialect;
  if (separator === "") {
    throw new RangeError(`Cannot use a separator as text between fields: current value is ""`);
  }
  const rows: CsvRow[] = [];
  let at = text.startsWith("\uFEFF") ? 1 : 0;
  for (let line = 1; at < text.length;) {
    const reader = new RowReader(text, line, at, separator, trimLeadingSpace);
    if (comment !== undefined && text.startsWith(comment, reader.start)) reader.skipLine();
    else {
      const fields = reader.fields();
      if (!reader.isEmptyLine) rows.push({ fields, line });
    }
    ({ at, line } = reader);
  }
  return rows;
}

/** Reads one row from where it begins; `at` and `line` then stand behind the row. */
class RowReader {
  at: number;
  line: number;
  /** Where the row begins, behind the space that is dropped. */
  readonly start: number;
  /** End of the current line of text: its LF, or the end of the text. */
  #lineEnd: number;
  #isEmpty = true;
  readonly #text: string;
  readonly #separator: string;
  readonly #trims: boolean;

  constructor(text: string, line: number, at: number, separator: string, trims: boolean) {
    this.#text = text;
    this.#separator = separator;
    this.#trims = trims;
    this.line = line;
    this.at = at;
    this.#lineEnd = this.#nextLineEnd(at);
    this.start = this.#behindSpace(at);
  }

  /** Nothing stood between the ends of the line. */
  get isEmptyLine(): boolean {
    return this.#isEmpty;
  }

  skipLine(): void {
    this.at = this.#lineEnd + 1;
    this.line++;
  }

  fields(): string[] {
    const fields: string[] = [];
    this.at = this.start;
    for (;;) {
      const isQuoted = this.#text[this.at] === '"';
      const field = isQuoted ? this.#quotedField() : this.#bareField(fields.length);
      fields.push(field);
      if (isQuoted || field !== "" || fields.length > 1) this.#isEmpty = false;
      if (!this.#text.startsWith(this.#separator, this.at)) break;
      this.at = this.#behindSpace(this.at + this.#separator.length);
    }
    this.skipLine();
    return fields;
  }

  /** A field without quotes; `at` then stands at its end. */
  #bareField(index: number): string {
    const rest = this.#text.slice(this.at, this.#contentEnd());
    const found = rest.indexOf(this.#separator);
    const field = found < 0 ? rest : rest.slice(0, found);
    if (field.includes('"')) {
      throw new SyntaxError(
        `Cannot read text as CSV (invalid opening quote in field ${index}) at line ${this.line}`,
      );
    }
    this.at += field.length;
    return field;
  }

  /** A quoted field, which may go on over line ends; `at` then stands behind its last quote. */
  #quotedField(): string {
    const text = this.#text;
    const openedAt = this.line;
    let close = text.indexOf('"', this.at + 1);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) {
      throw new SyntaxError(
        `Cannot read text as CSV (quote not closed) at line ${openedAt}`,
      );
    }
    while (this.#lineEnd < close) {
      this.#lineEnd = this.#nextLineEnd(this.#lineEnd + 1);
      this.line++;
    }
    const field = text.slice(this.at + 1, close).replaceAll('""', '"');
    this.at = close + 1;
    if (this.at !== this.#contentEnd() && !text.startsWith(this.#separator, this.at)) {
      throw new SyntaxError(
        `Cannot read text as CSV (invalid closing quote) at line ${this.line}`,
      );
    }
    return field;
  }

  /** End of the current line without its CR. */
  #contentEnd(): number {
    const end = this.#lineEnd;
    const hasReturn = end < this.#text.length && end > this.at - 1 && this.#text[end - 1] === "\r";
    return hasReturn ? end - 1 : end;
  }

  #nextLineEnd(from: number): number {
    const found = this.#text.indexOf("\n", from);
    return found < 0 ? this.#text.length : found;
  }

  #behindSpace(from: number): number {
    if (!this.#trims) return from;
    const space = /[^\S\r\n]*/y;
    space.lastIndex = from;
    return from + space.exec(this.#text)![0].length;
  }
}
