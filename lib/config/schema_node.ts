import type { Setting } from "../settings/setting.ts";
import { ConfigError } from "./config_error.ts";
import type { ListInfo, NodeInfo, SectionInfo, SettingInfo } from "./setting.ts";
import { showValue } from "./show_value.ts";

/** Where a value stands: keys of sections, and places in lists. */
export type ValuePath = readonly (string | number)[];

/** A value that is not allowed: its path, and the rest of the line, "as seconds: current value is -1". */
export interface WrongValue {
  readonly path: ValuePath;
  readonly text: string;
}

/** What reading a value comes to. */
export type ReadValue<T> =
  | { readonly success: true; readonly data: T }
  | { readonly success: false; readonly wrong: readonly WrongValue[] };

/**
 * What a place of the configuration takes: what is known of it, and how a value is read. Plain
 * functions, since each run builds all of it: a library of schemas takes a tenth of a short run to load,
 * and as long again to make its objects of what is declared here anyway.
 */
export class SchemaNode<T> {
  /** What is known of it. */
  readonly info: NodeInfo;
  readonly #read: (input: unknown, path: ValuePath, wrong: WrongValue[]) => T;

  /** @param read The typed value; where it is not allowed, says so and returns whatever it likes. */
  constructor(info: NodeInfo, read: (input: unknown, path: ValuePath, wrong: WrongValue[]) => T) {
    this.info = info;
    this.#read = read;
  }

  /** Reads a value that stands somewhere in a larger one. Undefined is the default. */
  readAt(input: unknown, path: ValuePath, wrong: WrongValue[]): T {
    return this.#read(input, path, wrong);
  }

  /** Reads a value. Undefined, and keys that are not there, are the defaults. */
  safeParse(input: unknown): ReadValue<T> {
    const wrong: WrongValue[] = [];
    const data = this.#read(input, [], wrong);
    return wrong.length === 0 ? { success: true, data } : { success: false, wrong };
  }

  /**
   * Reads a value. Undefined, and keys that are not there, are the defaults.
   *
   * @throws {ConfigError} With one line per value that is not allowed.
   */
  parse(input: unknown): T {
    const read = this.safeParse(input);
    if (read.success) return read.data;
    throw new ConfigError(
      read.wrong.map(({ path, text }) => `Cannot read "${path.join(".")}" ${text}`),
    );
  }
}

/** The node of a setting. */
export function settingNode<T>(setting: Setting<T>): SchemaNode<T> {
  // Conditions are declared in this room alone, all of them with `whyNot`.
  return new SchemaNode(setting as SettingInfo, (input, path, wrong) => {
    if (input === undefined) return copyOf(setting.defaultValue);
    const value = setting.read(input);
    if (value === undefined) wrong.push({ path, text: setting.refusal(input) });
    return value as T;
  });
}

/** The node of a section. */
export function sectionNode<T>(info: SectionInfo): SchemaNode<T> {
  const { shape, fill = {} } = info;
  const keys = Object.keys(shape);
  return new SchemaNode(info, (input, path, wrong) => {
    const given = input === undefined ? fill : input;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      wrong.push({ path, text: refusal("a section", "a mapping of settings", given) });
      return {} as T;
    }
    const values = given as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(values)) {
      if (Object.hasOwn(shape, key)) continue;
      wrong.push({
        path,
        text: `as a section: current value has an unknown key ${showValue(key)}`,
      });
    }
    const data: Record<string, unknown> = {};
    for (const key of keys) data[key] = shape[key].readAt(values[key], [...path, key], wrong);
    return data as T;
  });
}

/** The node of a list of sections; empty when nothing is given. */
export function listNode<Item>(
  info: ListInfo,
  item: SchemaNode<Item>,
): SchemaNode<readonly Item[]> {
  return new SchemaNode<readonly Item[]>(info, (input, path, wrong) => {
    if (input === undefined) return [];
    if (!Array.isArray(input)) {
      wrong.push({ path, text: refusal("a list", "a list", input) });
      return [];
    }
    return input.map((each, i) => item.readAt(each, [...path, i], wrong));
  });
}

function refusal(wanted: string, allowed: string, value: unknown): string {
  return `as ${wanted}: current value is ${showValue(value)} (allowed: ${allowed})`;
}

/** A value that its holder may change without changing the default of all others. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return [...value] as T;
  return typeof value === "object" && value !== null ? { ...value } : value;
}
