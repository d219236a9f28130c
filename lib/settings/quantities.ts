import { likelyMeant, plausibleOf } from "./plausible.ts";
import { type NumberBounds, type Setting, setting, type SettingOptions } from "./setting.ts";
import { suggest } from "../std/suggest.ts";
import { type Dimension, parseQuantity, unitsOf } from "./units.ts";

/** The bounds of a setting: its own, and those of its dimension where it has none. */
function boundsOf(dimension: Dimension, { min, above, max, whole }: NumberBounds): NumberBounds {
  const plausible = plausibleOf(dimension);
  const least = above === 0 ? plausible?.least : undefined;
  const most = max ?? plausible?.most;
  return {
    ...(least === undefined ? { min, above } : { min: least }),
    ...(most !== undefined && { max: most }),
    whole,
  };
}

function isWithin(value: number, bounds: NumberBounds): boolean {
  return !Number.isNaN(value) &&
    (bounds.min === undefined || value >= bounds.min) &&
    (bounds.above === undefined || value > bounds.above) &&
    (bounds.max === undefined || value <= bounds.max) &&
    (bounds.whole !== true || Number.isSafeInteger(value));
}

/** A bound for people: round large ones as powers of ten. */
function show(bound: number): string {
  return bound >= 1e6 && bound % 1e6 === 0
    ? bound.toExponential().replace("e+", "e")
    : String(bound);
}

/**
 * The bounds for people, such as "whole, >= 1".
 *
 * @param least Least value but for 0, where 0 is allowed.
 */
function showBounds(bounds: NumberBounds, least?: number): string {
  const parts: string[] = [];
  if (bounds.whole === true) parts.push("whole");
  if (bounds.min === 0 && least !== undefined) {
    parts.push(`0, or ${show(least)} to ${show(bounds.max!)}`);
  } else if (bounds.min !== undefined && bounds.max !== undefined) {
    parts.push(`${show(bounds.min)} to ${show(bounds.max)}`);
  } else {
    if (bounds.min !== undefined) parts.push(`>= ${show(bounds.min)}`);
    if (bounds.above !== undefined) parts.push(`> ${show(bounds.above)}`);
    if (bounds.max !== undefined) parts.push(`<= ${show(bounds.max)}`);
  }
  return parts.length > 0 ? parts.join(", ") : "any number";
}

/** @param least As in {@linkcode showBounds}. */
function numberSchema(
  dimension: Dimension,
  bounds: NumberBounds,
  least?: number,
): Record<string, unknown> {
  const number: Record<string, unknown> = { type: bounds.whole === true ? "integer" : "number" };
  const isApart = bounds.min === 0 && least !== undefined;
  if (bounds.min !== undefined) number.minimum = isApart ? least : bounds.min;
  if (bounds.above !== undefined) number.exclusiveMinimum = bounds.above;
  if (bounds.max !== undefined) number.maximum = bounds.max;
  if (unitsOf(dimension) === "") return number;
  return {
    anyOf: [number, ...(isApart ? [{ const: 0 }] : []), {
      type: "string",
      pattern: "^[+-]?[0-9.]",
    }],
  };
}

/** What a number of this dimension is called in messages. */
function wantedOf(dimension: Dimension, bounds: NumberBounds): string {
  if (dimension === "fraction") return "a fraction";
  if (dimension === "count" || dimension === "number") {
    return bounds.whole === true ? "a whole number" : "a number";
  }
  return dimension;
}

/** A number of a dimension; strings may carry one of its units. */
export function quantity(
  dimension: Dimension,
  options: SettingOptions<number> & NumberBounds,
): Setting<number>;
/** The same, which may be left open. */
export function quantity(
  dimension: Dimension,
  options: SettingOptions<number | null> & NumberBounds,
): Setting<number | null>;
export function quantity(
  dimension: Dimension,
  options: SettingOptions<number | null> & NumberBounds,
): Setting<number | null> {
  const bounds = boundsOf(dimension, options);
  const { least = 0, wanted } = plausibleOf(dimension) ?? {};
  const isAllowed = (value: number) => isWithin(value, bounds) && (value <= 0 || value >= least);
  /** Whether only the dimension's bounds refuse the input. */
  const isOdd = (input: unknown) => {
    const value = parseQuantity(input, dimension);
    return isWithin(value, options) && !isAllowed(value);
  };
  return setting<number | null>({
    wanted: wantedOf(dimension, options),
    allowed: showBounds(bounds, plausibleOf(dimension)?.least),
    jsonSchema: numberSchema(dimension, bounds, plausibleOf(dimension)?.least),
    bounds: options,
    read(input) {
      const value = parseQuantity(input, dimension);
      return isAllowed(value) ? value : undefined;
    },
    wantedFor: (input) => isOdd(input) ? wanted : undefined,
    hint(input) {
      const units = unitsOf(dimension);
      if (typeof input === "number" && isOdd(input)) return likelyMeant(input, dimension);
      const isUnitWrong = typeof input === "string" &&
        Number.isNaN(parseQuantity(input, dimension));
      return isUnitWrong && units !== "" ? `; units: ${units}` : "";
    },
  }, options);
}

