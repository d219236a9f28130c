/** Where a value stands in a trace. Lines and columns count from 1. */
export interface Place {
  readonly fileName: string;
  readonly line: number;
  readonly column: number;
}

/** A malformed row. Its message is one line: `file:line:column: Cannot read ... value`. */
export class BadRow extends SyntaxError {
  constructor(place: Place, what: string, wanted: string, value: unknown) {
    super(
      `${place.fileName}:${place.line}:${place.column}: Cannot read ${what} as ${wanted}: current value is ${
        show(value)
      }`,
    );
    this.name = "SyntaxError";
  }
}

/** A value on one line of at most 60 characters. */
function show(value: unknown): string {
  if (value === undefined) return "missing";
  const text = typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
