import type { Setting } from "../settings/setting.ts";
import type { Condition } from "./applies.ts";
import type { SchemaNode } from "./schema_node.ts";

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
  readonly shape: Readonly<Record<string, SchemaNode<unknown>>>;
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

/** What is known of a schema node beyond its type. */
export function nodeInfo({ info }: SchemaNode<unknown>): NodeInfo {
  return info;
}