/** A number of a dimension, or one of a few names that stand for it. */
export function quantityOr<const T extends string>(
  names: readonly T[],
  dimension: Dimension,
  options: SettingOptions<number> & NumberBounds,
): Setting<number | T>;
/** The same, which may be left open. */
export function quantityOr<const T extends string>(
  names: readonly T[],
  dimension: Dimension,
  options: SettingOptions<number | null> & NumberBounds,
): Setting<number | T | null>;
export function quantityOr<const T extends string>(
  names: readonly T[],
  dimension: Dimension,
  options: SettingOptions<number | null> & NumberBounds,
): Setting<number | T | null> {
  const plain = quantity(dimension, options);
  const { wanted, allowed, jsonSchema } = plain;
  const nameOf = (input: unknown) =>
    typeof input === "string" ? names.find((name) => name === plainName(input)) : undefined;
  return setting<number | T | null>({
    wanted,
    allowed: `${allowed}, or ${names.join(", ")}`,
    jsonSchema: { anyOf: [...alternativesOf(jsonSchema), { type: "string", enum: [...names] }] },
    typeText: ["number", ...names.map((name) => JSON.stringify(name))],
    read: (input) => nameOf(input) ?? plain.read(input),
    hint(input) {
      const near = typeof input === "string" ? suggest(input, names) : undefined;
      return near === undefined ? "" : `; did you mean "${near}"?`;
    },
  }, options);
}

/** The alternatives of a JSON Schema; itself where it has none. */
function alternativesOf(schema: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Array.isArray(schema.anyOf) ? schema.anyOf : [schema];
}

/** A whole number of things, >= `min`. */
export function count(
  options: SettingOptions<number> & { readonly min: number; readonly max?: number },
): Setting<number>;
/** The same, which may be left open. */
export function count(
  options: SettingOptions<number | null> & { readonly min: number; readonly max?: number },
): Setting<number | null>;
export function count(
  options: SettingOptions<number | null> & { readonly min: number; readonly max?: number },
): Setting<number | null> {
  return quantity("count", { ...options, whole: true });
}

/** A whole number of tokens, >= `min`. */
export function tokens(
  options: SettingOptions<number> & { readonly min: number; readonly max?: number },
): Setting<number>;
/** The same, which may be left open. */
export function tokens(
  options: SettingOptions<number | null> & { readonly min: number; readonly max?: number },
): Setting<number | null>;
export function tokens(
  options: SettingOptions<number | null> & { readonly min: number; readonly max?: number },
): Setting<number | null> {
  return quantity("tokens", { ...options, whole: true });
}

/** Hyphens and underscores, upper and lower case are the same in names. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll("_", "-");
}

/** One of a few names. `otherNames` maps further spellings to those. */
export function choice<const T extends string>(
  values: readonly T[],
  options: SettingOptions<NoInfer<T>> & ChoiceOptions<NoInfer<T>>,
): Setting<T>;
/** The same, which may be left open. */
export function choice<const T extends string>(
  values: readonly T[],
  options: SettingOptions<NoInfer<T> | null> & ChoiceOptions<NoInfer<T>>,
): Setting<T | null>;
export function choice<const T extends string>(
  values: readonly T[],
  options: SettingOptions<T | null> & ChoiceOptions<T>,
): Setting<T | null> {
  const names = new Map<string, T>(values.map((value) => [plainName(value), value]));
  const others = Object.entries(options.otherNames ?? {}) as [string, T][];
  for (const [name, value] of others) names.set(plainName(name), value);
  return setting<T | null>({
    wanted: options.wanted,
    allowed: values.join(", "),
    jsonSchema: { type: "string", enum: [...values, ...others.map(([name]) => name)] },
    otherValues: options.otherNames,
    read: (input) => typeof input === "string" ? names.get(plainName(input)) : undefined,
    hint(input) {
      if (typeof input !== "string") return "";
      const near = suggest(input, [...values, ...others.map(([name]) => name)]);
      return near === undefined ? "" : `; did you mean "${near}"?`;
    },
  }, options);
}

/** What a choice takes beyond the default and the description. */
export interface ChoiceOptions<T extends string> {
  /** What a value is, such as "a batching strategy". */
  readonly wanted: string;
  /** Further accepted spellings and what they mean. */
  readonly otherNames?: Readonly<Record<string, T>>;
}

/** True or false. */
export function flag(options: SettingOptions<boolean>): Setting<boolean>;
/** The same, which may be left open. */
export function flag(options: SettingOptions<boolean | null>): Setting<boolean | null>;
export function flag(options: SettingOptions<boolean | null>): Setting<boolean | null> {
  return setting<boolean | null>({
    wanted: "a switch",
    allowed: "true, false",
    jsonSchema: { type: "boolean" },
    read: (input) => typeof input === "boolean" ? input : undefined,
  }, options);
}

/** A text that is not empty. */
export function text(options: SettingOptions<string>): Setting<string>;
/** The same, which may be left open. */
export function text(options: SettingOptions<string | null>): Setting<string | null>;
export function text(options: SettingOptions<string | null>): Setting<string | null> {
  return setting<string | null>({
    wanted: "a text",
    allowed: "a text that is not empty",
    jsonSchema: { type: "string", minLength: 1 },
    read: (input) => typeof input === "string" && input !== "" ? input : undefined,
  }, options);
}
