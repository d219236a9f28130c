import { fieldTitle } from "./field_title.ts";

/** A row of the data: values by the name of their column. */
export type ChartRow = Readonly<Record<string, unknown>>;

/** What a chart is drawn from: rows, or what has them, such as a data frame. */
export type ChartData = readonly ChartRow[] | {
  /** All rows. */
  toRecords(): readonly ChartRow[];
};

/** A column of the data on a channel of a chart, with what is to be otherwise than usual. */
export interface ChartField {
  /** Name of the column. */
  readonly field: string;
  /** Title of the axis or the key; default made from the name. */
  readonly title?: string;
  /** Whether values are numbers, or names; default as the values are. */
  readonly type?: "quantitative" | "nominal";
  /** A logarithmic axis. */
  readonly log?: boolean;
  /** Ends of the axis, or the order of names. */
  readonly domain?: readonly (number | string)[];
  /** Whether the axis begins at 0. */
  readonly zero?: boolean;
  /** Format of the labels, as d3-format has it. */
  readonly format?: string;
}

/** A channel: the name of a column, or a column and how it is drawn. */
export type Channel = string | ChartField;

/** A channel whose column is there. */
export interface ResolvedField extends ChartField {
  readonly title: string;
  readonly type: "quantitative" | "nominal";
  /** Name in the figure's data: Vega reads dots and brackets in names as paths. */
  readonly key: string;
}

/** What a chart takes from elsewhere: figures know rows and nothing else. */
export interface ChartTools {
  /** The interval of the mean of values, for bands: estimate and ends; infinite where there are none. */
  readonly interval: (
    values: readonly number[],
  ) => { readonly estimate: number; readonly lower: number; readonly upper: number };
  /** The name that was probably meant, for messages. */
  readonly nearest?: (name: string, names: string[]) => string | undefined;
  /** A value as messages show it; default as JSON. */
  readonly shown?: (value: unknown) => string;
}

/** The rows of a chart and the names of their columns. */
export interface ChartTable {
  readonly tools: ChartTools;
  readonly rows: readonly ChartRow[];
  readonly names: readonly string[];
}

/** Reads the data of a chart. @throws {TypeError} If they are no rows. @throws {RangeError} If none. */
export function chartTable(data: ChartData, tools: ChartTools): ChartTable {
  const rows = typeof (data as { toRecords?: unknown } | null)?.toRecords === "function"
    ? (data as { toRecords(): readonly ChartRow[] }).toRecords()
    : data as readonly ChartRow[];
  if (!Array.isArray(rows) || rows.some((row) => typeof row !== "object" || row === null)) {
    throw new TypeError(
      "Cannot draw a chart of what is no data frame and no list of rows: current value is " +
        showValue({ tools }, data),
    );
  }
  if (rows.length === 0) {
    throw new RangeError("Cannot draw a chart of no rows: current value is an empty table");
  }
  return { rows, names: [...new Set(rows.flatMap((row) => Object.keys(row)))], tools };
}

/**
 * Checks the parts that a chart is given.
 *
 * @throws {RangeError} If one is not known, or one of `needed` is missing.
 */
export function checkParts(
  { tools }: Pick<ChartTable, "tools">,
  mark: string,
  given: object,
  known: readonly string[],
  needed: readonly string[],
): void {
  const wrong = Object.keys(given).find((part) => !known.includes(part));
  if (wrong !== undefined) {
    const near = tools.nearest?.(wrong, [...known]);
    throw new RangeError(
      `Cannot read a part of a ${mark} chart as one of ${known.join(", ")}${
        near === undefined ? "" : ` (did you mean ${near}?)`
      }: current value is "${wrong}"`,
    );
  }
  const missing = needed.find((part) => !Object.hasOwn(given, part));
  if (missing === undefined) return;
  throw new RangeError(
    `Cannot draw a ${mark} chart without ${missing}: current value is one with ${
      Object.keys(given).join(", ") || "nothing"
    }`,
  );
}

/** What a channel holds: of a column that is not there, it says so. */
export function resolveField(
  { rows, names, tools }: ChartTable,
  channel: string,
  given: Channel,
  wanted?: "quantitative" | "nominal",
): ResolvedField {
  const own: ChartField = typeof given === "string" ? { field: given } : given;
  const { field } = own ?? {};
  if (typeof field !== "string" || !names.includes(field)) {
    const near = typeof field === "string" ? tools.nearest?.(field, [...names]) : undefined;
    throw new RangeError(
      `Cannot draw "${channel}" as one of the columns ${names.join(", ")}${
        near === undefined ? "" : ` (did you mean ${near}?)`
      }: current value is ${showValue({ tools }, field ?? given)}`,
    );
  }
  const type = own.type ?? wanted ?? typeOf(rows, field);
  if (type === "quantitative") {
    const wrong = rows.find((row) => !isNumberOrNothing(row[field]));
    if (wrong !== undefined) {
      throw new RangeError(
        `Cannot draw "${channel}" as numbers of the column ${field}: current value is ${
          showValue({ tools }, wrong[field])
        }`,
      );
    }
    const low = own.log ? rows.find((row) => Number(row[field] ?? 1) <= 0) : undefined;
    if (low !== undefined) {
      throw new RangeError(
        `Cannot draw "${channel}" on a logarithmic axis, which has numbers above 0: current value ` +
          `of ${field} is ${showValue({ tools }, low[field])}`,
      );
    }
  }
  const key = field.replace(/[.[\]\\"']/g, "_");
  return { ...own, type, key, title: own.title ?? fieldTitle(field) };
}

function typeOf(rows: readonly ChartRow[], field: string): "quantitative" | "nominal" {
  return rows.every((row) => isNumberOrNothing(row[field])) ? "quantitative" : "nominal";
}

function isNumberOrNothing(value: unknown): boolean {
  return value === null || value === undefined || typeof value === "number" ||
    typeof value === "bigint";
}

/** A value as a figure's data hold it: numbers, texts, or null for what is none. */
export function plainValue(value: unknown): number | string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  return value instanceof Date ? value.toISOString() : String(value);
}

/** Names of a nominal column in the order of their first appearance, or the order that is given. */
export function namesOf({ rows }: ChartTable, { field, domain }: ResolvedField): string[] {
  const there = [...new Set(rows.map((row) => String(plainValue(row[field]) ?? "none")))];
  if (domain === undefined) return there;
  const first = domain.map(String).filter((name) => there.includes(name));
  return [...first, ...there.filter((name) => !first.includes(name))];
}

function showValue({ tools }: Pick<ChartTable, "tools">, value: unknown): string {
  return tools.shown?.(value) ?? JSON.stringify(value);
}
