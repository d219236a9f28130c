import { shownName } from "../../std/safe_text.ts";
import { showValue } from "../../std/show_value.ts";

/** Where a value stands in a trace. Lines and columns count from 1. */
export interface Place {
  readonly fileName: string;
  readonly line: number;
  readonly column: number;
}

/** A malformed row. Its message is one line: `file:line:column: Cannot read ... value`. */
export class BadRow extends SyntaxError {
  /** @param shown What is said in place of the value, where that must not be quoted. */
  constructor(
    place: Place,
    what: string,
    wanted: string,
    value: unknown,
    shown: string = show(value),
  ) {
    super(
      `${place.fileName}:${place.line}:${place.column}: Cannot read ${
        shownName(what)
      } as ${wanted}: ` +
        `current value is ${shown}`,
    );
    this.name = "SyntaxError";
  }
}

function show(value: unknown): string {
  return value === undefined ? "missing" : showValue(value);
}
