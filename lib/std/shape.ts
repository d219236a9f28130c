/**
 * The forms of data files: what stands in a mapping, a list, a text or a number, checked and typed by
 * one declaration. Plain functions, since every run reads such files: a library of schemas would take
 * longer to load than all of them to be read.
 *
 * @module
 */
import { shownNames } from "./safe_text.ts";
import { showValue } from "./show_value.ts";

/** What is wrong at a place of a file. */
export interface FilePlace {
  /** Such as `stages[3].transfer`; "the top" for the whole. */
  readonly path: string;
  /** What is wanted there and what is there: "as a number: current value is null". */
  readonly text: string;
}

/** Reads a value that stands at a path; throws a {@linkcode WrongShape} if it has another form. */
export type Shape<T> = (value: unknown, path: string) => T;

/** The typed value of a shape. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

type OptionalKey<S> = { [K in keyof S]: undefined extends Shaped<S[K]> ? K : never }[keyof S];
type MappingOf<S> =
  & { [K in Exclude<keyof S, OptionalKey<S>>]: Shaped<S[K]> }
  & { [K in OptionalKey<S>]?: Exclude<Shaped<S[K]>, undefined> };

/** Says which value has another form than it should have. */
class WrongShape extends Error {
  constructor(readonly place: FilePlace) {
    super(`${place.path} ${place.text}`);
  }
}

function refuse(path: string, wanted: string, value: unknown): never {
  const current = value === undefined ? "missing" : showValue(value);
  throw new WrongShape({
    path: path === "" ? "the top" : path,
    text: `as ${wanted}: current value is ${current}`,
  });
}

/** What a shape makes of a value, or the first place where the value has another form. */
export function readShape<T>(
  shape: Shape<T>,
  value: unknown,
): { readonly data: T; readonly wrong?: undefined } | { readonly wrong: FilePlace } {
  try {
    return { data: shape(value, "") };
  } catch (error) {
    if (!(error instanceof WrongShape)) throw error;
    return { wrong: error.place };
  }
}

/**
 * A text.
 *
 * @param pattern What it matches; absent: anything but the empty text.
 * @param wanted What it is read as.
 */
export function text(pattern = /[^]/, wanted = "text"): Shape<string> {
  return (value, path) =>
    typeof value === "string" && pattern.test(value) ? value : refuse(path, wanted, value);
}

/** Bounds of a number. */
export interface NumberBounds {
  /** Least number allowed. */
  readonly min?: number;
  /** Numbers must lie above this. */
  readonly above?: number;
  /** Greatest number allowed. */
  readonly max?: number;
  /** Numbers must lie below this. */
  readonly below?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
  /** What it is read as, in place of a number and its bounds. */
  readonly wanted?: string;
}

/** A finite number. */
export function number(bounds: NumberBounds = {}): Shape<number> {
  const { min = -Infinity, above = -Infinity, max = Infinity, below = Infinity, whole } = bounds;
  return (value, path) => {
    const isNumber = typeof value === "number" && Number.isFinite(value) &&
      value >= min && value > above && value <= max && value < below &&
      (whole !== true || Number.isInteger(value));
    return isNumber ? value : refuse(path, bounds.wanted ?? numberText(bounds), value);
  };
}

function numberText({ min, above, max, below, whole }: NumberBounds): string {
  const parts = [
    above !== undefined ? `> ${above}` : min !== undefined ? `>= ${min}` : undefined,
    below !== undefined ? `< ${below}` : max !== undefined ? `<= ${max}` : undefined,
  ].filter((part) => part !== undefined);
  return [whole === true ? "a whole number" : "a number", parts.join(" and ")].join(" ").trimEnd();
}

/** True or false. */
export const flag: Shape<boolean> = (value, path) =>
  typeof value === "boolean" ? value : refuse(path, "true or false", value);

/** Any value, absent ones included. */
export const anything: Shape<unknown> = (value) => value;

/** One of some words. */
export function oneOf<const Name extends string>(names: readonly Name[]): Shape<Name> {
  return (value, path) =>
    names.includes(value as Name)
      ? value as Name
      : refuse(path, `one of ${names.join(", ")}`, value);
}

/** A list of values of one shape. */
export function list<T>(item: Shape<T>, { least = 0 } = {}): Shape<T[]> {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least) {
      refuse(path, least === 0 ? "a list" : `a list of ${least} or more`, value);
    }
    return value.map((each, i) => item(each, `${path}[${i}]`));
  };
}

/** A mapping of any keys, or of those that are allowed, to values of one shape. */
export function record<T>(
  item: Shape<T>,
  keys?: readonly string[],
): Shape<Record<string, T>> {
  return (value, path) => {
    const entries = Object.entries(mappingAt(value, path));
    const unknown = entries.map(([key]) => key).filter((key) => keys?.includes(key) === false);
    if (unknown.length > 0) refuseKeys(path, unknown);
    return Object.fromEntries(entries.map(([key, each]) => [key, item(each, join(path, key))]));
  };
}

/** A mapping with certain keys and no others. */
export function mapping<S extends Readonly<Record<string, Shape<unknown>>>>(
  shapes: S,
): Shape<MappingOf<S>> {
  const read = partialMapping(shapes);
  return (value, path) => {
    const data = read(value, path);
    const unknown = Object.keys(value as object).filter((key) => !Object.hasOwn(shapes, key));
    if (unknown.length > 0) refuseKeys(path, unknown);
    return data;
  };
}

/** A mapping with certain keys; others that it has are not looked at, and left out. */
export function partialMapping<S extends Readonly<Record<string, Shape<unknown>>>>(
  shapes: S,
): Shape<MappingOf<S>> {
  return (value, path) => {
    const given = mappingAt(value, path);
    const data: Record<string, unknown> = {};
    for (const key of Object.keys(shapes)) {
      const own = Object.hasOwn(given, key) ? given[key] : undefined;
      const read = shapes[key](own, join(path, key));
      // What is absent stays so: spread over others, it changes nothing.
      if (read !== undefined) data[key] = read;
    }
    return data as MappingOf<S>;
  };
}

/** A value that may be absent. */
export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, path) => value === undefined ? undefined : shape(value, path);
}

/** A value that may be absent: then it is read as another one. */
export function withDefault<T>(shape: Shape<T>, absent: unknown): Shape<T> {
  return (value, path) => shape(value === undefined ? absent : value, path);
}

/** A value that may be null. */
export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value, path) => value === null ? null : shape(value, path);
}

/** A value with a condition of its own, which holds for what its shape makes of it. */
export function where<T>(shape: Shape<T>, wanted: string, holds: (data: T) => boolean): Shape<T> {
  return (value, path) => {
    const data = shape(value, path);
    return holds(data) ? data : refuse(path, wanted, value);
  };
}

function mappingAt(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  return refuse(path, "a mapping", value);
}

function refuseKeys(path: string, keys: readonly string[]): never {
  throw new WrongShape({
    path: path === "" ? "the top" : path,
    text: `as known keys: current value is ${shownNames(keys)}`,
  });
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}
