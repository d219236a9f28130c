import { z } from "../std/zod.ts";
import type { Condition } from "./applies.ts";
import { nodeInfo, remember, type SectionInfo, type Selector } from "./setting.ts";

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

/** The typed value of a section. */
export type SectionValue<Shape extends z.ZodRawShape> = { [K in keyof Shape]: z.output<Shape[K]> };

/** A mapping of named settings; every key may be left out. */
export function section<Shape extends Record<string, z.ZodType>>(
  shape: Shape,
  options: SectionOptions,
): z.ZodType<SectionValue<Shape>> {
  const schema = z.strictObject(shape).prefault((options.fill ?? {}) as never);
  return remember(schema as unknown as z.ZodType<SectionValue<Shape>>, {
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

/** A list of sections; empty when nothing is given. */
export function sectionList<Item>(
  item: z.ZodType<Item>,
  options: Pick<SectionOptions, "describe" | "appliesWhen">,
): z.ZodType<readonly Item[]> {
  const schema = z.array(item).default([]);
  return remember(schema as unknown as z.ZodType<readonly Item[]>, {
    kind: "list",
    description: options.describe,
    item: nodeInfo(item) as SectionInfo,
    appliesWhen: options.appliesWhen,
  });
}
