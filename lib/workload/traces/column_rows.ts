import { contentKind } from "../../std/content_kind.ts";
import { plainText } from "../../std/csv_text.ts";
import { BadRow } from "./bad_row.ts";
import {
  countsFromRun,
  NEEDED,
  OPTIONAL,
  type TraceColumns,
  USUAL_NAMES,
  usualName,
} from "./columns.ts";
import type { FieldRow, Header, ReadContext, RowReader } from "./format.ts";
import { unitOfName, type UnitRule } from "./units.ts";

/** What a format says of its columns. */
export interface ColumnRules {
  /** Their names; the usual ones where absent. */
  readonly columns?: TraceColumns;
  /** Whether the file may lack arrivals, holding lengths alone. */
  readonly arrivalOptional?: boolean;
  /** Whether the unit is the column's, by its name, rather than the format's. */
  readonly hasFreeUnit?: boolean;
}

/** The unit of a column: what its name says, or a date of this century, or what a given one would be. */
export function freeUnit(name: string, isGiven: boolean): UnitRule {
  const is = unitOfName(name);
  if (is !== undefined) return { is };
  // The configuration calls its setting arrival_s.
  return isGiven ? { otherwise: "s" } : {};
}

/** Begins a file whose columns have names: lengths, arrivals unless they may lack, and names. */
export function openColumns(
  header: Header,
  { builder, options }: ReadContext,
  rules: ColumnRules,
): RowReader<FieldRow> & { readonly arrivalField: number } {
  const { names } = header;
  const { columns = {}, arrivalOptional = options.arrivalOptional ?? false } = rules;
  const locate = (wanted: keyof TraceColumns, needed: boolean) =>
    locateColumn(header, wanted, columns[wanted], needed);
  const [arrivalName, promptName, outputName] = NEEDED;
  const arrival = locate(arrivalName, !arrivalOptional);
  const prompt = locate(promptName, true);
  const output = locate(outputName, true);
  const named = OPTIONAL.flatMap((column) => {
    const field = locate(column, false);
    return field < 0 ? [] : [{ column, field }];
  });
  if (rules.hasFreeUnit && arrival >= 0) {
    const { arrivalUnitsPerSecond: perSecond } = options;
    builder.unitIs(
      perSecond === undefined
        ? freeUnit(names[arrival], columns.arrival_s !== undefined)
        : { perSecond },
    );
  }
  const read = new Set([arrival, prompt, output, ...named.map(({ field }) => field)]);
  const unread = [...new Set(names.filter((name, field) => name !== "" && !read.has(field)))];
  const decimalComma = header.delimiter !== ",";
  const place = (row: FieldRow, field: number) => () => row.place(field);
  return {
    arrivalField: arrival,
    row(row) {
      const { fields } = row;
      const at = arrival < 0 ? 0 : builder.instant(
        decimalComma ? withPoint(fields[arrival]) : fields[arrival],
        place(row, arrival),
        names[arrival],
      );
      const promptTokens = builder.promptTokens(fields[prompt], place(row, prompt), names[prompt]);
      const outputTokens = builder.outputTokens(fields[output], place(row, output), names[output]);
      for (const { column, field } of named) {
        // Requests that we wrote are a trace too: their names bear marks for spreadsheets.
        const name = fields[field];
        builder.name(column, name?.includes("'") ? plainText(name) : name, place(row, field));
      }
      builder.push(at, promptTokens, outputTokens);
    },
    unread: () => unread,
    finish: () => ({
      hasArrivals: arrival >= 0,
      countsFromRun: arrival < 0 || countsFromRun(names[arrival]),
    }),
  };
}

/** A number with a decimal comma, as tables of many countries have it, with a point. */
function withPoint(text: string | undefined): string | undefined {
  return text !== undefined && /^\s*\d+,\d+\s*$/.test(text) ? text.replace(",", ".") : text;
}

/** Field number of a column; -1 if it lacks and is not needed. */
function locateColumn(
  header: Header,
  wanted: keyof TraceColumns,
  given: string | undefined,
  needed: boolean,
): number {
  const { names, delimiter } = header;
  const name = given ?? usualName(wanted, names);
  const field = name === undefined ? -1 : names.indexOf(name);
  if (field >= 0) {
    const second = names.indexOf(name!, field + 1);
    if (second < 0) return field;
    throw new BadRow(
      header.place(second),
      "header",
      `one that names the column "${name}" once`,
      names.join(delimiter),
    );
  }
  if (!needed && given === undefined) return -1;
  throw new BadRow(
    header.place(0),
    "header",
    `one with the column "${given ?? USUAL_NAMES[wanted].slice(0, 6).join('" or "')}"`,
    names.join(delimiter),
    // What has no header may be anything, a file of passwords too.
    isHeader(names) ? undefined : contentKind(names.join(delimiter)),
  );
}

/** Whether the fields of a first line are names, as those of a header. */
function isHeader(fields: readonly string[]): boolean {
  return fields.length > 1 && fields.every((field) => /^[\p{L}\p{N}_ .()/%#-]{1,60}$/u.test(field));
}
