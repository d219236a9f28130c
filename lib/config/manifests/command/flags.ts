import { shownName } from "../../../std/safe_text.ts";
import { suggest } from "../../../std/suggest.ts";
import { type KeyRule, NOT_KNOWN } from "../keys.ts";
import type { Reading } from "../reading.ts";
import { UNKNOWN } from "./shell_words.ts";

/** A flag of an engine's command line. */
export interface Flag {
  /** Its names with their dashes, the long one first. */
  readonly names: readonly string[];
  /** `switch`: no value, `--no-NAME` sets it to false; `list`: all words up to the next flag. */
  readonly form: "value" | "switch" | "list";
  readonly rule: KeyRule;
}

/** A flag with a value. */
export function valued(names: string, rule: KeyRule): Flag {
  return { names: names.split(" "), form: "value", rule };
}

/** A flag without one. */
export function switched(names: string, rule: KeyRule): Flag {
  return { names: names.split(" "), form: "switch", rule };
}

/** A flag with any number of words after it. */
export function listed(names: string, rule: KeyRule): Flag {
  return { names: names.split(" "), form: "list", rule };
}

/** The table of an engine's flags by each of their names. */
export function byName(flags: readonly Flag[]): ReadonlyMap<string, Flag> {
  return new Map(flags.flatMap((flag) => flag.names.map((name) => [name, flag] as const)));
}

/** Most words of a command. */
const MOST_WORDS = 10000;

/** Why a flag whose value is a variable that the manifest does not set is not taken over. */
export const UNKNOWN_VALUE = "its value is not in the manifest";

/** Whether a word holds what only the cluster or the shell would know. */
export function isUnknown(word: string): boolean {
  return word.includes(UNKNOWN) || /\$\(\w/.test(word);
}

/** A word that begins a flag: not a negative number, not a dash alone. */
function isFlag(word: string): boolean {
  return /^-{1,2}[A-Za-z]/.test(word);
}

/**
 * Reads an engine's arguments: `--flag value`, `--flag=value`, `--flag`, `--no-flag`, `-f value`, and
 * `--flag.key value` for one key of a JSON value. A flag that the table does not have is reported.
 *
 * @param where Put before a flag's name in remarks, such as "containers[0] "; may be empty.
 * @returns Words that belong to no flag, in order.
 */
export function readFlags(
  args: readonly string[],
  table: ReadonlyMap<string, Flag>,
  reading: Reading,
  where = "",
): string[] {
  const others: string[] = [];
  if (args.length > MOST_WORDS) {
    reading.refuse(`${where}command`, `one of at most ${MOST_WORDS} words`, String(args.length));
    return others;
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i];
    if (!isFlag(word)) {
      others.push(word);
      continue;
    }
    const { name, inline } = splitFlag(word);
    const { flag, isOff, part } = find(name, table);
    const key = `${where}${name}`;
    const after = () => {
      const from = i + 1;
      while (i + 1 < args.length && !isFlag(args[i + 1])) i++;
      return args.slice(from, i + 1);
    };
    if (flag === undefined) {
      const near = suggest(name, [...table.keys()]);
      const value = inline === undefined ? after().slice(1) : [];
      others.push(...value);
      reading.leave(
        shownName(key),
        NOT_KNOWN + (near === undefined ? "" : `; is ${near} meant?`),
      );
    } else if (flag.form === "list") {
      flag.rule.apply(
        inline ?? after().join(" "),
        key,
        reading,
      );
    } else if (flag.form === "switch" && part === undefined) {
      flag.rule.apply(switchValue(inline, isOff), key, reading);
    } else {
      const isNext = inline === undefined && i + 1 < args.length && !isFlag(args[i + 1]);
      const value = inline ?? (isNext ? args[++i] : undefined);
      if (value === undefined) reading.refuse(key, "a flag with a value", "nothing");
      else if (isUnknown(value)) reading.leave(key, UNKNOWN_VALUE);
      else flag.rule.apply(part === undefined ? value : partOf(part, value), key, reading);
    }
  }
  return others;
}

/** A flag's name, with hyphens, and the value behind an equals sign. */
function splitFlag(word: string): { readonly name: string; readonly inline?: string } {
  const equals = word.indexOf("=");
  const written = equals === -1 ? word : word.slice(0, equals);
  const dot = written.indexOf(".");
  const head = (dot === -1 ? written : written.slice(0, dot)).replaceAll("_", "-");
  const name = head + (dot === -1 ? "" : written.slice(dot));
  return equals === -1 ? { name } : { name, inline: word.slice(equals + 1) };
}

function find(name: string, table: ReadonlyMap<string, Flag>) {
  const own = table.get(name);
  if (own !== undefined) return { flag: own, isOff: false };
  const off = /^--no-(.*)$/.exec(name);
  const positive = off === null ? undefined : table.get(`--${off[1]}`);
  if (positive?.form === "switch") return { flag: positive, isOff: true };
  const [head, ...part] = name.split(".");
  const whole = part.length === 0 ? undefined : table.get(head);
  return { flag: whole, isOff: false, ...(whole && { part: part.join(".") }) };
}

function switchValue(inline: string | undefined, isOff: boolean): string {
  return inline ?? (isOff ? "false" : "true");
}

/** The JSON value of which one key was given: `--flag.a.b 3` is `--flag {"a": {"b": 3}}`. */
function partOf(path: string, value: string): string {
  let inner: unknown = value;
  try {
    inner = JSON.parse(value);
  } catch { /* A plain text. */ }
  return JSON.stringify(
    path.split(".").reverse().reduce<unknown>((whole, key) => ({ [key]: whole }), inner),
  );
}
