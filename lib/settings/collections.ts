import { LIMITS } from "../sim/limits.ts";
import { type Setting, setting, type SettingOptions } from "./setting.ts";
import { type Dimension, parseQuantity } from "./units.ts";

const MOST_ITEMS = LIMITS.listItems.value;

/** A list of numbers, each within [min, max], in rising order if asked for. */
export function numberList(
  options: SettingOptions<readonly number[]> & ListBounds,
): Setting<readonly number[]>;
/** The same, which may be left open. */
export function numberList(
  options: SettingOptions<readonly number[] | null> & ListBounds,
): Setting<readonly number[] | null>;
export function numberList(
  options: SettingOptions<readonly number[] | null> & ListBounds,
): Setting<readonly number[] | null> {
  const { min, max, leastItems, mostItems = MOST_ITEMS, inAnyOrder = false } = options;
  const many = leastItems === mostItems ? leastItems : `${leastItems} to ${mostItems}`;
  return setting<readonly number[] | null>({
    wanted: "a list of numbers",
    allowed: `${many} numbers${inAnyOrder ? "" : " in rising order"}, ` +
      (max === undefined ? `each >= ${min}` : `each ${min} to ${max}`),
    jsonSchema: {
      type: "array",
      minItems: leastItems,
      maxItems: mostItems,
      items: { type: "number", minimum: min, ...(max === undefined ? {} : { maximum: max }) },
    },
    read(input) {
      if (!Array.isArray(input) || input.length < leastItems || input.length > mostItems) {
        return undefined;
      }
      const numbers = input.map((item) => parseQuantity(item, "number"));
      const isAllowed = numbers.every((value, i) =>
        value >= min && (max === undefined || value <= max) &&
        (inAnyOrder || i === 0 || value >= numbers[i - 1])
      );
      return isAllowed ? numbers : undefined;
    },
  }, options);
}

/** Bounds of a list of numbers. */
export interface ListBounds {
  /** Least value of an item. */
  readonly min: number;
  /** Greatest value of an item. */
  readonly max?: number;
  /** Least length of the list. */
  readonly leastItems: number;
  /** Greatest length of the list; absent: that of any list. */
  readonly mostItems?: number;
  /** Whether the numbers may come in any order; default false: they rise. */
  readonly inAnyOrder?: boolean;
}

/** A list of different names out of a few. */
export function choiceList<const T extends string>(
  values: readonly T[],
  options: SettingOptions<readonly NoInfer<T>[]> & { readonly wanted: string },
): Setting<readonly T[]> {
  return setting<readonly T[]>({
    wanted: options.wanted,
    allowed: `a list of ${values.join(", ")}`,
    jsonSchema: { type: "array", items: { type: "string", enum: values }, uniqueItems: true },
    read(input) {
      if (!Array.isArray(input) || new Set(input).size !== input.length) return undefined;
      return input.every((item) => values.includes(item)) ? input as T[] : undefined;
    },
  }, options);
}

/** A list of different names, of which it is known later what they may be. */
export function nameList(
  options: SettingOptions<readonly string[]> & { readonly wanted: string },
): Setting<readonly string[]> {
  return setting<readonly string[]>({
    wanted: options.wanted,
    allowed: "a list of different names",
    jsonSchema: { type: "array", items: { type: "string" }, uniqueItems: true },
    read(input) {
      if (!Array.isArray(input) || new Set(input).size !== input.length) return undefined;
      if (input.length > MOST_ITEMS) return undefined;
      return input.every((item) => typeof item === "string" && item !== "") ? input : undefined;
    },
  }, options);
}

