import { showValue } from "../../std/show_value.ts";

/** Rows of an unquoted CSV text with a header: cells by column name, and the line number. */
export function* plainCsvRows(
  text: string,
  columns: readonly string[],
): Generator<{ line: number; cell: (name: string) => string; value: (name: string) => number }> {
  const lines = text.split(/\r?\n/);
  const header = lines[0].split(",");
  const position = new Map(header.map((name, i) => [name, i]));
  const missing = columns.find((name) => !position.has(name));
  if (missing !== undefined) {
    throw new SyntaxError(
      `Cannot read CSV with columns ${columns.join(", ")}: current value is one without ${missing}`,
    );
  }
  for (let i = 1; i < lines.length; i++) {
    if (lines[i] === "") continue;
    const cells = lines[i].split(",");
    const cell = (name: string) => cells[position.get(name)!];
    const value = (name: string) => {
      const number = Number(cell(name));
      if (cell(name) === "" || Number.isNaN(number)) {
        throw new SyntaxError(
          `Cannot read line ${i + 1}, column ${name} as a number: current value is ${
            showValue(cell(name))
          }`,
        );
      }
      return number;
    };
    yield { line: i + 1, cell, value };
  }
}
