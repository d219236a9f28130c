import { deepEqual, equal, throws } from "#assert";
import fc from "fast-check";
import { InvariantError } from "../../sim/invariant_error.ts";
import { ARRAYS, type ColumnArray } from "../columns/column.ts";
import { KEPT_COLUMNS } from "./page_layout.ts";
import { memoryPages } from "./page_store.ts";
import { RequestPages } from "./request_pages.ts";

/** Columns in which every value is another one. */
function columnsOf(count: number): Record<string, ColumnArray> {
  return Object.fromEntries(KEPT_COLUMNS.map(([key, { array }], i) => {
    const values = new ARRAYS[array](count);
    for (let row = 0; row < count; row++) values[row] = 7 * row + i;
    return [key, values];
  }));
}

Deno.test("rows come back as they were put, in whatever order that was", () => {
  const cases = fc.record({
    count: fc.integer({ min: 0, max: 90 }),
    order: fc.array(fc.nat(), { minLength: 90, maxLength: 90 }),
    pagesInMemory: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(cases, ({ count, order, pagesInMemory }) => {
      const columns = columnsOf(count);
      const rows = new RequestPages(count, memoryPages(), { pageRows: 8, pagesInMemory });
      rows.takeFrom(columns);
      const shuffled = Array.from({ length: count }, (_, row) => row)
        .sort((a, b) => order[a] - order[b]);
      for (const row of shuffled) rows.put(row, row);
      rows.finish();
      for (const [key, values] of Object.entries(columns)) {
        const found: number[] = [];
        for (const piece of rows.pieces()) {
          equal(piece.first, found.length);
          found.push(...(piece as unknown as Record<string, ColumnArray>)[key]);
        }
        deepEqual(found, [...values], key);
      }
      if (count > 0) {
        const piece = rows.at(count - 1);
        equal(piece.promptTokens[count - 1 - piece.first], columns.promptTokens[count - 1]);
      }
    }),
    { seed: 3, numRuns: 60 },
  );
});

Deno.test("a row that has not been put is a broken law", () => {
  const rows = new RequestPages(3, memoryPages(), { pageRows: 8 });
  rows.takeFrom(columnsOf(3));
  rows.put(0, 0);
  rows.put(2, 2);
  throws(() => rows.finish(), InvariantError);
});

Deno.test("no more pages are in memory than are asked for, and full ones go at once", () => {
  const store = memoryPages();
  const rows = new RequestPages(64, store, { pageRows: 8, pagesInMemory: 8 });
  rows.takeFrom(columnsOf(64));
  for (let row = 0; row < 63; row++) rows.put(row, row);
  equal(store.size, 7);
});
