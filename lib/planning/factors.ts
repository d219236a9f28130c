import { loadConfig } from "../config/load.ts";
import { settingPath } from "../experiment/sweep/mod.ts";
import { showValue } from "../std/show_value.ts";
import { suggest } from "../std/suggest.ts";
import { parse } from "../std/yaml.ts";
import { aliasesOf, allSettings, canonicalPath } from "./setting_paths.ts";

/** A level of a factor: any value of a setting. */
export type FactorLevel = string | number | boolean;

/** A setting and the values that are tried. */
export interface Factor {
  /** Path of the setting, such as "scaling.max_instances". */
  readonly path: string;
  /** At least one, all different. */
  readonly levels: readonly FactorLevel[];
}

/** Factors by the path of their setting: lists, or texts as in {@link readFactors}. */
export type FactorsByPath = Readonly<Record<string, readonly FactorLevel[] | string>>;

/** Most levels of a factor. */
const MOST_LEVELS = 10_000;

/**
 * Reads factors: `path=[a,b,c]`, `path=1..16` (whole numbers), `path=0.5..2/4` (as many numbers
 * from one to the other, evenly apart), with semicolons between them. A path is that of any setting,
 * or its last word where only one setting ends in it.
 *
 * @throws {RangeError} If a setting is unknown (the message names the nearest) or has no levels.
 */
export function readFactors(over: string | FactorsByPath): Factor[] {
  const parts: [string, readonly FactorLevel[] | string][] = typeof over === "string"
    ? splitOutside(over).map(splitFactor)
    : Object.entries(over);
  const factors = parts.map(([name, levels]): Factor => ({
    path: knownPath(name.trim()),
    levels: checkLevels(
      name.trim(),
      typeof levels === "string" ? readLevels(name, levels) : levels,
    ),
  }));
  const twice = factors.find(({ path }, i) =>
    factors.findIndex((other) => canonicalPath(other.path) === canonicalPath(path)) < i
  );
  if (twice === undefined) return factors;
  throw new RangeError(
    `Cannot plan over each setting as one factor: current value is ` +
      `"${canonicalPath(twice.path)}" twice`,
  );
}

/** Parts between semicolons that stand in no brackets and no quotes. */
function splitOutside(text: string): string[] {
  const parts: string[] = [""];
  let depth = 0, quote = "";
  for (const letter of text) {
    if (quote !== "") quote = letter === quote ? "" : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if ("[{".includes(letter)) depth++;
    else if ("]}".includes(letter)) depth--;
    if (letter === ";" && depth === 0 && quote === "") parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function splitFactor(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0) return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  throw new RangeError(
    `Cannot read a factor as PATH=[A,B] or PATH=1..16: current value is ${showValue(text)}`,
  );
}

function readLevels(name: string, text: string): readonly FactorLevel[] {
  const range = /^(-?[\d.]+)\s*\.\.\s*(-?[\d.]+)(?:\s*\/\s*(\d+))?$/.exec(text.trim());
  if (range !== null) return rangeOf(name, text, Number(range[1]), Number(range[2]), range[3]);
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value)) return value;
  if (["string", "number", "boolean"].includes(typeof value)) return [value as FactorLevel];
  throw noLevels(name, text);
}

function rangeOf(
  name: string,
  text: string,
  from: number,
  to: number,
  points: string | undefined,
): number[] {
  const count = points === undefined ? Math.floor(to - from) + 1 : Number(points);
  const isWhole = points !== undefined || (Number.isInteger(from) && Number.isInteger(to));
  if (!(from <= to) || !isWhole || !(count >= 1 && count <= MOST_LEVELS)) {
    throw noLevels(name, text);
  }
  if (points === undefined) return Array.from({ length: count }, (_, i) => from + i);
  if (count === 1) return [from];
  return Array.from(
    { length: count },
    (_, i) => Number((from + (to - from) * i / (count - 1)).toPrecision(12)),
  );
}

function noLevels(name: string, given: unknown): RangeError {
  return new RangeError(
    `Cannot plan over "${name}" as different values, such as [1,2,4], 1..16 or 0.5..2/4: current ` +
      `value is ${showValue(given)}`,
  );
}

function checkLevels(name: string, levels: readonly FactorLevel[]): readonly FactorLevel[] {
  const areValues = Array.isArray(levels) && levels.length > 0 && levels.length <= MOST_LEVELS &&
    levels.every((level) => ["string", "number", "boolean"].includes(typeof level));
  if (!areValues || new Set(levels).size < levels.length) throw noLevels(name, levels);
  return levels;
}

/** The path of a setting, checked. */
function knownPath(name: string): string {
  const settings = allSettings();
  // A setting at the root is not one of a section that ends in its name.
  const path = settings.some((setting) => setting.path === name) ? name : settingPath(name);
  const known = settings.flatMap((setting) => [setting.path, ...aliasesOf(setting)]);
  // Below a setting that is a mapping, such as a price by GPU.
  if (known.some((one) => path === one || path.startsWith(`${one}.`))) return path;
  if (isKnownOtherwise(path)) return path;
  const near = suggest(path, known) ?? nearEnd(path, known);
  throw new RangeError(
    `Cannot plan over a setting of the configuration: current value is ${showValue(name)}` +
      (near === undefined ? "" : `; did you mean "${near}"?`),
  );
}

/** The path whose last word is near that of a path whose section is another. */
function nearEnd(path: string, known: readonly string[]): string | undefined {
  const last = (one: string) => one.slice(one.lastIndexOf(".") + 1);
  const near = suggest(last(path), known.map(last));
  return near === undefined ? undefined : known.find((one) => last(one) === near);
}

/** Whether the language of files takes a path that is none of the schema's: one for a list, say. */
function isKnownOtherwise(path: string): boolean {
  try {
    loadConfig([], { set: { [path]: null } });
    return true;
  } catch (error) {
    return error instanceof Error && !error.message.includes("unknown key");
  }
}

/** Every combination of levels, the last factor fastest: by the path of each setting its level. */
export function combinations(factors: readonly Factor[]): Readonly<Record<string, FactorLevel>>[] {
  return factors.reduce<Record<string, FactorLevel>[]>(
    (before, { path, levels }) =>
      before.flatMap((one) => levels.map((level) => ({ ...one, [path]: level }))),
    [{}],
  );
}
