import { ARRAYS, storedColumns } from "../metrics/columns/column.ts";
import { ALL_TABLES, type ResultTable } from "../metrics/columns/result_tables.ts";
import { docComment } from "../std/type_text.ts";

const HEAD =
  "// Written by `deno task reference` from the declarations in columns/; not to be edited by hand.\n";

/** The type of a table's columns. */
function tableType({ columns, type }: ResultTable): string {
  if (type === undefined) return "";
  const properties = storedColumns(columns).map(([key, { doc, unit, array, texts }]) => {
    const ofUnit = unit === "" || unit === "count" ? "" : ` Unit: ${unit}.`;
    const share = unit === "share" ? " From 0 to 1." : ofUnit;
    const meaning = `${doc}${texts === undefined ? "" : `; ${texts.where}`}.${share}`;
    return `${docComment(meaning, "  ")}\n  readonly ${key}: ${ARRAYS[array].name};`;
  });
  const { name, doc, names } = type;
  const namesOfCodes = names === undefined
    ? []
    : [`${docComment(`${names.doc}.`, "  ")}\n  readonly ${names.key}: readonly string[];`];
  const body = ["  /** Rows. */\n  readonly count: number;", ...properties, ...namesOfCodes];
  return `\n${docComment(`${doc}.`, "")}\nexport interface ${name} {\n${body.join("\n")}\n}\n`;
}

/** The text of run_columns.ts: the types of a run's columns, with each one's sentence and unit. */
export function renderColumnTypes(
  tables: Readonly<Record<string, ResultTable>> = ALL_TABLES,
): string {
  return HEAD + Object.values(tables).map(tableType).join("");
}
