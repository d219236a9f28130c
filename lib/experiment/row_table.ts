import { floatColumn, integerColumn, type Table, textColumn } from "../results/table.ts";
import type { ExperimentRow } from "./experiment.ts";

/**
 * The rows of an experiment as a table: a column for each name in the order of first sight. Numbers
 * are float64 (null where a row has none) but for `replication`; what is text or boolean in some row
 * is text in all, "" where a row has none.
 */
export function rowTable(rows: readonly ExperimentRow[]): Table {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return {
    count: rows.length,
    columns: names.map((name) => {
      const values = rows.map((row) => row[name] ?? null);
      if (name === "replication") return integerColumn(name, Int32Array.from(values as number[]));
      if (values.every((value) => value === null || typeof value === "number")) {
        return floatColumn(name, Float64Array.from(values, (value) => value as number ?? NaN));
      }
      const texts = values.map((value) => value === null ? "" : String(value));
      const codes = new Map([...new Set(texts)].map((text, code) => [text, code]));
      const codeOf = (text: string) => codes.get(text)!;
      return textColumn(
        name,
        codes.size <= 2 ** 16 ? Uint16Array.from(texts, codeOf) : Uint32Array.from(texts, codeOf),
        [...codes.keys()],
      );
    }),
  };
}
