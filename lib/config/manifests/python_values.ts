/**
 * Just enough of Python to read settings that are written down in a program: literals, names of
 * constants, sums and products of numbers, f-strings, `str(...)`, `A if B else C`. Nothing is run.
 *
 * @module
 */

/** Stands for a value that only the running program would know. */
export const COMPUTED: unique symbol = Symbol("computed");

/** A value of a program, as far as its text tells it. */
export type PythonValue =
  | string
  | number
  | boolean
  | null
  | readonly PythonValue[]
  | typeof COMPUTED;

/** Constants by name. */
export type Constants = ReadonlyMap<string, PythonValue>;

/** Longest expression that is read, characters, and how deep it may be. */
export const MOST_CHARACTERS = 16384;
const MOST_LEVELS = 20;

const STRING = /^([rRbBuUfF]{0,2})("""|'''|"|')/;

/** The place behind a string that begins at `at`, or `at` where none does. */
export function behindString(text: string, at: number): number {
  if (!/["'rRbBuUfF]/.test(text[at] ?? "")) return at;
  const match = STRING.exec(text.slice(at, at + 5));
  if (match === null) return at;
  const [whole, , quote] = match;
  for (let i = at + whole.length; i < text.length; i++) {
    if (text[i] === "\\") i++;
    else if (text.startsWith(quote, i)) return i + quote.length;
  }
  return text.length;
}

/** The place of the bracket that closes the one at `at`, or where an expression is too long. */
export function closing(text: string, at: number): number {
  let depth = 0;
  const most = Math.min(text.length, at + MOST_CHARACTERS);
  for (let i = at; i < most;) {
    const behind = /[\w.]/.test(text[i - 1] ?? "") ? i : behindString(text, i);
    if (behind > i) i = behind;
    else if (text[i] === "#") i = lineEnd(text, i);
    else if (/[([{]/.test(text[i])) [depth, i] = [depth + 1, i + 1];
    else if (/[)\]}]/.test(text[i])) {
      if (--depth === 0) return i;
      i++;
    } else i++;
  }
  return most;
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}

/** The parts of a text between commas that stand in no bracket and no string, without comments. */
export function atCommas(text: string): string[] {
  const parts = [""];
  for (let i = 0; i < text.length;) {
    const behind = /[\w.]/.test(text[i - 1] ?? "") ? i : behindString(text, i);
    const to = behind > i
      ? behind
      : text[i] === "#"
      ? lineEnd(text, i)
      : /[([{]/.test(text[i])
      ? closing(text, i) + 1
      : i + 1;
    if (text[i] === ",") parts.push("");
    else if (text[i] !== "#") parts[parts.length - 1] += text.slice(i, to);
    i = to;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

/** The value of an expression. */
export function valueOf(expression: string, constants: Constants): PythonValue {
  if (expression.length > MOST_CHARACTERS) return COMPUTED;
  return evaluate(expression.trim(), constants, 0);
}

function evaluate(text: string, constants: Constants, depth: number): PythonValue {
  if (depth > MOST_LEVELS) return COMPUTED;
  const inner = (part: string) => evaluate(part.trim(), constants, depth + 1);
  if (/^-?\d[\d_]*(\.\d+)?(e[+-]?\d+)?$/i.test(text)) return Number(text.replaceAll("_", ""));
  if (text === "True" || text === "False") return text === "True";
  if (text === "None") return null;
  if (/^[A-Za-z_]\w*$/.test(text)) return constants.get(text) ?? COMPUTED;
  if (behindString(text, 0) === text.length && text !== "") return stringOf(text, inner);
  if (/^[[(]/.test(text) && closing(text, 0) === text.length - 1) {
    const parts = atCommas(text.slice(1, -1));
    const isTuple = text.startsWith("[") || parts.length > 1 || /,\s*\)$/.test(text);
    return isTuple ? parts.map(inner) : parts.length === 1 ? inner(parts[0]) : COMPUTED;
  }
  const call = /^([\w.]+)\(/.exec(text);
  if (call !== null && closing(text, call[0].length - 1) === text.length - 1) {
    return called(call[1], text.slice(call[0].length, -1), inner);
  }
  return operated(text, inner);
}

/** A string without quotes; names in braces of an f-string are replaced. */
function stringOf(text: string, inner: (part: string) => PythonValue): PythonValue {
  const [whole, prefix, quote] = STRING.exec(text)!;
  const body = text.slice(whole.length, text.length - quote.length);
  const plain = /r/i.test(prefix)
    ? body
    : body.replace(/\\\r?\n/g, "").replace(/\\(["'\\])/g, "$1").replaceAll("\\n", "\n");
  if (!/f/i.test(prefix)) return plain;
  let isKnown = true;
  const filled = plain.replace(/\{([^{}]*)\}/g, (_, name: string) => {
    const value = inner(name);
    isKnown &&= typeof value === "string" || typeof value === "number";
    return String(value === COMPUTED ? "" : value);
  });
  return isKnown ? filled : COMPUTED;
}

/** `str(x)`, and the GPUs of Modal's earlier versions: `modal.gpu.H100(count=2)`. */
function called(name: string, args: string, inner: (part: string) => PythonValue): PythonValue {
  if (name === "str" || name === "int") {
    const value = inner(args);
    return value === COMPUTED || typeof value === "object" ? COMPUTED : String(value);
  }
  const gpu = /(?:^|\.)gpu\.(\w+)$/.exec(name)?.[1];
  if (gpu === undefined) return COMPUTED;
  const given = new Map(
    atCommas(args).map((part) => {
      const [key, ...others] = part.split("=");
      return [key.trim(), inner(others.join("="))] as const;
    }),
  );
  const [count, size] = [given.get("count") ?? 1, given.get("size")];
  if (count === COMPUTED || size === COMPUTED) return COMPUTED;
  return `${gpu.replace("_", "-")}${size === undefined ? "" : `-${String(size)}`}:${String(count)}`;
}

/** `A if B else C`, then sums, then products, from the outside in. */
function operated(text: string, inner: (part: string) => PythonValue): PythonValue {
  const [first, condition, ...rest] = atWords(text, /\s(?:if|else)\s/g);
  if (rest.length === 1 && /\sif\s[^]*\selse\s/.test(text)) {
    const holds = inner(condition);
    if (holds === COMPUTED) return COMPUTED;
    return inner(
      holds === false || holds === 0 || holds === null || holds === "" ? rest[0] : first,
    );
  }
  for (const operator of ["+", "*"] as const) {
    const parts = atWords(text, operator === "+" ? /\+/g : /\*/g);
    if (parts.length < 2) continue;
    const values = parts.map(inner);
    if (values.every((value) => typeof value === "number")) {
      return values.reduce((a, b) => operator === "+" ? a + b : a * b);
    }
    const isJoined = operator === "+" && values.every((value) => typeof value === "string");
    return isJoined ? values.join("") : COMPUTED;
  }
  return COMPUTED;
}

/** The parts of a text between matches that stand in no bracket and no string. */
function atWords(text: string, separator: RegExp): string[] {
  const masked = mask(text);
  const parts: string[] = [];
  let from = 0;
  for (const match of masked.matchAll(separator)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  return [...parts, text.slice(from)];
}

/** A text of the same length with all in strings and brackets replaced. */
function mask(text: string): string {
  let masked = "";
  for (let i = 0; i < text.length;) {
    const behind = /[\w.]/.test(text[i - 1] ?? "") ? i : behindString(text, i);
    const to = behind > i ? behind : /[([{]/.test(text[i]) ? closing(text, i) + 1 : i + 1;
    masked += to > i + 1 ? "\u0000".repeat(Math.min(to, text.length) - i) : text[i];
    i = to;
  }
  return masked;
}
