import type { Policy } from "../../settings/policy.ts";
import type { Place } from "./bad_row.ts";
import type { TraceColumns } from "./columns.ts";
import type { JsonRow } from "./json_row.ts";
import type { FinishedTrace, TraceBuilder } from "./trace_builder.ts";
import type { FailedRule, Trace, TraceOptions } from "./trace.ts";
import type { UnitRule } from "./units.ts";

/** What is known of a file when its format is to be told: its first row. */
export interface TraceHead {
  /** Fields of a first line that is no JSON. */
  readonly names?: readonly string[];
  /** The first JSON object of the file. */
  readonly first?: Readonly<Record<string, unknown>>;
  /** Whether the rows of a JSON file are the elements of an array. */
  readonly isArray: boolean;
}

/** Options of a reader of any format. */
export interface FormatOptions extends TraceOptions {
  /** Columns of a format that leaves their names open. */
  readonly columns?: TraceColumns;
  /** Character between fields; default: as the header shows. */
  readonly delimiter?: string;
  /** Units of a numeric arrival in a second, in place of `unit`. */
  readonly arrivalUnitsPerSecond?: number;
  /** Whether the file may lack arrivals, holding lengths alone. */
  readonly arrivalOptional?: boolean;
}

/** What a format's rows are read with. */
export interface ReadContext {
  readonly builder: TraceBuilder;
  readonly options: FormatOptions;
}

/** One line of fields. */
export interface FieldRow {
  readonly fields: readonly string[];
  /** The place of a field, or of the end of a row that lacks it. */
  place(field: number): Place;
}

/** Reads the rows of one file. */
export interface RowReader<Row> {
  row(row: Row): void;
  /** Columns or keys that nothing has read. */
  unread?(): readonly string[];
  /** What is known of the trace at its end. */
  finish?(): FinishedTrace;
}

/** A header line. */
export interface Header extends FieldRow {
  /** The fields without white space around them. */
  readonly names: readonly string[];
  readonly delimiter: string;
}

/** Files of lines of fields. */
export interface FieldFormat {
  readonly kind: "fields";
  /** Whether the first line is a row already. */
  readonly hasNoHeader?: boolean;
  /** Begins a file. Field number of the arrival, where a date's fraction may be cut off by a comma. */
  open(
    header: Header,
    context: ReadContext,
  ): RowReader<FieldRow> & { readonly arrivalField?: number };
}

/** Files of JSON objects: lines, the elements of an array, or one object. */
export interface JsonFormat {
  readonly kind: "json";
  open(context: ReadContext): RowReader<JsonRow>;
}

/** What the reader of a format is given. */
export interface TraceNeeds {
  /** The whole text. */
  readonly text: string;
  readonly options: FormatOptions;
}

/** A format of traces: one file in formats/, and one line in the table. */
export interface TraceEntry<Name extends string = string>
  extends Policy<Name, Record<never, never>, TraceNeeds, Trace> {
  /** In messages: "an Azure LLM trace". */
  readonly article: string;
  /** Where it is described. */
  readonly source?: string;
  /** A small file of it. */
  readonly example: string;
  /** What is assumed, for the page: a few sentences. */
  readonly assumes: string;
  /** What is refused, for the page. */
  readonly refuses: string;
  /** Unit of numeric instants. Default seconds. */
  readonly unit?: UnitRule;
  /** What is done with failed calls where the user says nothing; absent: they are malformed. */
  readonly failed?: FailedRule;
  /** Whether the configuration may name its columns. */
  readonly hasFreeColumns?: boolean;
  /** Whether a file that begins so is one. */
  recognises(head: TraceHead): boolean;
  /** How its rows are read. */
  readonly rows: FieldFormat | JsonFormat;
}
