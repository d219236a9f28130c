import { deepEqual, equal, ok } from "#assert";
import fc from "fast-check";
import { thinCdf } from "./thin_cdf.ts";

const samples = fc.array(fc.double({ min: 1e-4, max: 1e4, noNaN: true }), {
  minLength: 1,
  maxLength: 3000,
}).map((values) => Float64Array.from(values).sort());

Deno.test("thinCdf() keeps at most 400 points, each a point of the whole curve, in order", () => {
  fc.assert(
    fc.property(samples, (values) => {
      const points = thinCdf(values);
      ok(points.length <= 400);
      for (const [i, { value, share }] of points.entries()) {
        const count = values.findLastIndex((other) => other <= value) + 1;
        equal(share, count / values.length);
        if (i > 0) ok(value > points[i - 1].value && share > points[i - 1].share);
      }
      deepEqual(points.at(-1), { value: values.at(-1), share: 1 });
    }),
    { numRuns: 100, seed: 3 },
  );
});

Deno.test("thinCdf() is nowhere further from the whole curve than a 240th", () => {
  // A long tail: a thousandth of the values spans half of the axis.
  const values = Float64Array.from(
    { length: 100_000 },
    (_, i) => i < 99_900 ? 0.01 + i * 1e-7 : 0.02 * 1.07 ** (i - 99_900),
  );
  const points = thinCdf(values);
  let next = 0;
  for (let i = 0; i < values.length; i++) {
    while (points[next].value < values[i]) next++;
    ok(points[next].share - (i + 1) / values.length <= 1 / 240 + 1e-12);
  }
  ok(points.filter((point) => point.share > 0.999).length > 60, "the tail keeps its shape");
});

Deno.test("thinCdf() takes shares of its own, equal values, zeros and nothing", () => {
  deepEqual(thinCdf([]), []);
  deepEqual(thinCdf([2, 2, 2]), [{ value: 2, share: 1 }]);
  deepEqual(thinCdf([0, 0, 1]), [{ value: 0, share: 2 / 3 }, { value: 1, share: 1 }]);
  deepEqual(thinCdf([1, 10], (i) => [0.25, 0.75][i]), [
    { value: 1, share: 0.25 },
    { value: 10, share: 0.75 },
  ]);
});
