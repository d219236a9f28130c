import { showValue } from "../std/show_value.ts";

/** Under which other settings a setting applies. The room `config` says more of it: its `Condition`. */
export interface Applicability {
  /** The condition in words, for documents: "`workload.type` is `poisson`". */
  readonly words: string;
}

/** Bounds of a number, in the base unit. */
export interface NumberBounds {
  /** Least value allowed. */
  readonly min?: number;
  /** Values must lie above this. */
  readonly above?: number;
  /** Greatest value allowed. */
  readonly max?: number;
  /** Only whole numbers. */
  readonly whole?: boolean;
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
  readonly appliesWhen?: Applicability;
  /** Whether it holds for all functions together, so that one's entry cannot set it. */
  readonly isCommon?: boolean;
  /** Its key in files, where that is not the snake case of its name without "Seconds". */
  readonly key?: string;
}

/** How one kind of setting reads and shows its values. */
export interface SettingReader<T> {
  /** What a value is read as, such as "seconds". */
  readonly wanted: string;
  /** Values allowed, such as "> 0". */
  readonly allowed: string;
  /** JSON Schema of the accepted input. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** Alternatives of its type, where the JSON Schema does not tell them. */
  readonly typeText?: readonly string[];
  /** Accepted spellings of values, and what they are read as. */
  readonly otherValues?: Readonly<Record<string, string>>;
  /** Bounds of numbers beyond those of their dimension. */
  readonly bounds?: NumberBounds;
  /** The typed value; undefined when the input is not allowed. */
  read(input: unknown): T | undefined;
  /** What a value is read as, where the refused input says more than `wanted`. */
  wantedFor?(input: unknown): string | undefined;
  /** A note to add to the error of a refused input, such as "; did you mean ...?". */
  hint?(input: unknown): string;
}

/**
 * One value that somebody may set, declared once: meaning, unit, range and default. Plain data, from
 * which follow validation, documents, the JSON Schema and the defaults of whoever takes the value.
 */
export interface Setting<T> {
  /** Tells settings from lists and sections. */
  readonly kind: "setting";
  /** What the setting means. */
  readonly description: string;
  /** What a value is read as, such as "seconds"; completes "Cannot read ... as". */
  readonly wanted: string;
  /** Values allowed, such as "> 0". */
  readonly allowed: string;
  /** Value when nothing is given, in the base unit; null: none. */
  readonly defaultValue: T;
  /** Other accepted names; one with dots is a path from the root. */
  readonly aliases: readonly string[];
  /** Accepted spellings of values, and what they are read as. */
  readonly otherValues: Readonly<Record<string, string>>;
  /** Whether null (no value) may be given. */
  readonly nullable: boolean;
  /** JSON Schema of the accepted input. */
  readonly jsonSchema: Readonly<Record<string, unknown>>;
  /** Bounds of numbers beyond those of their dimension. */
  readonly bounds?: NumberBounds;
  /** Alternatives of its type, where the JSON Schema does not tell them. */
  readonly typeText?: readonly string[];
  /** When it applies beyond when its section does; absent: always then. */
  readonly appliesWhen?: Applicability;
  /** Whether it holds for all functions together, so that one's entry cannot set it. */
  readonly isCommon?: boolean;
  /** Its key in files, where that is not the snake case of its name without "Seconds". */
  readonly key?: string;
  /** The typed value; undefined when the input is not allowed. */
  read(input: unknown): T | undefined;
  /** Why an input is not allowed: "as seconds: current value is -1 (allowed: >= 0)". */
  refusal(input: unknown): string;
}

/** Makes a setting of a reader. */
export function setting<T>(reader: SettingReader<T>, options: SettingOptions<T>): Setting<T> {
  const nullable = options.default === null;
  return {
    kind: "setting",
    description: options.describe,
    wanted: reader.wanted,
    allowed: reader.allowed,
    defaultValue: options.default,
    aliases: options.aliases ?? [],
    otherValues: reader.otherValues ?? {},
    nullable,
    jsonSchema: reader.jsonSchema,
    typeText: reader.typeText,
    bounds: reader.bounds,
    appliesWhen: options.appliesWhen,
    isCommon: options.isCommon,
    key: options.key,
    read: (input) => input === null && nullable ? null as T : reader.read(input),
    refusal: (input) =>
      `as ${reader.wantedFor?.(input) ?? reader.wanted}: current value is ${showValue(input)} ` +
      `(allowed: ${reader.allowed})${reader.hint?.(input) ?? ""}`,
  };
}
