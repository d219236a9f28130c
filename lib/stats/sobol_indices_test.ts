import { deepEqual, ok, throws } from "#assert";
import { gridIndices, type SaltelliSample, saltelliSample, sobolIndices } from "./sobol_indices.ts";
import { testingRandom } from "./testing_random.ts";

const source = (seed: number) => ({ next: testingRandom(seed).uniform });

function valuesOf(
  { a, b, byFactor }: SaltelliSample<Float64Array>,
  f: (x: Float64Array) => number,
): SaltelliSample<number> {
  return { a: a.map(f), b: b.map(f), byFactor: byFactor.map((points) => points.map(f)) };
}

function indices(f: (x: Float64Array) => number, factors: number, count: number, seed = 1) {
  const values = valuesOf(saltelliSample(factors, count, source(seed)), f);
  return sobolIndices(values, { random: source(seed + 1000), resamples: 200 });
}

function near(got: number, wanted: number, tolerance: number, what: string): void {
  ok(Math.abs(got - wanted) <= tolerance, `${what} is ${got}, not ${wanted}`);
}

/** sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 over (-pi, pi): Ishigami and Homma 1990. */
function ishigami(point: Float64Array): number {
  const [x, y, z] = point.map((u) => Math.PI * (2 * u - 1));
  return Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x);
}

const ISHIGAMI = (() => {
  const [a, b] = [7, 0.1];
  const v1 = (1 + b * Math.PI ** 4 / 5) ** 2 / 2;
  const v2 = a ** 2 / 8;
  const v13 = 8 * b ** 2 * Math.PI ** 8 / 225;
  const v = v1 + v2 + v13;
  return { first: [v1 / v, v2 / v, 0], total: [(v1 + v13) / v, v2 / v, v13 / v] };
})();

Deno.test("Ishigami's function has the indices of its closed form", () => {
  const found = indices(ishigami, 3, 2048);
  for (const [i, { first, total }] of found.entries()) {
    near(first.estimate, ISHIGAMI.first[i], 0.02, `first-order index ${i}`);
    near(total.estimate, ISHIGAMI.total[i], 0.02, `total index ${i}`);
  }
});

Deno.test("Sobol's g-function has the indices of its closed form", () => {
  const a = [0, 1, 4.5, 9, 99, 99];
  const v = a.map((one) => 1 / (3 * (1 + one) ** 2));
  const product = v.reduce((all, one) => all * (1 + one), 1);
  const found = indices(
    (x) => a.reduce((all, one, i) => all * (Math.abs(4 * x[i] - 2) + one) / (1 + one), 1),
    a.length,
    2048,
  );
  for (const [i, { first, total }] of found.entries()) {
    near(first.estimate, v[i] / (product - 1), 0.02, `first-order index ${i}`);
    near(total.estimate, v[i] * product / (1 + v[i]) / (product - 1), 0.02, `total index ${i}`);
  }
});

Deno.test("bootstrap intervals hold the closed form about as often as they say", () => {
  let held = 0, all = 0;
  for (let seed = 1; seed <= 20; seed++) {
    for (const [i, { first, total }] of indices(ishigami, 3, 128, seed).entries()) {
      for (
        const [{ lower, upper }, wanted] of [
          [first, ISHIGAMI.first[i]],
          [total, ISHIGAMI.total[i]],
        ] as const
      ) {
        all++;
        if (lower <= wanted && wanted <= upper) held++;
      }
    }
  }
  // Even coverage leaves less error than the bootstrap of independent points expects.
  ok(held >= 0.9 * all, `${held} of ${all}`);
});

Deno.test("an inert factor has exactly 0; of an additive function the first-order indices are all", () => {
  const found = indices((x) => 3 * x[0] + x[2], 3, 512);
  const [, inert] = found;
  deepEqual(
    [inert.first, inert.total].map(({ estimate, lower, upper }) => [
      Math.abs(estimate),
      Math.abs(lower),
      Math.abs(upper),
    ]),
    [[0, 0, 0], [0, 0, 0]],
  );
  near(found.reduce((sum, { first }) => sum + first.estimate, 0), 1, 0.01, "the sum");
  for (const { first, total } of found) near(first.estimate, total.estimate, 0.01, "total");
  ok(indices(() => 4, 2, 8).every(({ first }) => Number.isNaN(first.estimate)));
  throws(() => sobolIndices({ a: [1], b: [2], byFactor: [[3]] }, { random: source(1) }), /Sobol/);
});

Deno.test("a grid is decomposed exactly, with interactions in the totals alone", () => {
  const grid = [0, 1].flatMap((x) => [0, 1, 2].flatMap((y) => [0, 1].map((z) => ({ x, y, z }))));
  const of = (f: (one: { x: number; y: number; z: number }) => number) =>
    gridIndices(grid.map(f), [2, 3, 2]);
  const product = of(({ x, y }) => (2 * x - 1) * (y - 1));
  for (const [i, wanted] of [[0, 1], [0, 1], [0, 0]].entries()) {
    near(product[i].first, wanted[0], 1e-12, `first-order index ${i}`);
    near(product[i].total, wanted[1], 1e-12, `total index ${i}`);
  }
  // Variances 1/4 and 4 * 2/3 = 8/3.
  const [x, y] = of(({ x, y }) => x + 2 * y);
  near(x.first, (1 / 4) / (1 / 4 + 8 / 3), 1e-12, "x");
  near(y.total, (8 / 3) / (1 / 4 + 8 / 3), 1e-12, "y");
  const mixed = of(({ x, y, z }) => x + 3 * y * z);
  ok(mixed.reduce((sum, { first }) => sum + first, 0) < 1);
  ok(mixed.reduce((sum, { total }) => sum + total, 0) > 1);
  throws(() => gridIndices([1, 2, 3], [2, 2]), /4 finite values/);
});
