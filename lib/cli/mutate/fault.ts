/** A fault that can be planted: one place of a source, and what stands there instead. */
export interface Fault {
  /** Path of the source, relative to the repository. */
  readonly file: string;
  /** What kind of fault it is, such as "comparison". */
  readonly kind: string;
  /** First character of the place, and the one after its last. */
  readonly start: number;
  readonly end: number;
  /** What stands there, and what shall. */
  readonly before: string;
  readonly after: string;
  /** Line of the place, from 1. */
  readonly line: number;
}

/** A name of a fault that stays the same as long as the source does around it. */
export function faultKey({ file, kind, start, before, after }: Fault): string {
  return JSON.stringify([file, kind, start, before, after]);
}

/**
 * The source with the fault in it.
 *
 * @throws {RangeError} If the source is not the one that the fault was found in.
 */
export function plant(source: string, { file, start, end, before, after }: Fault): string {
  if (source.slice(start, end) !== before) {
    throw new RangeError(
      `Cannot plant a fault in ${file} as found before: current value is ${
        JSON.stringify(source.slice(start, end))
      }, not ${JSON.stringify(before)}`,
    );
  }
  return source.slice(0, start) + after + source.slice(end);
}

/** A fault as two lines of a diff under its place. */
export function describeFault(source: string, fault: Fault): string {
  const from = source.lastIndexOf("\n", fault.start - 1) + 1;
  const newline = source.indexOf("\n", fault.end);
  const to = newline < 0 ? source.length : newline;
  const lines = (text: string, sign: string) =>
    text.split("\n").map((line) => `  ${sign} ${line.trim()}`).join("\n");
  const after = source.slice(from, fault.start) + fault.after + source.slice(fault.end, to);
  return [
    `${fault.file}:${fault.line} ${fault.kind}`,
    lines(source.slice(from, to), "-"),
    lines(after, "+"),
  ].join("\n");
}
