/**
 * YAML with the call signatures of `@std/yaml`, over js-yaml.
 *
 * @module
 */
import { dump, load, loadAll, YAMLException } from "js-yaml";

/** A syntax error in a YAML text, with its place. */
export class YamlSyntaxError extends SyntaxError {
  /** What is wrong, in a few words. */
  readonly reason: string;
  /** Line of the mistake, from 1; 0 when unknown. */
  readonly line: number;
  /** Column of the mistake, from 1; 0 when unknown. */
  readonly column: number;

  /** Makes an error of a reason and a place. */
  constructor(reason: string, line: number, column: number) {
    super(line > 0 ? `${reason} at line ${line}, column ${column}` : reason);
    this.name = "YamlSyntaxError";
    this.reason = reason;
    this.line = line;
    this.column = column;
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
    throw mark === null || mark === undefined
      ? new YamlSyntaxError(error.reason, 0, 0)
      : new YamlSyntaxError(error.reason, mark.line + 1, mark.column + 1);
  }
}

/**
 * Reads one YAML 1.2 document. An empty text is null.
 *
 * @throws {SyntaxError} With line and column, also for a key that stands twice in a mapping and for
 * a text of several documents.
 * @example
 * ```ts
 * import { parse } from "@std/yaml";
 * import { deepEqual } from "@std/assert";
 * deepEqual(parse("rates: [1, 2]"), { rates: [1, 2] });
 * ```
 */
export function parse(content: string): unknown {
  const documents = parseAll(content);
  if (documents.length > 1) return reading(() => load(content));
  return documents[0] ?? null;
}

/** Reads every document of a text. @throws {SyntaxError} With line and column. */
export function parseAll(content: string): unknown[] {
  return reading(() => loadAll(content)) as unknown[];
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
