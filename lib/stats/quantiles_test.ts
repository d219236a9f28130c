import { hardShapes } from "./testing_shapes.ts";
import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { orderStatistics } from "./order_statistics.ts";
import { describe, percentiles } from "./quantiles.ts";

const numbers = fc.oneof(
  fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3000 }),
);

function bySorting(values: readonly number[], percentage: number): number {
  const sorted = Float64Array.from(values).sort();
  const position = percentage / 100 * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

Deno.test("percentiles() equals sorting and interpolating", () => {
  const percentages = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 6 });
  fc.assert(fc.property(numbers, percentages, (values, asked) => {
    const got = percentiles(Float64Array.from(values), asked);
    asked.forEach((percentage, i) => {
      const want = bySorting(values, percentage);
      ok(Math.abs(got[i] - want) <= 1e-12 * Math.max(1, Math.abs(want)), `p${percentage}`);
    });
  }));
});

Deno.test("percentiles() gives NumPy's published values", () => {
  // numpy.percentile documentation: a = [[10, 7, 4], [3, 2, 1]], percentile 50 is 3.5.
  strictEqual(percentiles(Float64Array.of(10, 7, 4, 3, 2, 1), [50])[0], 3.5);
  deepStrictEqual([...percentiles(Float64Array.of(1, 2, 3, 4), [0, 25, 90, 100])], [
    1,
    1.75,
    3.7,
    4,
  ]);
});

Deno.test("describe() leaves NaN out and its input untouched", () => {
  const values = Float64Array.of(NaN, 3, 1, NaN, 2);
  const before = values.slice();
  const found = describe(values, [100, 0, 50]);
  deepStrictEqual(
    { ...found, percentiles: [...found.percentiles] },
    { count: 3, mean: 2, min: 1, max: 3, percentiles: [3, 1, 2] },
  );
  deepStrictEqual(values, before);
});

Deno.test("describe() of nothing is NaN, of one value that value", () => {
  const none = describe(Float64Array.of(NaN), [50]);
  deepStrictEqual([none.count, none.mean, none.max, none.percentiles[0]], [0, NaN, NaN, NaN]);
  deepStrictEqual([...percentiles(Float64Array.of(7), [1, 50, 99])], [7, 7, 7]);
});

Deno.test("describe() keeps the mean exact where plain addition loses digits", () => {
  const values = new Float64Array(1001).fill(0.5);
  values[0] = 1e16;
  strictEqual(describe(values, []).mean, (1e16 + 500) / 1001);
});

Deno.test("describe() takes infinite values as values", () => {
  const found = describe(Float64Array.of(1, 2, Infinity), [50, 100]);
  deepStrictEqual([found.mean, found.max, ...found.percentiles], [Infinity, Infinity, 2, Infinity]);
});

Deno.test("orderStatistics() equals sorting, and leaves its input untouched", () => {
  const double = fc.double({ noNaN: true });
  const shapes = fc.oneof(
    numbers,
    fc.array(double, { minLength: 1, maxLength: 300 }),
    // Long enough to fall into buckets: a few values often, and one that stretches the range.
    fc.tuple(fc.array(double, { minLength: 1, maxLength: 40 }), double, fc.nat()).map(
      ([few, scale, seed]) =>
        Array.from({ length: 5000 }, (_, i) => few[(i * 7 + seed) % few.length] + (i % 3) * scale),
    ).filter((values) => !values.some(Number.isNaN)),
  );
  fc.assert(fc.property(shapes, fc.array(fc.nat(), { maxLength: 6 }), (list, picks) => {
    const values = Float64Array.from(list);
    const before = values.slice();
    const sorted = values.slice().sort();
    const ranks = picks.map((pick) => pick % values.length);
    const found = orderStatistics(values, ranks);
    strictEqual(found.length, ranks.length);
    ranks.forEach((rank, i) => ok(found[i] === sorted[rank])); // -0 and 0 are one value here
    deepStrictEqual(values, before);
  }));
});

/** Calls `use` and gives how many values were sorted meanwhile. */
function valuesSorted(use: () => void): number {
  const { sort } = Float64Array.prototype;
  let count = 0;
  Float64Array.prototype.sort = function (compare) {
    count += this.length;
    return sort.call(this, compare);
  };
  try {
    use();
  } finally {
    Float64Array.prototype.sort = sort;
  }
  return count;
}

Deno.test("orderStatistics() sorts few values, also of shapes that are hard for selection", () => {
  const count = 200_000;
  for (const [name, shape] of hardShapes(count)) {
    const values = Float64Array.from({ length: count }, (_, i) => shape(i));
    const sorted = values.slice().sort();
    const ranks = [count - 2000, count >> 1, 0, count - 1];
    let found: Float64Array = new Float64Array();
    const effort = valuesSorted(() => found = orderStatistics(values, ranks));
    // Each rank's last bucket holds 2,048 values at most.
    ok(effort <= ranks.length * 2048, `${name}: ${effort} of ${count} values sorted`);
    deepStrictEqual([...found], ranks.map((rank) => sorted[rank]), name);
  }
});

Deno.test("describe() and orderStatistics() refuse bad arguments", () => {
  const values = Float64Array.of(1, 2, 3);
  throws(() => percentiles(values, [101]), /current value is 101/);
  throws(() => percentiles(values, [NaN]), RangeError);
  throws(() => orderStatistics(values, [3]), /current value is 3/);
  throws(() => orderStatistics(values, [0.5]), RangeError);
  throws(() => orderStatistics(values, [-1]), RangeError);
});
