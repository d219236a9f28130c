import { equal } from "#assert";
import { grouped } from "./grouped.ts";

Deno.test("grouped() writes whole numbers as en-US does, and fractions as they are", () => {
  for (const value of [0, 7, 999, 1000, -1000, 999_999, 1_000_000, -12_345_678, 2 ** 53]) {
    equal(grouped(value), value.toLocaleString("en-US"));
  }
  equal(grouped("1234567.50"), "1,234,567.50");
});
