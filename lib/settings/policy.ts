import type { Setting } from "./setting.ts";

/** A list of groups of settings, each item with the same ones. */
export interface SettingList<Item> {
  /** Tells lists from settings. */
  readonly kind: "list";
  /** What the list is for. */
  readonly description: string;
  /** What one item is. */
  readonly itemDescription: string;
  /** The settings of an item. */
  readonly item: Declared<Item>;
}

/** Settings that belong together: in files a section within that of the policy. */
export interface SettingGroup<Options> {
  /** Tells groups from settings. */
  readonly kind: "group";
  /** What the group is about. */
  readonly description: string;
  /** The settings of the group. */
  readonly settings: Declared<Options>;
}

/** What may be declared of one option: a setting, a group of them, or a list of groups. */
export type Declaration = Setting<unknown> | SettingGroup<object> | SettingList<object>;

/** Options as they are declared: each by its name, with unit, range, default and sentence. */
export type Declared<Options> = {
  readonly [Name in keyof Options]: Options[Name] extends readonly (infer Item extends object)[]
    ? Setting<Options[Name]> | SettingList<Item>
    : Options[Name] extends object ? Setting<Options[Name]> | SettingGroup<Options[Name]>
    : Setting<Options[Name]>;
};

/** A policy of whatever kind, as a table sees it. */
export interface AnyPolicy {
  /** Name in configurations, such as "knative-kpa". */
  readonly name: string;
  /** Other accepted names. */
  readonly aliases?: readonly string[];
  /** What it does, for lists: a sentence. */
  readonly describe: string;
  /** What may be set, by the option's name. */
  readonly settings: Readonly<Record<string, Declaration>>;
  /**
   * Section of a file in which its settings stand, within that of its kind; null: beside the
   * policy's name. Absent: a section of its own name, with underscores.
   */
  readonly section?: string | null;
  /** Makes a new one. */
  create(options: never, needs: never): unknown;
}

/**
 * A policy: one file that exports one of these, and one line in the table of its kind. From the table
 * follow validation, defaults, the types, the JSON Schema, the reference page, the error for a
 * misspelt name, the list of the law suite and `deno task list`.
 */
export interface Policy<Name extends string, Options, Needs, Made> extends AnyPolicy {
  /** Name in configurations, such as "knative-kpa". */
  readonly name: Name;
  /** What may be set, by the option's name. */
  readonly settings: Declared<Options>;
  /** What the laws of its kind are to know of it. */
  readonly laws?: PolicyLaws<Options>;
  /**
   * Options that are cut into parts as long as another one, or as the time between two evaluations:
   * windows and histograms, of which no more parts are kept than fit.
   */
  readonly cuts?: { readonly [Option in keyof Options]?: keyof Options | "period" };
  /** What is wrong between the options, or between one and what is told of the run. */
  check?(options: Options, facts: CheckFacts): readonly Contradiction[];
  /**
   * Makes a new one.
   *
   * @param options Every one that is declared.
   * @param needs What policies of its kind are told beyond their settings.
   */
  create(options: Options, needs: Needs): Made;
}

/** What a policy's check is told of a configuration. */
export interface CheckFacts {
  /** Whether the policy is the one that is chosen. */
  readonly isChosen: boolean;
  /** Seconds between evaluations, where policies of its kind make some. */
  readonly periodSeconds: number;
  /** Whether a latency has a limit. */
  readonly hasLimits: boolean;
  /** Fewest instances that a function may have. */
  readonly minInstances: number;
  /** Most instances that a function may have. */
  readonly maxInstances: number;
}

/** An option that contradicts another one, or what is told of the run. */
export interface Contradiction {
  /** Name of the option; absent: the choice of the policy itself. */
  readonly option?: string;
  /** What its value is read as, such as "a timetable". */
  readonly wanted: string;
  /** Its value, where that is not the option's own. */
  readonly value?: unknown;
  /** What would do. */
  readonly allowed: string;
}

/** What the laws of a kind are to know of a policy. */
export interface PolicyLaws<Options> {
  /** Options with which the laws are to hold; absent: the defaults. */
  readonly options?: Partial<Options>;
  /** Laws that it breaks on purpose, each with the reason. */
  readonly skip?: readonly { readonly law: string; readonly reason: string }[];
}

/** All policies of one kind. */
export interface PolicyTable {
  /** What an entry is, such as "a scaling policy". */
  readonly wanted: string;
  /** The policies, in the order of documents and messages. */
  readonly entries: readonly AnyPolicy[];
}

/** Names of a table's policies. */
export type NameOf<Table extends PolicyTable> = Table["entries"][number]["name"];

/** The policy of a name. */
export type Named<Table extends PolicyTable, Name> = Extract<
  Table["entries"][number],
  { readonly name: Name }
>;

/** The options of a table's policy. */
export type OptionsOf<Table extends PolicyTable, Name> = Parameters<
  Named<Table, Name>["create"]
>[0];

/** What a table's policies are told beyond their settings. */
export type NeedsOf<Table extends PolicyTable> = Parameters<Table["entries"][number]["create"]>[1];

/** What a table's policies make. */
export type MadeOf<Table extends PolicyTable> = ReturnType<Table["entries"][number]["create"]>;
