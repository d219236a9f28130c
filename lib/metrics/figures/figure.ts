import type { LatencySummary } from "../latency_summary.ts";
import type { PrintedLine } from "./printed_lines.ts";

/** Why a figure has no value. */
export interface Undefined {
  /** In words, as a reader of the summary has them. */
  readonly why: string;
  /** Whether it belongs to what the configuration does not use, rather than to what happened. */
  readonly isUnused: boolean;
}

/** The reason why a figure has no value, or what tells it from the run. */
export type Reason<Source> = Undefined | ((source: Source) => Undefined);

/** Has no value because of what happened in the run: a notice says so. */
export function because(why: string): Undefined {
  return { why, isUnused: false };
}

/** Has no value because the configuration does not use it: needs no notice. */
export function unused(why: string): Undefined {
  return { why, isUnused: true };
}

/** How a figure stands in the printed summary. */
export interface Printed {
  /** The line that it stands in, behind the figures of that line that come before it in the tree. */
  readonly line: PrintedLine;
  /**
   * Its words: `{}` stands for its value, `{key}` for that of another figure of its group. Without
   * any, the value alone.
   */
  readonly words?: string;
  /** Its place among the figures of the line where it is not that in the tree; theirs are 0. */
  readonly place?: number;
  /** What stands there without a value: these words, or (null) nothing; a dash unless given. */
  readonly otherwise?: string | null;
  /** Whether it is left out when it is 0. */
  readonly hidesZero?: boolean;
}

/** What is said of every figure: its sentence, in docs/metrics.md and beside its type. */
interface Facts {
  readonly doc: string;
}

/** A number. */
export interface NumberFigure<Source> extends Facts {
  readonly kind: "number";
  /** Its unit: "s", "share", "count", "USD" ... */
  readonly unit: string;
  /** Why there may be none; absent: there always is one. */
  readonly isNull?: Reason<Source>;
  /** Absent: it is not printed. */
  readonly printed?: Printed;
  of(source: Source): number | null;
}

/** Mean and percentiles of a latency. */
export interface LatencyFigure<Source> extends Facts {
  readonly kind: "latency";
  readonly unit: string;
  /** Its name in print. */
  readonly label: string;
  readonly isNull: Reason<Source>;
  readonly printed?: Printed;
  of(source: Source): LatencySummary;
}

/** A text. */
export interface TextFigure<Source> extends Facts {
  readonly kind: "text";
  readonly printed?: Printed;
  of(source: Source): string | readonly string[];
  /** Whether it is a list of texts. */
  readonly isList: boolean;
}

/** Numbers by names that only the run knows. */
export interface RecordFigure<Source> extends Facts {
  readonly kind: "record";
  readonly unit: string;
  /** The line of the printed summary for those that have words, and their words. */
  readonly printed?: {
    readonly line: PrintedLine;
    readonly words: Readonly<Record<string, string>>;
  };
  of(source: Source): Readonly<Record<string, number>>;
}

/** Figures that belong together. */
export interface GroupFigure<Source> extends Facts {
  readonly kind: "group";
  /** Name of its type where it has one. */
  readonly type?: string;
  /** Why there may be none of them; absent: there always are. */
  readonly isNull?: Reason<Source>;
  /** What its figures are computed from; null where there are none. */
  of(source: Source): unknown;
  readonly figures: Figures<never>;
}

/** A list: the same figures of each of several things. */
export interface RowsFigure<Source> extends Facts {
  readonly kind: "rows";
  /** Name of a row's type. */
  readonly type: string;
  of(source: Source): readonly unknown[];
  readonly figures: Figures<never>;
}

/** Something that is no figure and is put beside them by whoever knows it. */
export interface GivenValue extends Facts {
  readonly kind: "given";
  /** Its type. */
  readonly type: string;
  readonly printed?: Printed;
}

