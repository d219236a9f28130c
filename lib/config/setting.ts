import * as z from "../std/zod.ts";
import type { Setting } from "../settings/setting.ts";
import type { Condition } from "./applies.ts";

/** One value of the configuration, as documents and editors show it. */
export interface SettingInfo extends Setting<unknown> {
  /** When it applies beyond when its section does; absent: always then. */
  readonly appliesWhen?: Condition;
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

/** The schema of a setting: one transform, so that building and parsing stay cheap at start-up. */
export function settingSchema<T>(info: Setting<T>): z.ZodType<T> {
  // A bare transform in place of a pipe from z.unknown(): a third of the time to build.
  const transform = z.transform((input: unknown, context): T => {
    const value = info.read(input);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: info.refusal(input) });
    return z.NEVER;
  });
  const schema = z._default(transform, info.defaultValue as never) as unknown as z.ZodType<T>;
  // Conditions are declared in this room alone, all of them with `whyNot`.
  return remember(schema, info as SettingInfo);
}
