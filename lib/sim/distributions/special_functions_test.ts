import { ok } from "@std/assert";
import { incompleteGamma } from "./incomplete_gamma.ts";
import { logGamma } from "./log_gamma.ts";
import { normalCdf, normalQuantile } from "./normal.ts";

function near(actual: number, expected: number, tolerance: number, what: string): void {
  ok(Math.abs(actual - expected) <= tolerance * Math.abs(expected), `${what}: ${actual}`);
}

Deno.test("logGamma() equals logarithms of factorials and of gamma(1/2)", () => {
  let factorial = 0;
  for (let n = 2; n < 60; n++) {
    factorial += Math.log(n);
    near(logGamma(n + 1), factorial, 1e-12, `${n}!`);
  }
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)), 1e-12, "gamma(1/2)");
  near(logGamma(0.25), Math.log(3.625609908221908), 1e-12, "gamma(1/4)");
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
      near(incompleteGamma(shape, x).upper, upper, 1e-11, `Q(${shape}, ${x})`);
      let lower = 0;
      for (let k = shape; k < shape + 400; k++) {
        lower += term;
        term *= x / (k + 1);
      }
      near(incompleteGamma(shape, x).lower, lower, 1e-11, `P(${shape}, ${x})`);
    }
  }
});

Deno.test("normalCdf() has the tabulated values, far into the lower tail", () => {
  near(normalCdf(0), 0.5, 1e-15, "0");
  near(normalCdf(1), 0.8413447460685429, 1e-13, "1");
  near(normalCdf(-3), 0.0013498980316300945, 1e-12, "-3");
  near(normalCdf(-10), 7.61985302416052e-24, 1e-11, "-10");
});

Deno.test("normalQuantile() inverts normalCdf()", () => {
  for (const p of [1e-300, 1e-20, 1e-9, 1e-4, 0.02, 0.07, 0.08, 0.3, 0.5, 0.7, 0.93, 0.999]) {
    near(normalCdf(normalQuantile(p)), p, 1e-11, `${p}`);
  }
});
