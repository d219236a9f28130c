import { deepStrictEqual, ok, strictEqual } from "#assert";
import { parquetMetadata } from "npm:hyparquet@1.31.5";
import { madeUpRun } from "./made_up_run.ts";
import { withDeclaredTables } from "./metrics_page.ts";
import { writeParquet } from "./parquet/write_parquet.ts";
import { TABLES } from "../metrics/columns/result_tables.ts";
import { resultTables } from "./result_tables.ts";
import type { Table } from "./table.ts";

function fileOf(table: Table): ArrayBuffer {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  writeParquet(table, (bytes) => parts.push(bytes.slice() as Uint8Array<ArrayBuffer>));
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file.buffer;
}

Deno.test("a Parquet file says each column's unit and sentence, and which run it is of", () => {
  const run = madeUpRun(50);
  for (const [name, table] of Object.entries(resultTables(run))) {
    const { key_value_metadata: entries = [] } = parquetMetadata(fileOf(table));
    const said = new Map(entries.map(({ key, value }) => [key, value]));
    strictEqual(said.get("digest"), run.summary.digest, name);
    for (const { name: column, unit, doc } of table.columns) {
      strictEqual(said.get(`${column}.description`), doc, `${name}.${column}`);
      strictEqual(said.get(`${column}.unit`), unit === "" ? undefined : unit);
    }
  }
  // A file without declarations says nothing.
  const plain: Table = { count: 0, columns: [] };
  strictEqual(parquetMetadata(fileOf(plain)).key_value_metadata, undefined);
});

Deno.test("every column has its sentence, and its unit where its name has one", () => {
  for (const table of Object.values(TABLES)) {
    const columns = Object.values(table.columns);
    strictEqual(new Set(columns.map(({ name }) => name)).size, columns.length);
    for (const { name, unit, doc } of columns) {
      ok(doc.length > 0, name);
      if (name.endsWith("_per_s")) strictEqual(unit, "tokens/s", name);
      else if (name.endsWith("_s")) strictEqual(unit, "s", name);
      else if (name.endsWith("_tokens")) strictEqual(unit, "tokens", name);
    }
  }
});

Deno.test("the tables of docs/metrics.md are those of the declarations", () => {
  const page = Deno.readTextFileSync(new URL("../../docs/metrics.md", import.meta.url));
  // What is written between columns differs with the formatter; words do not.
  const words = (text: string) => text.replaceAll(/-+/g, "-").split(/\s+/);
  deepStrictEqual(words(withDeclaredTables(page)), words(page));
});
