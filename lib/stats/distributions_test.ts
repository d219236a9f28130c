import { deepEqual, ok, throws } from "#assert";
import fc from "fast-check";
import { incompleteBeta } from "./incomplete_beta.ts";
import { incompleteGamma } from "./incomplete_gamma.ts";
import { logGamma } from "./log_gamma.ts";
import { normalCdf, normalQuantile } from "./normal.ts";
import { studentCdf, studentQuantile } from "./student.ts";

function near(got: number, want: number, relative: number): void {
  ok(Math.abs(got - want) <= relative * Math.abs(want), `${got} is not ${want}`);
}

Deno.test("logGamma() gives factorials and the half-integer values", () => {
  let factorial = 1;
  for (let n = 2; n <= 20; n++) near(logGamma(n + 1), Math.log(factorial *= n), 1e-14);
  ok(Math.abs(logGamma(1)) < 1e-14);
  near(logGamma(0.5), Math.log(Math.PI) / 2, 1e-14);
  near(logGamma(0.25), Math.log(3.625609908221908), 1e-14);
  near(logGamma(1e-5), 11.512919692895826, 1e-14);
  throws(() => logGamma(0), RangeError);
});

Deno.test("incompleteGamma() equals Erlang probabilities in both tails", () => {
  for (const shape of [1, 2, 5, 30]) {
    for (const x of [0.01, 0.5, 3, 12, 40, 120]) {
      let term = Math.exp(-x);
      let upper = 0;
      for (let k = 0; k < shape; k++) {
        upper += term;
        term *= x / (k + 1);
      }
      near(incompleteGamma(shape, x).upper, upper, 1e-11);
      let lower = 0;
      for (let k = shape; k < shape + 400; k++) {
        lower += term;
        term *= x / (k + 1);
      }
      near(incompleteGamma(shape, x).lower, lower, 1e-11);
    }
  }
});

Deno.test("incompleteBeta() sums the binomial distribution", () => {
  // P(B <= k) = I_{1-p}(n - k, k + 1) for B binomial (n, p).
  const n = 12;
  for (const p of [0.05, 0.3, 0.77]) {
    let sum = 0;
    let mass = (1 - p) ** n;
    for (let k = 0; k < n; k++) {
      sum += mass;
      near(incompleteBeta(n - k, k + 1, 1 - p), sum, 1e-12);
      mass *= (n - k) / (k + 1) * p / (1 - p);
    }
  }
  throws(() => incompleteBeta(1, 1, 1.1), RangeError);
});

Deno.test("incompleteBeta() mirrors: I_x(a, b) + I_{1-x}(b, a) = 1", () => {
  const shape = fc.double({ min: 0.1, max: 500, noNaN: true });
  // x = k / 1024, so that 1 - x is exact.
  fc.assert(fc.property(shape, shape, fc.integer({ min: 0, max: 1024 }), (a, b, k) => {
    const x = k / 1024;
    ok(Math.abs(incompleteBeta(a, b, x) + incompleteBeta(b, a, 1 - x) - 1) < 1e-11);
  }));
});

Deno.test("normalCdf() and normalQuantile() give tabulated values", () => {
  near(normalCdf(-1), 0.15865525393145705, 1e-13);
  near(normalCdf(1.5), 0.9331927987311419, 1e-13);
  near(normalCdf(-6), 9.865876450376946e-10, 1e-12);
  near(normalCdf(-30), 4.906713927148187e-198, 1e-12);
  near(normalQuantile(0.975), 1.959963984540054, 1e-13);
  near(normalQuantile(0.9995), 3.2905267314919255, 1e-12);
  near(normalQuantile(1e-10), -6.361340902404056, 1e-13);
  near(normalCdf(normalQuantile(1e-300)), 1e-300, 1e-11);
  deepEqual([normalQuantile(0), normalQuantile(1)], [-Infinity, Infinity]);
  throws(() => normalQuantile(1.2), RangeError);
});

Deno.test("normalQuantile() inverts normalCdf()", () => {
  fc.assert(fc.property(fc.double({ min: -30, max: 4, noNaN: true }), (z) => {
    ok(Math.abs(normalQuantile(normalCdf(z)) - z) < 1e-11 * Math.max(1, Math.abs(z)));
  }));
});

Deno.test("studentQuantile() gives the printed t table", () => {
  const table: [number, number, number][] = [
    [0.975, 1, 12.7062047361747],
    [0.975, 2, 4.30265272974946],
    [0.975, 4, 2.77644510519779],
    [0.975, 9, 2.2621571627982],
    [0.95, 30, 1.69726088659396],
    [0.9995, 19, 3.88340585259213],
    [0.995, 120, 2.61742114510687],
  ];
  for (const [p, degrees, t] of table) near(studentQuantile(p, degrees), t, 1e-11);
  near(studentQuantile(0.975, 1e6), normalQuantile(0.975), 2e-6);
  throws(() => studentQuantile(1, 5), RangeError);
});

Deno.test("studentCdf() equals its closed forms for 1 and 2 degrees of freedom", () => {
  fc.assert(fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (t) => {
    near(studentCdf(t, 1), 0.5 + Math.atan(t) / Math.PI, 1e-11);
    near(studentCdf(t, 2), 0.5 + t / (2 * Math.sqrt(2 + t * t)), 1e-11);
  }));
});
