import type { Setting } from "../settings/setting.ts";
import type { Condition } from "./applies.ts";
import { listNode, SchemaNode, sectionNode, settingNode } from "./schema_node.ts";
import type { SectionInfo, Selector } from "./setting.ts";

/** What a section takes beyond its settings. */
export interface SectionOptions {
  /** What the section is about. */
  readonly describe: string;
  /** Values used where nothing is given, in place of the settings' own defaults. */
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

/** What a section is made of: settings, further sections and lists of them, by key. */
export type SectionShape = Readonly<Record<string, Setting<unknown> | SchemaNode<unknown>>>;

/** The typed value of a section. */
export type SectionValue<Shape extends SectionShape> = {
  [K in keyof Shape]: Shape[K] extends Setting<infer T> ? T
    : Shape[K] extends SchemaNode<infer T> ? T
    : never;
};

/** A mapping of named settings; every key may be left out. */
export function section<Shape extends SectionShape>(
  parts: Shape,
  options: SectionOptions,
): SchemaNode<SectionValue<Shape>> {
  const shape = Object.fromEntries(
    Object.entries(parts).map(([key, part]) =>
      [key, part instanceof SchemaNode ? part : settingNode(part)] as const
    ),
  );
  return sectionNode({
    kind: "section",
    description: options.describe,
    shape,
    fill: options.fill,
    selector: options.selector,
    switchedBy: options.switchedBy,
    appliesWhen: options.appliesWhen,
    isCommon: options.isCommon,
  });
}

/**
 * A section some of whose settings are those of a table's policies, which the compiler cannot follow
 * one by one: its type is the generated one, which a test holds against the schema.
 */
export function sectionOf<Value>(parts: SectionShape, options: SectionOptions): SchemaNode<Value> {
  return section(parts, options) as SchemaNode<unknown> as SchemaNode<Value>;
}

/** A list of sections; empty when nothing is given. */
export function sectionList<Item>(
  item: SchemaNode<Item>,
  options: Pick<SectionOptions, "describe" | "appliesWhen">,
): SchemaNode<readonly Item[]> {
  return listNode({
    kind: "list",
    description: options.describe,
    item: item.info as SectionInfo,
    appliesWhen: options.appliesWhen,
  }, item);
}
