import { TextSyntaxError } from "./input_error.ts";

/** Deepest nesting of lists and objects; real files have fewer than ten levels. */
const MOST_LEVELS = 100;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /-?[A-Za-z]+/y;
const SPACE = /[ \t\r\n]*/y;

/** Words that stand for values; Python writes the last three, which JSON does not have. */
const WORDS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  NaN: NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
};

/**
 * Reads JSON that a user's file holds: `NaN` and `Infinity` are taken as Python writes them, a key that
 * stands twice is refused, and so are more than 100 levels. Objects have no prototype, so that every
 * key is a plain one.
 *
 * @throws {SyntaxError} With line and column; quotes nothing of the text.
 *
 * @example
 * ```ts
 * import { parseJson } from "./json.ts";
 * import { equal } from "#assert";
 * equal((parseJson('{"limit": Infinity}') as { limit: number }).limit, Infinity);
 * ```
 */
export function parseJson(text: string): unknown {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0;

  function fail(reason: string, position = at): never {
    const before = text.slice(0, position);
    const line = before.split("\n").length;
    const column = position - before.lastIndexOf("\n");
    throw new TextSyntaxError("JSON", reason, line, column);
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) at += found.length;
    return found;
  }

  /** The next character after white space, "" at the end. */
  function next(): string {
    match(SPACE);
    return text.charAt(at);
  }

  function string(): string {
    const start = at;
    let end = text.indexOf('"', start + 1);
    while (end >= 0 && isEscaped(end, start)) end = text.indexOf('"', end + 1);
    if (end < 0) fail("a text is not closed");
    at = end + 1;
    try {
      return JSON.parse(text.slice(start, at));
    } catch {
      return fail("a text holds a line break, a control character or an unknown escape", start);
    }
  }

  /** Whether an odd number of backslashes stands before a position. */
  function isEscaped(position: number, start: number): boolean {
    let first = position;
    while (first - 1 > start && text.charCodeAt(first - 1) === 92) first--;
    return (position - first) % 2 === 1;
  }

  function ended(): string {
    return at >= text.length ? "it ends too early" : "unexpected character";
  }

  function value(level: number): unknown {
    const first = next();
    if (first === "{" || first === "[") {
      if (level === MOST_LEVELS) fail(`more than ${MOST_LEVELS} levels of nesting`);
      at++;
      return first === "{" ? object(level + 1) : list(level + 1);
    }
    if (first === '"') return string();
    const number = match(NUMBER);
    if (number !== undefined) return Number(number);
    const start = at;
    const word = match(WORD);
    if (word !== undefined && Object.hasOwn(WORDS, word)) return WORDS[word];
    at = start;
    return fail(ended());
  }

  function list(level: number): unknown[] {
    const items: unknown[] = [];
    if (next() === "]") return at++, items;
    for (;;) {
      items.push(value(level));
      const after = next();
      if (after !== "," && after !== "]") fail(at >= text.length ? ended() : "expected , or ]");
      at++;
      if (after === "]") return items;
    }
  }

  function object(level: number): Record<string, unknown> {
    const entries: Record<string, unknown> = Object.create(null);
    if (next() === "}") return at++, entries;
    for (;;) {
      if (next() !== '"') fail(at >= text.length ? ended() : "expected a key in double quotes");
      const start = at;
      const key = string();
      if (key in entries) fail("a key stands twice in an object", start);
      if (next() !== ":") fail(at >= text.length ? ended() : "expected :");
      at++;
      entries[key] = value(level);
      const after = next();
      if (after !== "," && after !== "}") fail(at >= text.length ? ended() : "expected , or }");
      at++;
      if (after === "}") return entries;
    }
  }

  const result = value(0);
  if (next() !== "") fail("text after the end");
  return result;
}
