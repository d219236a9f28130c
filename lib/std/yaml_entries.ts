import { parse } from "./yaml.ts";

/**
 * Reads some entries of a YAML list: a fraction of the time that the whole list takes. The list
 * stands at the top of the document, each entry begins with a dash in the first column, and none uses
 * an anchor of another.
 *
 * @param content A YAML text.
 * @param wanted Whether an entry is read, by its text.
 * @throws {SyntaxError} If an entry is not YAML; its lines are counted from the entry's first.
 *
 * @example
 * ```ts
 * import { parseEntries } from "./yaml_entries.ts";
 * import { deepEqual } from "#assert";
 * const list = "- { name: A100 }\n- { name: H100 }";
 * deepEqual(parseEntries(list, (text) => text.includes("H100")), [{ name: "H100" }]);
 * ```
 */
export function parseEntries(content: string, wanted: (text: string) => boolean): unknown[] {
  return [...eachEntry(content, wanted)];
}

/** As {@linkcode parseEntries}, one entry when it is asked for. */
export function* eachEntry(
  content: string,
  wanted: (text: string) => boolean,
): Generator<unknown> {
  for (const entry of content.split(/^(?=- )/m)) {
    if (entry.startsWith("- ") && wanted(entry)) yield* parse(entry) as unknown[];
  }
}

/**
 * As {@linkcode parseEntries} of the list under a key of the whole document, which stands further to
 * the right than the key.
 */
export function parseEntriesAt(
  content: string,
  key: string,
  wanted: (text: string) => boolean,
): unknown[] {
  const [, ...lines] = linesOf(content.split("\n"), key) ?? [];
  const first = lines.find(says);
  if (first === undefined) return [];
  const indent = indentOf(first);
  return parseEntries(lines.map((line) => says(line) ? line.slice(indent) : "").join("\n"), wanted);
}

/**
 * Reads what stands under a path of keys: a fraction of the time that the whole document takes. The
 * mappings on the way are written as blocks, a key to a line and without quotes, and what is read uses
 * no anchor from elsewhere.
 *
 * @param content A YAML text.
 * @returns Undefined if there is no such path.
 * @throws {SyntaxError} If what stands there is not YAML; its lines are counted from the key's.
 *
 * @example
 * ```ts
 * import { parseAt } from "./yaml_entries.ts";
 * import { deepEqual } from "#assert";
 * deepEqual(parseAt("gpus:\n  A100: { year: 2020 }\n  H100: { year: 2022 }", ["gpus", "H100"]), { year: 2022 });
 * ```
 */
export function parseAt(content: string, path: readonly string[]): unknown {
  let lines: readonly string[] = content.split("\n");
  for (const [depth, key] of path.entries()) {
    const found = linesOf(lines, key);
    if (found === undefined) return undefined;
    const isLast = depth === path.length - 1;
    if (isLast) return (parse(found.join("\n")) as Record<string, unknown>)[key];
    lines = found.slice(1);
  }
  return parse(content);
}

/** The lines of a key of the outermost mapping, its own first. */
function linesOf(lines: readonly string[], key: string): readonly string[] | undefined {
  const first = lines.find(says);
  if (first === undefined) return undefined;
  const indent = indentOf(first);
  const isAt = (line: string) => indentOf(line) === indent && line.startsWith(`${key}:`, indent);
  const from = lines.findIndex(isAt);
  if (from < 0) return undefined;
  // A list may stand as far left as its key.
  const isBeyond = (line: string) =>
    says(line) && indentOf(line) <= indent && !line.startsWith("- ", indent);
  const length = lines.slice(from + 1).findIndex(isBeyond);
  return lines.slice(from, length < 0 ? undefined : from + 1 + length);
}

/** Whether a line has more than blanks and a comment. */
function says(line: string): boolean {
  return /^ *[^\s#]/.test(line);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
