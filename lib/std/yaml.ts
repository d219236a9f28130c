/**
 * YAML with the call signatures of `@std/yaml`, over js-yaml.
 *
 * @module
 */
import { dump, load, loadAll, YAMLException } from "npm:js-yaml@5.5.0";
import { TextSyntaxError } from "./input_error.ts";
import { cutText } from "./safe_text.ts";

/**
 * Most values of a document when each alias is replaced by what it stands for: a few lines of aliases
 * of aliases can stand for more values than there is memory.
 */
const MOST_VALUES = 1_000_000;

/** A syntax error in a YAML text, with its place. */
export class YamlSyntaxError extends TextSyntaxError {
  /** Makes an error of a reason and a place; 0 where it is unknown. */
  constructor(reason: string, line: number, column: number) {
    super("YAML", cutText(reason), line, column);
    this.name = "YamlSyntaxError";
  }
}

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  /** Spaces of one level. Default 2. */
  indent?: number;
  /** Length at which long texts are folded; -1: never. Default 80. */
  lineWidth?: number;
  /** Level from which collections are written in flow style; -1: never. Default -1. */
  flowLevel?: number;
  /** Write the keys of mappings in order. Default false: as they stand. */
  sortKeys?: boolean;
  /** Leave out what YAML cannot hold (functions, undefined) instead of throwing. Default false. */
  skipInvalid?: boolean;
}

/** Runs a reader, turning its errors into ours. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const { mark } = error;
    // The mark says where; the reason may quote a name of any length.
    throw mark === null || mark === undefined
      ? new YamlSyntaxError(error.reason, 0, 0)
      : new YamlSyntaxError(error.reason, mark.line + 1, mark.column + 1);
  }
}

/**
 * Refuses documents that hold themselves, or more values than a document may have. Each list and
 * mapping is looked at once, however many aliases stand for it.
 */
function checkAliases(documents: readonly unknown[]): void {
  const valuesOf = new Map<object, number>();
  const count = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 1;
    const known = valuesOf.get(value);
    if (known === 0) throw new YamlSyntaxError("an alias stands for what it is part of", 0, 0);
    if (known !== undefined) return known;
    valuesOf.set(value, 0);
    let sum = 1;
    for (const item of Object.values(value)) sum += count(item);
    if (sum > MOST_VALUES) {
      throw new YamlSyntaxError(`aliases stand for more than ${MOST_VALUES} values`, 0, 0);
    }
    valuesOf.set(value, sum);
    return sum;
  };
  count(documents);
}

/**
 * Reads one YAML 1.2 document. An empty text is null. Nesting may have 100 levels, and a document with
 * aliases a million values once they are replaced.
 *
 * @throws {SyntaxError} With line and column, also for a key that stands twice in a mapping and for
 * a text of several documents; without for an alias within what it stands for.
 * @example
 * ```ts
 * import { parse } from "@std/yaml";
 * import { deepEqual } from "#assert";
 * deepEqual(parse("rates: [1, 2]"), { rates: [1, 2] });
 * ```
 */
export function parse(content: string): unknown {
  const documents = parseAll(content);
  // The reader's own words for what has more than one.
  if (documents.length > 1) return reading(() => load(content));
  return documents[0] ?? null;
}

/**
 * Reads every document of a text. Two things are read that tools write and YAML 1.2 does not have: a
 * closing bracket in the column of its key, and `<<: *alias` for the keys that the alias stands for.
 *
 * @throws {SyntaxError} With line and column.
 */
export function parseAll(content: string): unknown[] {
  const documents = documentsOf(content);
  // Without an alias there is nothing that stands twice.
  if (content.includes("*")) checkAliases(documents);
  return content.includes("<<") ? documents.map((one) => expandMerges(one)) : documents;
}

function documentsOf(content: string): unknown[] {
  try {
    return reading(() => loadAll(content)) as unknown[];
  } catch (error) {
    const moved = indentBrackets(content);
    const isMoved = error instanceof YamlSyntaxError && /indentation/.test(error.reason) &&
      moved !== content;
    if (!isMoved) throw error;
    try {
      return reading(() => loadAll(moved)) as unknown[];
    } catch (again) {
      // The mistake is what is wrong beside the brackets, if there is such a thing.
      throw again instanceof YamlSyntaxError && again.line > error.line ? again : error;
    }
  }
}

/** Moves lines that only close brackets by a space: kubectl and formatters leave them below their key. */
function indentBrackets(text: string): string {
  return text.replaceAll(/^( *)(?=[\]}][\]}, \t\r]*$)/gm, "$1 ");
}

/**
 * A document in which each `<<: *alias` is replaced by the keys that it stands for. Keys of the mapping
 * itself win, and earlier ones of several.
 */
function expandMerges(value: unknown, expanded = new Map<object, unknown>()): unknown {
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  const known = expanded.get(value);
  if (known !== undefined) return known;
  if (Array.isArray(value)) {
    const list: unknown[] = [];
    expanded.set(value, list);
    for (const item of value) list.push(expandMerges(item, expanded));
    return list;
  }
  const mapping = Object.create(null) as Record<string, unknown>;
  expanded.set(value, mapping);
  const { "<<": merged, ...own } = value as Record<string, unknown>;
  for (const part of [merged].flat().reverse()) {
    if (typeof part === "object" && part !== null) {
      Object.assign(mapping, expandMerges(part, expanded));
    }
  }
  for (const key of Object.keys(own)) mapping[key] = expandMerges(own[key], expanded);
  return mapping;
}

/**
 * Writes a value as YAML.
 *
 * @throws {TypeError} If the value holds what YAML cannot, such as a function.
 */
export function stringify(data: unknown, options: StringifyOptions = {}): string {
  try {
    return dump(data, { ...options });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new TypeError(`Cannot stringify as YAML: ${error.reason}`);
  }
}
