import { equal, ok } from "#assert";
import fc from "fast-check";
import { type Dimension, parseQuantity } from "./units.ts";

Deno.test("parseQuantity() reads each unit in the base unit of its dimension", () => {
  const cases: [string, Dimension, number][] = [
    ["30s", "seconds", 30],
    ["5m", "seconds", 300],
    ["5 min", "seconds", 300],
    ["50ms", "seconds", 0.05],
    ["1.5h", "seconds", 5400],
    ["80GiB", "bytes", 80 * 2 ** 30],
    ["80 GB", "bytes", 80e9],
    ["80GiB", "gigabytes", 85.89934592],
    ["80", "gigabytes", 80],
    ["512 MB", "gigabytes", 0.512],
    ["25GB/s", "bytes per second", 25e9],
    ["16 Gbps", "bytes per second", 2e9],
    ["16 Gbit/s", "bytes per second", 2e9],
    ["10 req/s", "requests per second", 10],
    ["600 req/min", "requests per second", 10],
    ["36000/h", "requests per second", 10],
    ["4096 tokens", "tokens", 4096],
    ["90%", "fraction", 0.9],
    ["3.06 USD/h", "dollars per GPU-hour", 3.06],
    ["0.001 USD/s", "dollars per GPU-hour", 3.6],
    [" 1e-3 ", "number", 0.001],
    ["-2", "count", -2],
  ];
  for (const [text, dimension, expected] of cases) {
    const value = parseQuantity(text, dimension);
    ok(Math.abs(value - expected) <= 1e-12 * Math.abs(expected), `${text}: ${value}`);
  }
});

Deno.test("parseQuantity() reads whole milliseconds without a rounding error", () => {
  fc.assert(fc.property(fc.nat(100_000), (n) => {
    equal(parseQuantity(`${n}ms`, "seconds"), n / 1000);
    equal(parseQuantity(`${n}%`, "fraction"), n / 100);
  }));
});

Deno.test("parseQuantity() is linear in the number for every unit", () => {
  const unit = fc.constantFrom<[string, Dimension]>(
    ["us", "seconds"],
    ["d", "seconds"],
    ["KiB", "bytes"],
    ["TB", "gigabytes"],
    ["Mbps", "bytes per second"],
    ["req/min", "requests per second"],
  );
  fc.assert(fc.property(unit, fc.integer({ min: 1, max: 1e6 }), ([name, dimension], n) => {
    const one = parseQuantity(`1 ${name}`, dimension);
    const many = parseQuantity(`${n} ${name}`, dimension);
    ok(Math.abs(many - n * one) <= 1e-12 * many);
  }));
});

Deno.test("parseQuantity() gives a number back as it is, and reads its own text", () => {
  fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
    equal(parseQuantity(value, "seconds"), value);
    equal(parseQuantity(String(value), "seconds"), Number(String(value)));
  }));
});

Deno.test("parseQuantity() refuses wrong units, wrong types and infinite numbers", () => {
  const refused: [unknown, Dimension][] = [
    ["5 GB", "seconds"],
    ["5 s", "bytes"],
    ["5 Gb", "bytes"],
    ["5 gb", "gigabytes"],
    ["5 GB", "bytes per second"],
    ["5 s", "count"],
    ["5 constructor", "seconds"],
    ["fast", "seconds"],
    ["", "seconds"],
    ["1 2", "seconds"],
    ["1,5", "number"],
    ["Infinity", "number"],
    ["1e999", "number"],
    [NaN, "number"],
    [Infinity, "number"],
    [true, "number"],
    [null, "number"],
    [[3], "number"],
  ];
  for (const [value, dimension] of refused) {
    ok(Number.isNaN(parseQuantity(value, dimension)), `${value} as ${dimension}`);
  }
});
