import { emptyMapping, type Mapping } from "../normalize.ts";
import { UNKNOWN } from "./command/shell_words.ts";
import {
  atCommas,
  behindString,
  closing,
  COMPUTED,
  type Constants,
  MOST_CHARACTERS,
  type PythonValue,
  valueOf,
} from "./python_values.ts";

/** Where settings stand that only the running program knows, by name. */
export const COMPUTED_KEYS = "computed settings";

/** Decorators whose arguments are settings of a function of Modal's. */
const SETTINGS = /\.(function|cls|concurrent)$|^concurrent$/;

/** Longest program that is read, characters; and most of its decorators, and of its constants. */
export const MOST_PROGRAM = 262144;
const MOST_PARTS = 2000;

/** Whether a text is a program of Modal's. */
export function isModalProgram(text: string): boolean {
  return /^\s*@\w+\.(function|cls)\(/m.test(text) && /^\s*(import|from)\s+modal\b/m.test(text);
}

/**
 * The functions and classes of a program of Modal's, each as a mapping of its settings: what stands in
 * its decorators, and as `cmd` the server's command that it starts.
 */
export function modalFunctions(text: string): Mapping[] {
  const constants = constantsOf(text);
  const definitions = [...decorated(text)];
  return definitions.map(({ name, decorators, from }, i) => {
    const content = emptyMapping();
    const computed: string[] = [];
    content.name = name;
    for (const argument of decorators.flatMap(atCommas)) {
      const match = /^([A-Za-z_]\w*)\s*=(?!=)([^]*)$/.exec(argument);
      if (match === null) continue;
      const value = valueOf(match[2], constants);
      if (isWhole(value)) content[match[1]] = value;
      else computed.push(match[1]);
    }
    const command = commandOf(text.slice(from, definitions[i + 1]?.begin), constants);
    if (command !== undefined) content.cmd = command;
    if (computed.length > 0) content[COMPUTED_KEYS] = computed;
    return content;
  });
}

function isWhole(value: PythonValue): boolean {
  return value !== COMPUTED && (!Array.isArray(value) || value.every(isWhole));
}

const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\s*:\s*[\w.[\]]+)?\s*=(?!=)\s*/gm;
const DEFINITION = /^[ \t]*(?:@([\w.]+)\(|(?:async\s+)?(?:def|class)\s+(\w+))/gm;

/** What is assigned once, at the left margin, and is known. */
function constantsOf(text: string): Constants {
  const constants = new Map<string, PythonValue>();
  for (const match of text.matchAll(ASSIGNMENT).take(MOST_PARTS)) {
    const from = match.index + match[0].length;
    const value = valueOf(text.slice(from, expressionEnd(text, from)), constants);
    // What is assigned twice has the value of a moment.
    constants.set(match[1], constants.has(match[1]) ? COMPUTED : value);
  }
  return constants;
}

/** The end of an expression: that of its line, unless a bracket or a string is open there. */
function expressionEnd(text: string, from: number): number {
  const most = Math.min(text.length, from + MOST_CHARACTERS);
  for (let i = from; i < most;) {
    const behind = /[\w.]/.test(text[i - 1] ?? "") ? i : behindString(text, i);
    if (behind > i) i = behind;
    else if (/[([{]/.test(text[i])) i = closing(text, i) + 1;
    else if (text[i] === "\n" || text[i] === "#") return i;
    else i++;
  }
  return most;
}

/** Definitions with decorators that are settings: the arguments of these, and where they stand. */
function* decorated(text: string) {
  let decorators: string[] = [];
  let [begin, isFunction] = [0, false];
  for (const match of text.matchAll(DEFINITION).take(MOST_PARTS)) {
    const [whole, decorator, name] = match;
    if (decorator !== undefined) {
      if (!SETTINGS.test(decorator)) continue;
      const open = match.index + whole.length - 1;
      if (decorators.length === 0) begin = match.index;
      decorators.push(text.slice(open + 1, closing(text, open)));
      isFunction ||= /\.(function|cls)$/.test(decorator);
    } else {
      if (isFunction) yield { name, decorators, begin, from: match.index };
      [decorators, isFunction] = [[], false];
    }
  }
}

/** The words of the server's command in a definition: a list, and what is added to it. */
function commandOf(body: string, constants: Constants): readonly string[] | string | undefined {
  const start = /(["'])(vllm|python3?|sglang)\1\s*,/.exec(body);
  if (start === null) {
    const line = /(["'])((?:vllm serve|python3? -m (?:vllm|sglang))[^]*?)\1/.exec(body);
    return line === null ? undefined : line[2];
  }
  const open = body.lastIndexOf("[", start.index);
  if (open === -1) return undefined;
  const words = wordsOf(body.slice(open, closing(body, open) + 1), constants);
  const name = /([A-Za-z_]\w*)\s*=\s*$/.exec(body.slice(0, open))?.[1];
  if (name === undefined) return words;
  for (const added of body.matchAll(new RegExp(`\\b${name}\\s*\\+=\\s*(?=\\[)`, "g"))) {
    const at = added.index + added[0].length;
    words.push(...wordsOf(body.slice(at, closing(body, at) + 1), constants));
  }
  return words;
}

function wordsOf(list: string, constants: Constants): string[] {
  const values = valueOf(list, constants);
  if (!Array.isArray(values)) return [];
  return values.map((value) =>
    typeof value === "object" || value === COMPUTED ? UNKNOWN : String(value)
  );
}