/** A figure or a group of them, computed from a source. */
export type Figure<Source> =
  | NumberFigure<Source>
  | LatencyFigure<Source>
  | TextFigure<Source>
  | RecordFigure<Source>
  | GroupFigure<Source>
  | RowsFigure<Source>
  | GivenValue;

/** Figures by their keys in summary.json, in its order. */
export type Figures<Source> = Readonly<Record<string, Figure<Source>>>;

interface NumberFacts extends Facts {
  readonly printed?: Printed;
}

/** A number in a unit that there always is. */
export function number<Source>(
  unit: string,
  facts: NumberFacts,
  of: (source: Source) => number,
): NumberFigure<Source> {
  return { kind: "number", unit, ...facts, of };
}

/** A number in a unit, or null with a reason. */
export function numberOrNull<Source>(
  unit: string,
  facts: NumberFacts & { readonly isNull: Reason<Source> },
  of: (source: Source) => number | null,
): NumberFigure<Source> {
  return { kind: "number", unit, ...facts, of };
}

/** A whole number of things. */
export function count<Source>(
  facts: NumberFacts,
  of: (source: Source) => number,
): NumberFigure<Source> {
  return number("count", facts, of);
}

/** A share from 0 to 1. */
export function share<Source>(
  facts: NumberFacts,
  of: (source: Source) => number,
): NumberFigure<Source> {
  return number("share", facts, of);
}

/** A share from 0 to 1, or null with a reason. */
export function shareOrNull<Source>(
  facts: NumberFacts & { readonly isNull: Reason<Source> },
  of: (source: Source) => number | null,
): NumberFigure<Source> {
  return numberOrNull("share", facts, of);
}

/** A latency; null as a whole when nothing was measured. */
export function latency<Source>(
  facts: Omit<LatencyFigure<Source>, "kind" | "unit" | "of"> & { readonly unit?: string },
  of: (source: Source) => LatencySummary,
): LatencyFigure<Source> {
  return { kind: "latency", unit: "s", ...facts, of };
}

/** A text. */
export function text<Source>(
  facts: Facts & { readonly printed?: Printed },
  of: (source: Source) => string,
): TextFigure<Source> {
  return { kind: "text", isList: false, ...facts, of };
}

/** A list of texts. */
export function texts<Source>(
  facts: Facts,
  of: (source: Source) => readonly string[],
): TextFigure<Source> {
  return { kind: "text", isList: true, ...facts, of };
}

/** Numbers by names that only the run knows. */
export function record<Source>(
  facts: Omit<RecordFigure<Source>, "kind" | "of">,
  of: (source: Source) => Readonly<Record<string, number>>,
): RecordFigure<Source> {
  return { kind: "record", ...facts, of };
}

/** Figures of the same source that belong together. */
export function group<Source>(
  facts: Facts & { readonly type?: string },
  figures: Figures<Source>,
): GroupFigure<Source> {
  return { kind: "group", ...facts, of: (source) => source, figures };
}

/** Figures of a part of the run. */
export function part<Source, Part>(
  facts: Facts,
  of: (source: Source) => Part,
  figures: Figures<Part>,
): GroupFigure<Source> {
  return { kind: "group", ...facts, of, figures };
}

/** Figures of a part of the run that there need not be: null with a reason. */
export function partOrNull<Source, Part>(
  facts: Facts & { readonly isNull: Reason<Source> },
  of: (source: Source) => Part | null,
  figures: Figures<Part>,
): GroupFigure<Source> {
  return { kind: "group", ...facts, of, figures };
}

/** A list with the same figures of each of several things. */
export function rows<Source, Row>(
  facts: Facts & { readonly type: string },
  of: (source: Source) => readonly Row[],
  figures: Figures<Row>,
): RowsFigure<Source> {
  return { kind: "rows", ...facts, of, figures };
}

/** Something that is no figure and is put beside them by whoever knows it. */
export function given(facts: Omit<GivenValue, "kind">): GivenValue {
  return { kind: "given", ...facts };
}
