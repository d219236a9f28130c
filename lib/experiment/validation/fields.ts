/** A field of a row of a CSV file. @throws {SyntaxError} If the file has no such column. */
export function field(row: Readonly<Record<string, string>>, name: string, index: number): string {
  const value = row[name];
  if (value === undefined) {
    throw new SyntaxError(
      `Cannot read row ${index + 2} as one with ${name}: current value is undefined`,
    );
  }
  return value;
}

/** A number of a row of a CSV file. @throws {SyntaxError} If there is none. */
export function numberField(
  row: Readonly<Record<string, string>>,
  name: string,
  index: number,
): number {
  const text = field(row, name, index);
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) {
    throw new SyntaxError(
      `Cannot read ${name} of row ${index + 2} as a number: current value is "${text}"`,
    );
  }
  return value;
}
