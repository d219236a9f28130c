import { z } from "../std/zod.ts";
import type { Condition } from "./applies.ts";
import { showValue } from "./show_value.ts";

/** One value of the configuration, as documents and editors show it. */
export interface SettingInfo {
  readonly kind: "setting";
  /** What the setting means. */
  readonly description: string;
  /** What a value is read as, such as "seconds"; completes "Cannot read ... as". */
  readonly wanted: string;
  /** Values allowed, such as "> 0". */
  readonly allowed: string;
  /** Value when nothing is given, in the base unit; null: none. */
  readonly defaultValue: unknown;
  /** Other accepted names; one with dots is a path from the root. */
  readonly aliases: readonly string[];
  /** Accepted spellings of values, and what they are read as. */
  readonly otherValues: Readonly<Record<string, string>>;
  /** Whether null (no value) may be given. */
  readonly nullable: boolean;
  /** JSON Schema of the accepted input. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** Alternatives of its type, where the JSON Schema does not tell them. */
  readonly typeText?: readonly string[];
  /** When it applies beyond when its section does; absent: always then. */
  readonly appliesWhen?: Condition;
  /** Whether it holds for all functions together, so that one's entry cannot set it. */
  readonly isCommon?: boolean;
}

/** A setting whose value decides which other settings of its section apply. */
export interface Selector {
  /** The deciding key. */
  readonly key: string;
  /** Keys that keep their earlier values when a later text changes the deciding key. */
  keeps(value: unknown): readonly string[];
}

/** A mapping of settings and further sections. */
export interface SectionInfo {
  readonly kind: "section";
  /** What the section is about. */
  readonly description: string;
  /** Schema of each key, in the order of the documents. */
  readonly shape: Readonly<Record<string, z.ZodType>>;
  /** Values used where nothing is given and the selector has not changed. */
  readonly fill?: Readonly<Record<string, unknown>>;
  /** Present when one setting decides which others apply. */
  readonly selector?: Selector;
  /** Key of a switch without which its other settings do not apply. */
  readonly switchedBy?: string;
  /** When its settings apply; absent: always. */
  readonly appliesWhen?: Condition;
  /** Whether it holds for all functions together, so that one's entry cannot set it. */
  readonly isCommon?: boolean;
}

/** A list of sections. */
export interface ListInfo {
  readonly kind: "list";
  /** What one item is, and what the list is for. */
  readonly description: string;
  /** The section that each item is. */
  readonly item: SectionInfo;
  /** When its settings apply; absent: always. */
  readonly appliesWhen?: Condition;
}

/** What is known of a schema node beyond its type. */
export type NodeInfo = SettingInfo | SectionInfo | ListInfo;

const nodes = new WeakMap<object, NodeInfo>();

/** Remembers what is known of a schema node. */
export function remember<T extends z.ZodType>(schema: T, info: NodeInfo): T {
  nodes.set(schema, info);
  return schema;
}

/** What is known of a schema node. @throws {TypeError} If it was not made by this folder's builders. */
export function nodeInfo(schema: z.ZodType): NodeInfo {
  const info = nodes.get(schema);
  if (info === undefined) {
    throw new TypeError(`Cannot describe a schema as a setting: current value is ${schema}`);
  }
  return info;
}

/** What is known of a schema node, if it was made by this folder's builders. */
export function findNodeInfo(schema: object): NodeInfo | undefined {
  return nodes.get(schema);
}

/** What every builder of a setting takes. */
export interface SettingOptions<T> {
  /** Meaning, with the unit. */
  readonly describe: string;
  /** Value when nothing is given, in the base unit; null: none, and then null may be given. */
  readonly default: T;
  /** Other accepted names; one with dots is a path from the root. */
  readonly aliases?: readonly string[];
  /** When it applies beyond when its section does; absent: always then. */
  readonly appliesWhen?: Condition;
  /** Whether it holds for all functions together, so that one's entry cannot set it. */
  readonly isCommon?: boolean;
}

/** How one kind of setting reads and shows its values. */
export interface SettingReader<T> {
  readonly wanted: string;
  readonly allowed: string;
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** Alternatives of its type, where the JSON Schema does not tell them. */
  readonly typeText?: readonly string[];
  /** Accepted spellings of values, and what they are read as. */
  readonly otherValues?: Readonly<Record<string, string>>;
  /** The typed value; undefined when the input is not allowed. */
  read(input: unknown): T | undefined;
  /** What a value is read as, where the refused input says more than `wanted`. */
  wantedFor?(input: unknown): string | undefined;
  /** A note to add to the error of a refused input, such as "; did you mean ...?". */
  hint?(input: unknown): string;
}

/** Makes a setting of a reader: one transform, so that building and parsing stay cheap at start-up. */
export function setting<T>(reader: SettingReader<T>, options: SettingOptions<T>): z.ZodType<T> {
  const nullable = options.default === null;
  // A bare transform in place of a pipe from z.unknown(): a third of the time to build.
  const transform = z.transform((input: unknown, context): T => {
    if (input === null && nullable) return null as T;
    const value = reader.read(input);
    if (value !== undefined) return value;
    context.addIssue({
      code: "custom",
      message:
        `as ${reader.wantedFor?.(input) ?? reader.wanted}: current value is ${showValue(input)} ` +
        `(allowed: ${reader.allowed})${reader.hint?.(input) ?? ""}`,
    });
    return z.NEVER;
  });
  const schema = z._default(transform, options.default as never) as unknown as z.ZodType<T>;
  return remember(schema, {
    kind: "setting",
    description: options.describe,
    wanted: reader.wanted,
    allowed: reader.allowed,
    defaultValue: options.default,
    aliases: options.aliases ?? [],
    otherValues: reader.otherValues ?? {},
    nullable,
    jsonSchema: reader.jsonSchema,
    ...(reader.typeText && { typeText: reader.typeText }),
    appliesWhen: options.appliesWhen,
    isCommon: options.isCommon,
  });
}
