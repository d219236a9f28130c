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
  return content.split(/^(?=- )/m)
    .filter((entry) => entry.startsWith("- ") && wanted(entry))
    .flatMap((entry) => parse(entry) as unknown[]);
}
