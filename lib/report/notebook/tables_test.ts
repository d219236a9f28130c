import { deepEqual, equal, match, ok, throws } from "#assert";
import fc from "fast-check";
import { DISPLAY } from "../../std/display.ts";
import { formatColumn, formatNumber } from "./format_cells.ts";
import { type Display, table } from "./table.ts";
import { unitOfName } from "./units.ts";

const plain = (display: Display) =>
  (display[DISPLAY]() as Record<string, string>)["text/plain"].split("\n");
const html = (display: Display) => (display[DISPLAY]() as Record<string, string>)["text/html"];

Deno.test("whole numbers are shown exactly, with commas from 10,000 on", () => {
  equal(formatNumber(17943), "17,943");
  equal(formatNumber(9999), "9999");
  equal(formatNumber(2 ** 53), "9,007,199,254,740,992");
  equal(formatNumber(-12345), "-12,345");
  fc.assert(fc.property(fc.maxSafeInteger(), (value) => {
    equal(Number(formatNumber(value).replaceAll(",", "")), value);
  }));
});

Deno.test("fractions keep four significant digits, and all digits of their whole part", () => {
  deepEqual([0.123456, 12.3456, 0.30000000000000004, 1.5e-7].map((value) => formatNumber(value)), [
    "0.1235",
    "12.35",
    "0.3",
    "1.5e-7",
  ]);
  equal(formatNumber(17942.6), "17,943");
  const fraction = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e15, max: 1e15 });
  fc.assert(fc.property(fraction, (value) => {
    const shown = Number(formatNumber(value).replaceAll(",", ""));
    const most = Math.max(0.5, Math.abs(value) < 1000 ? 0 : 0.5);
    ok(
      Math.abs(shown - value) <=
        Math.max(Math.abs(value) * 5.1e-4, Math.abs(value) < 1000 ? 0 : most),
    );
  }));
});

Deno.test("what is undefined is a dash, infinities are signs, columns are grouped as a whole", () => {
  deepEqual(formatColumn([null, undefined, NaN, Infinity, -Infinity]), ["—", "—", "—", "∞", "−∞"]);
  deepEqual(formatColumn([1234, 56789]), ["1,234", "56,789"]);
  deepEqual(formatColumn([1234, 5678]), ["1234", "5678"]);
  deepEqual(formatColumn([12345n, true, "a\nb", { a: 1 }]), ["12,345", "true", "a b", '{"a":1}']);
});

Deno.test("a table has numbers at the right, a dash for nothing, and escapes what it shows", () => {
  const shown = table(["policy <x>", "count", "TTFT (s)"], [["hpa", 17943, 0.123456], [
    "<b>",
    5,
    null,
  ]]);
  deepEqual(plain(shown), [
    "policy <x>   count  TTFT (s)",
    "----------  ------  --------",
    "hpa         17,943    0.1235",
    "<b>              5         —",
  ]);
  match(html(shown), /policy &lt;x&gt;.*text-align:right.*17,943.*&lt;b&gt;/s);
  equal(/<b>/.test(html(shown)), false);
});

Deno.test("rows beyond those shown are counted, and the shape is said", () => {
  const rows = Array.from({ length: 18_083 }, (_, i) => ({ id: i, ttft_s: i / 7 }));
  const lines = plain(table(rows, { rows: 5 }));
  deepEqual(lines.slice(-2), ["... 18,078 more", "18,083 rows × 2 columns"]);
  equal(lines[1].trim(), "s", "the unit stands in the head");
  equal(plain(table(rows)).length, 3 + 50 + 2);
});

Deno.test("columns are chosen in an order and under heads; one that is not there is named", () => {
  const rows = [{ a: 1, ttft_s: 2 }];
  deepEqual(plain(table(rows, { columns: ["ttft_s", "a"] }))[0], "ttft_s  a");
  deepEqual(plain(table(rows, { columns: { ttft_s: "TTFT (s)" } }))[0], "TTFT (s)");
  throws(() => table(rows, { columns: ["ttft"] }), /one of a, ttft_s.*did you mean ttft_s/);
  throws(() => table(["a", "b"], [[1]]), /one of 2 columns: current value is \[1\]/);
  throws(() => table(7 as never), TypeError);
});

Deno.test("a unit is read from the end of a name", () => {
  const units = ["ttft_s", "ttft_s.p99", "ttft_s.p99_low", "cost.total_usd", "output_tokens_per_s"]
    .concat("prompt_tokens", "policy", "weight_bytes", "throughput_rps");
  deepEqual(units.map(unitOfName), [
    ...["s", "s", "s", "US$", "tokens/s", "tokens", "", "B", "1/s"],
  ]);
});
