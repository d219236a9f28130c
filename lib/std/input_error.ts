import { contentKind } from "./content_kind.ts";
import { LONGEST_MESSAGE, shownName } from "./safe_text.ts";

/** A text that is not of the language it was read as; without the text's name. */
export class TextSyntaxError extends SyntaxError {
  /**
   * @param language Such as "JSON".
   * @param reason What is wrong, in a few words that quote nothing.
   * @param line Line of the mistake, from 1; 0 when unknown.
   * @param column Column of the mistake, from 1; 0 when unknown.
   */
  constructor(
    readonly language: string,
    readonly reason: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(line > 0 ? `${reason} at line ${line}, column ${column}` : reason);
    this.name = "TextSyntaxError";
  }
}

/** More about an {@linkcode InputError}. */
export interface InputErrorOptions {
  /** Line and column, from 1, where they are known. */
  readonly place?: { readonly line: number; readonly column: number };
  /** The reason names the file by itself. */
  readonly isNamed?: boolean;
  readonly cause?: unknown;
}

/** Where a text came from and what it should be, for messages. */
export interface InputSource {
  /** Name of the file as the user gave it. */
  readonly file: string;
  /** What it should be, such as "a profile". */
  readonly what: string;
}

/**
 * A mistake in a file that the user named. The message is one line of at most 2 KB, `file: what is
 * wrong` or `file:line:column: what is wrong`, which no terminal obeys.
 */
export class InputError extends RangeError {
  /** Name of the file as the user gave it. */
  readonly file: string;
  /** What is wrong: "Cannot read ... as ...". */
  readonly reason: string;

  /** Makes an error of a file and a reason. */
  constructor(file: string, reason: string, options: InputErrorOptions = {}) {
    const { place, isNamed = false, cause } = options;
    const at = place === undefined ? "" : `:${place.line}:${place.column}`;
    const text = shownName(reason, LONGEST_MESSAGE - 400);
    super(isNamed ? text : `${shownFile(file)}${at}: ${text}`, { cause });
    this.name = "InputError";
    this.file = file;
    this.reason = reason;
  }
}

/** The name of a file for a message; `-` is standard input. */
export function shownFile(file: string): string {
  return file === "-" ? "standard input" : shownName(file, 300);
}

/** What our own messages begin with, after a place where there is one. */
const OURS = /^(\S.*: )?Cannot /;
/** The engine's own errors begin so, too ("Cannot read properties of undefined"). */
const ENGINES = /^Cannot (read|set) propert|^Cannot (convert|destructure|access|mix|assign)\b/;

function isOurs(message: string): boolean {
  return OURS.test(message) && !ENGINES.test(message);
}

/**
 * The boundary between a user's text and the program: calls a parser, a pure function of the text,
 * and turns whatever it throws into an {@link InputError} that names the file. A parser that fails in
 * a way nobody foresaw has met damaged content, so that the text is what is wrong.
 *
 * @param parse Nothing but a parser: it must neither depend on other inputs nor run the simulation.
 *
 * @example
 * ```ts
 * import { parseInput } from "./input_error.ts";
 * const source = { file: "mine.json", what: "a profile" };
 * try {
 *   parseInput(source, "{", (text) => JSON.parse(text));
 * } catch (error) {
 *   console.log((error as Error).message); // mine.json: Cannot read the file as a profile: ...
 * }
 * ```
 */
export function parseInput<T>(source: InputSource, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    throw inputError(source, text, error);
  }
}

/**
 * Names the file in whatever of our own messages come up while something is built from a file's
 * content that was read well. Other errors pass as they are: they are mistakes of the program.
 */
export function namingFile<T>(file: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof Error) || error instanceof InputError) throw error;
    if (!isOurs(error.message) || error.message.includes(file)) throw error;
    throw new InputError(file, error.message, { cause: error });
  }
}

/** The mistake in a text, or in bytes, that a reader's error stands for. */
export function inputError(
  { file, what }: InputSource,
  content: string | Uint8Array,
  error: unknown,
): InputError {
  if (error instanceof InputError) return error;
  const kind = contentKind(content);
  if (error instanceof TextSyntaxError) {
    const { language, reason, line, column } = error;
    const found = kind === "text" ? "" : `: current value is ${kind}`;
    return new InputError(file, `Cannot read ${what} as ${language} (${reason})${found}`, {
      ...(line > 0 && { place: { line, column } }),
      cause: error,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  if (isOurs(message)) {
    const own = message.startsWith(`${file}:`);
    const place = own ? /^:(\d+):(\d+): /.exec(message.slice(file.length)) : null;
    const reason = message.slice(own ? file.length + (place?.[0].length ?? 2) : 0);
    return new InputError(file, reason, {
      isNamed: reason.includes(file),
      ...(place !== null && { place: { line: Number(place[1]), column: Number(place[2]) } }),
      cause: error,
    });
  }
  return new InputError(
    file,
    `Cannot read the file as ${what}: current value is ${kind} that is damaged or not one`,
    { cause: error },
  );
}