/** Numbers >= 0 by name, such as prices by GPU; a later text adds to an earlier one's names. */
export function numberMap(
  dimension: Dimension,
  options: SettingOptions<Readonly<Record<string, number>>>,
): Setting<Readonly<Record<string, number>>> {
  return setting<Readonly<Record<string, number>>>({
    wanted: `${dimension} by name`,
    allowed: "a mapping from names to numbers >= 0",
    jsonSchema: {
      type: "object",
      additionalProperties: { anyOf: [{ type: "number", minimum: 0 }, { type: "string" }] },
    },
    read(input) {
      if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
      const entries = Object.entries(input).map(([name, value]) =>
        [name, parseQuantity(value, dimension)] as const
      );
      return entries.every(([, value]) => value >= 0) ? Object.fromEntries(entries) : undefined;
    },
  }, options);
}

/** Settings of a section by name, to be read when it is known what they apply to. */
export function settingsMap(
  options: SettingOptions<Readonly<Record<string, unknown>> | null>,
): Setting<Readonly<Record<string, unknown>> | null> {
  return setting<Readonly<Record<string, unknown>> | null>({
    wanted: "settings",
    allowed: "a mapping of settings",
    jsonSchema: { type: "object", additionalProperties: true },
    read: (input) =>
      typeof input === "object" && input !== null && !Array.isArray(input)
        ? input as Record<string, unknown>
        : undefined,
  }, options);
}

/** Texts by name, as they stand. */
export function textMap(
  options: SettingOptions<Readonly<Record<string, string>>>,
): Setting<Readonly<Record<string, string>>> {
  return setting<Readonly<Record<string, string>>>({
    wanted: "texts by name",
    allowed: "a mapping from names to texts",
    jsonSchema: { type: "object", additionalProperties: { type: "string" } },
    read(input) {
      if (typeof input !== "object" || input === null || Array.isArray(input)) return undefined;
      const isAllowed = Object.values(input).every((value) => typeof value === "string");
      return isAllowed ? { ...input } as Record<string, string> : undefined;
    },
  }, options);
}

/** A list of fractions, 0..1 each, in any order. */
export function fractionList(
  options: SettingOptions<readonly number[] | null>,
): Setting<readonly number[] | null> {
  return setting<readonly number[] | null>({
    wanted: "a list of fractions",
    allowed: `1 to ${MOST_ITEMS} numbers, each 0 to 1`,
    jsonSchema: {
      type: "array",
      minItems: 1,
      maxItems: MOST_ITEMS,
      items: { type: "number", minimum: 0, maximum: 1 },
    },
    read(input) {
      if (!Array.isArray(input) || input.length < 1 || input.length > MOST_ITEMS) return undefined;
      const numbers = input.map((item) => parseQuantity(item, "fraction"));
      return numbers.every((value) => value >= 0 && value <= 1) ? numbers : undefined;
    },
  }, options);
}

/** A whole number for each range of another one: `[from, to, value]` each, one behind another from 1 on. */
export function rangeList(
  options: SettingOptions<readonly (readonly number[])[] | null> & { readonly mostItems: number },
): Setting<readonly (readonly number[])[] | null> {
  return setting<readonly (readonly number[])[] | null>({
    wanted: "a list of ranges with a value each",
    allowed:
      `[[1, to, value], [from, to, value], ...], whole numbers, each range behind the one before`,
    typeText: ["readonly (readonly number[])[]"],
    jsonSchema: {
      type: "array",
      minItems: 1,
      maxItems: options.mostItems,
      items: {
        type: "array",
        minItems: 3,
        maxItems: 3,
        items: { type: "integer", minimum: 0 },
      },
    },
    read(input) {
      if (!Array.isArray(input) || input.length < 1 || input.length > options.mostItems) {
        return undefined;
      }
      let last = 0;
      for (const range of input) {
        if (!Array.isArray(range) || range.length !== 3) return undefined;
        const [from, to, value] = range;
        const isNext = last === 0 ? from === 1 : from > last;
        if (![from, to, value].every(Number.isSafeInteger) || !isNext || to < from || value < 0) {
          return undefined;
        }
        last = to;
      }
      return input as number[][];
    },
  }, options);
}
