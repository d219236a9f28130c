import type { Setting } from "../settings/setting.ts";
import { ConfigError } from "./config_error.ts";
import type { ListInfo, NodeInfo, SectionInfo, SettingInfo } from "./setting.ts";
import { showValue } from "./show_value.ts";

/** Where a value stands: keys of sections, and places in lists. */
export type ValuePath = readonly (string | number)[];

/** What a reader finds wrong, and where it is just now: one path for all, kept up on the way. */
export class Reading {
  readonly path: (string | number)[] = [];
  readonly wrong: WrongValue[] = [];

  /** Says that the value that is being read is not allowed. */
  refuse(text: string): void {
    this.wrong.push({ path: [...this.path], text });
  }

  /** Reads what stands under a key of the value that is being read. */
  at<T>(key: string | number, node: SchemaNode<T>, input: unknown): T {
    this.path.push(key);
    const value = node.readIn(this, input);
    this.path.pop();
    return value;
  }
}

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
  /** Reads a value that stands somewhere in a larger one. Undefined is the default. */
  readonly readIn: (reading: Reading, input: unknown) => T;

  /** @param read The typed value; where it is not allowed, says so and returns whatever it likes. */
  constructor(info: NodeInfo, read: (reading: Reading, input: unknown) => T) {
    this.info = info;
    this.readIn = read;
  }

  /** Reads a value. Undefined, and keys that are not there, are the defaults. */
  safeParse(input: unknown): ReadValue<T> {
    const reading = new Reading();
    const data = this.readIn(reading, input);
    const { wrong } = reading;
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
  return new SchemaNode(setting as SettingInfo, (reading, input) => {
    if (input === undefined) return copyOf(setting.defaultValue);
    const value = setting.read(input);
    if (value === undefined) reading.refuse(setting.refusal(input));
    return value as T;
  });
}

/** The node of a section. */
export function sectionNode<T>(info: SectionInfo): SchemaNode<T> {
  const { shape, fill = {} } = info;
  const keys = Object.keys(shape);
  return new SchemaNode(info, (reading, input) => {
    const given = input === undefined ? fill : input;
    if (typeof given !== "object" || given === null || Array.isArray(given)) {
      reading.refuse(refusal("a section", "a mapping of settings", given));
      return {} as T;
    }
    const values = given as Readonly<Record<string, unknown>>;
    for (const key of Object.keys(values)) {
      if (Object.hasOwn(shape, key)) continue;
      reading.refuse(`as a section: current value has an unknown key ${showValue(key)}`);
    }
    const data: Record<string, unknown> = {};
    for (const key of keys) data[key] = reading.at(key, shape[key], values[key]);
    return data as T;
  });
}

/** The node of a list of sections; empty when nothing is given. */
export function listNode<Item>(
  info: ListInfo,
  item: SchemaNode<Item>,
): SchemaNode<readonly Item[]> {
  return new SchemaNode<readonly Item[]>(info, (reading, input) => {
    if (input === undefined) return [];
    if (!Array.isArray(input)) {
      reading.refuse(refusal("a list", "a list", input));
      return [];
    }
    return input.map((each, i) => reading.at(i, item, each));
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
