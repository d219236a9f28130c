import { deepEqual, equal } from "#assert";
import { parse } from "@std/csv";
import { requestTable } from "./result_tables.ts";
import { madeUpRun } from "./made_up_run.ts";
import { floatColumn, integerColumn, type Table, textColumn } from "./table.ts";
import { writeCsv, writeJson } from "./text_formats.ts";

function textOf(table: Table, write: (table: Table, append: (text: string) => void) => void) {
  let text = "";
  write(table, (piece) => text += piece);
  return text;
}

const small: Table = {
  count: 3,
  columns: [
    integerColumn("n", Int32Array.of(1, -1, 3), -1),
    floatColumn("x_s", Float64Array.of(0.1 + 0.2, NaN, 1e-9)),
    textColumn("name, quoted", Uint8Array.of(1, 0, 1), ["plain", 'a "b", c']),
  ],
};

Deno.test("writeCsv() quotes what needs it and leaves nulls empty", () => {
  equal(
    textOf(small, writeCsv),
    'n,x_s,"name, quoted"\n' +
      '1,0.30000000000000004,"a ""b"", c"\n' +
      ",,plain\n" +
      '3,1e-9,"a ""b"", c"\n',
  );
});

Deno.test("writeCsv() marks texts that a spreadsheet would compute, and leaves numbers alone", () => {
  const table: Table = {
    count: 2,
    columns: [
      floatColumn("-x", Float64Array.of(-1, -2e-9)),
      textColumn("name", Uint8Array.of(0, 1), ['=HYPERLINK("a")', "a;=1"]),
    ],
  };
  equal(
    textOf(table, writeCsv),
    `"'-x",name\n-1,"'=HYPERLINK(""a"")"\n-2e-9,a;=1\n`,
  );
  equal(
    textOf(table, (table, append) => writeCsv(table, append, true)),
    `"'-x","name"\n-1,"'=HYPERLINK(""a"")"\n-2e-9,"a;'=1"\n`,
  );
});

Deno.test("writeJson() gives a list of objects that JSON.parse reads", () => {
  deepEqual(JSON.parse(textOf(small, writeJson)), [
    { n: 1, x_s: 0.1 + 0.2, "name, quoted": 'a "b", c' },
    { n: null, x_s: null, "name, quoted": "plain" },
    { n: 3, x_s: 1e-9, "name, quoted": 'a "b", c' },
  ]);
  deepEqual(JSON.parse(textOf({ count: 0, columns: small.columns }, writeJson)), []);
});

Deno.test("CSV and JSON of requests agree in every cell over several pieces", () => {
  const table = requestTable(madeUpRun(20_000));
  const fromJson = JSON.parse(textOf(table, writeJson)) as Record<string, unknown>[];
  const fromCsv = parse(textOf(table, writeCsv), { skipFirstRow: true }) as Record<
    string,
    string
  >[];
  equal(fromCsv.length, 20_000);
  for (const [i, row] of fromJson.entries()) {
    for (const [name, value] of Object.entries(row)) {
      equal(fromCsv[i][name], value === null ? "" : String(value));
    }
  }
});
