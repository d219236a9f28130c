import { Buffer } from "node:buffer";
import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { parquetMetadata, parquetReadObjects } from "npm:hyparquet@1.31.5";
import pl from "npm:nodejs-polars@0.25.2";
import { floatColumn, integerColumn, type Table, textColumn } from "../table.ts";
import { writeParquet } from "./write_parquet.ts";

function fileOf(table: Table): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  writeParquet(table, (bytes) => parts.push(bytes.slice()));
  const file = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}

function rowsOf(table: Table): Record<string, unknown>[] {
  const rows: Record<string, unknown>[] = Array.from({ length: table.count }, () => ({}));
  for (const column of table.columns) {
    const values = column.slice(0, table.count);
    for (let i = 0; i < table.count; i++) {
      const value = values[i];
      rows[i][column.name] = column.type === "text"
        ? column.names[value]
        : column.type === "int32"
        ? value === column.nullValue ? null : value
        : Number.isNaN(value)
        ? null
        : value;
    }
  }
  return rows;
}

const polars = (file: Uint8Array) => pl.readParquet(Buffer.from(file));
const hyparquet = (file: Uint8Array<ArrayBuffer>) => parquetReadObjects({ file: file.buffer });

const tables = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { minLength: count, maxLength: count });
  const float = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(NaN));
  const names = fc.uniqueArray(fc.string({ unit: "grapheme" }), { minLength: 1, maxLength: 9 });
  return fc.record({
    floats: list(float),
    oneFloat: float,
    holes: list(fc.constantFrom(1.5, NaN)),
    wide: list(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    narrow: list(fc.integer({ min: -120, max: 120 })),
    sparse: list(fc.constantFrom(-1, 7, 70_000)),
    sparseNarrow: list(fc.constantFrom(-1, 7, 8)),
    names,
    picks: list(fc.nat()),
  }).map((made): Table => ({
    count,
    columns: [
      floatColumn("floats", Float64Array.from(made.floats)),
      floatColumn("one float", new Float64Array(count).fill(made.oneFloat)),
      floatColumn("holes", Float64Array.from(made.holes)),
      integerColumn("wide", Int32Array.from(made.wide)),
      integerColumn("narrow", Int32Array.from(made.narrow)),
      integerColumn("sparse", Int32Array.from(made.sparse), -1),
      integerColumn("sparse narrow", Int32Array.from(made.sparseNarrow), -1),
      integerColumn("short", Uint16Array.from(made.picks, (n) => n % 65536)),
      textColumn(
        "byte text",
        Uint8Array.from(made.picks, (n) => n % made.names.length),
        made.names,
      ),
      textColumn("text", Uint16Array.from(made.picks, (n) => n % made.names.length), made.names),
    ],
  }));
});

Deno.test("writeParquet() is read back by hyparquet value for value", async () => {
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      deepEqual(await hyparquet(fileOf(table)), rowsOf(table));
    }),
    { numRuns: 200, seed: 1 },
  );
});

Deno.test("writeParquet() is read back by Polars value for value", () => {
  fc.assert(
    fc.property(tables, (table) => {
      const frame = polars(fileOf(table));
      deepEqual(frame.toRecords(), rowsOf(table));
    }),
    { numRuns: 100, seed: 2 },
  );
});

Deno.test("writeParquet() splits long tables into row groups that readers join again", async () => {
  const count = 300_001;
  const values = Float64Array.from({ length: count }, (_, i) => i % 1000 === 3 ? NaN : i / 3);
  const table: Table = {
    count,
    columns: [
      floatColumn("value", values),
      textColumn("name", Uint16Array.from({ length: count }, (_, i) => i % 300), [
        ...Array.from({ length: 300 }, (_, i) => `n${i}`),
      ]),
    ],
  };
  const file = fileOf(table);
  const metadata = parquetMetadata(file.buffer);
  equal(metadata.row_groups.length, 3);
  equal(metadata.row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0), count);
  const rows = await hyparquet(file);
  for (const i of [0, 3, 131_071, 131_072, 262_003, count - 1]) {
    deepEqual(rows[i], { value: i % 1000 === 3 ? null : i / 3, name: `n${i % 300}` });
  }
  const nulls = polars(file).getColumn("value").nullCount();
  equal(nulls, values.filter(Number.isNaN).length);
});

Deno.test("writeParquet() writes a table without rows", async () => {
  const file = fileOf({
    count: 0,
    columns: [floatColumn("a", new Float64Array(0)), textColumn("b", new Uint8Array(0), [])],
  });
  deepEqual(await hyparquet(file), []);
  deepEqual(polars(file).columns, ["a", "b"]);
});

Deno.test("writeParquet() keeps columns of one value in a few bytes", () => {
  const count = 100_000;
  const size = (column: Table["columns"][number]) => fileOf({ count, columns: [column] }).length;
  ok(size(floatColumn("a", new Float64Array(count).fill(2))) < 300);
  ok(size(integerColumn("a", new Int32Array(count).fill(2))) < 300);
  ok(size(textColumn("a", new Uint8Array(count).fill(1), ["x", "y"])) < 300);
});

Deno.test("writeParquet() keeps more texts than two bytes count, as Polars and hyparquet read them", async () => {
  const count = 70_003;
  const names = Array.from({ length: count }, (_, i) => `text ${i}`);
  const codes = Uint32Array.from({ length: count }, (_, i) => (i * 7919) % count);
  const file = fileOf({ count, columns: [textColumn("a", codes, names)] });
  const wanted = Array.from(codes, (code) => names[code]);
  deepEqual((await hyparquet(file)).map(({ a }) => a), wanted);
  deepEqual(polars(file).getColumn("a").toArray(), wanted);
});
