import { deepStrictEqual, ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { incompleteGamma } from "../../stats/incomplete_gamma.ts";
import { normalCdf } from "../../stats/normal.ts";
import { randomStreams } from "../random_streams.ts";
import {
  constant,
  discrete,
  type Distribution,
  empiricalQuantiles,
  exponential,
  gamma,
  lognormal,
  pareto,
  uniform,
  weibull,
  zipf,
} from "./mod.ts";

const SAMPLES = 200_000;

function draw(law: Distribution, seed: number, count = SAMPLES): Float64Array {
  const stream = randomStreams(seed).take("law");
  return Float64Array.from({ length: count }, () => law.sample(stream));
}

function moments(values: ArrayLike<number>): { mean: number; std: number } {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i] / values.length;
  let square = 0;
  for (let i = 0; i < values.length; i++) square += (values[i] - mean) ** 2;
  return { mean, std: Math.sqrt(square / (values.length - 1)) };
}

interface Case {
  name: string;
  law: Distribution;
  mean: number;
  min: number;
  max: number;
  integer: boolean;
}

const bounded = { min: 1, max: 4096, integer: true };
const cases: Case[] = [
  ["constant", constant({ value: 7, integer: true }), 7, 7, 7, true],
  ["uniform of a range", uniform({ min: 2, max: 5 }), 3.5, 2, 5, false],
  ["uniform by std", uniform({ mean: 512, std: 256, min: 1, max: 4096 }), 512, 68, 956, false],
  ["uniform die", uniform({ min: 1, max: 6, integer: true }), 3.5, 1, 6, true],
  ["exponential", exponential({ mean: 3 }), 3, 0, Infinity, false],
  ["exponential cut hard", exponential({ mean: 40, min: 10, max: 80 }), 40, 10, 80, false],
  [
    "exponential prompt tokens",
    exponential({ mean: 512, min: 1, max: 8192, integer: true }),
    512,
    1,
    8192,
    true,
  ],
  ["exponential short", exponential({ mean: 1.6, min: 1, max: 9, integer: true }), 1.6, 1, 9, true],
  ["gamma", gamma({ mean: 512, std: 256, ...bounded }), 512, 1, 4096, true],
  ["gamma cut hard", gamma({ mean: 512, std: 1024, ...bounded }), 512, 1, 4096, true],
  ["gamma in a tail", gamma({ mean: 512, std: 100, min: 500, max: 4096 }), 512, 500, 4096, false],
  ["gamma short", gamma({ mean: 2, std: 2, ...bounded }), 2, 1, 4096, true],
  ["gamma below shape 1", gamma({ mean: 2, std: 4 }), 2, 0, Infinity, false],
  ["lognormal", lognormal({ mean: 512, std: 700, ...bounded }), 512, 1, 4096, true],
  ["lognormal short", lognormal({ mean: 3, std: 4, ...bounded }), 3, 1, 4096, true],
  [
    "lognormal in a tail",
    lognormal({ mean: 900, std: 90, min: 800, max: 1200 }),
    900,
    800,
    1200,
    false,
  ],
  ["lognormal ten sigma out", lognormal({ mean: 160.8, std: 8, min: 160 }), 160.8, 160, 1e9, false],
  ["weibull", weibull({ mean: 512, std: 700, ...bounded }), 512, 1, 4096, true],
  ["weibull by shape", weibull({ mean: 5, shape: 0.7 }), 5, 0, Infinity, false],
  ["pareto", pareto({ mean: 512, std: 300, ...bounded }), 512, 1, 4096, true],
  ["pareto by shape", pareto({ mean: 5, shape: 3.5 }), 5, 0, Infinity, false],
  ["zipf", zipf({ count: 3, exponent: 1 }), (1 / 2 + 2 / 3) / (11 / 6), 0, 2, true],
  ["discrete", discrete([0, 1, 3, 0]), 1.75, 1, 2, true],
  [
    "empirical quantiles",
    empiricalQuantiles({ values: [10, 100, 4000], probabilities: [0, 0.5, 1], integer: true }),
    1052.5,
    10,
    4000,
    true,
  ],
].map(([name, law, mean, min, max, integer]) =>
  ({ name, law, mean, min, max, integer }) as unknown as Case
);

for (const { name, law, mean, min, max, integer } of cases) {
  Deno.test(`${name}: samples have the mean that was asked for and stay within the bounds`, () => {
    ok(Math.abs(law.mean - mean) < 1e-9 * mean);
    // Each draw of it looks for a root.
    const samples = name === "gamma in a tail" ? SAMPLES / 8 : SAMPLES;
    const values = draw(law, 5, samples);
    const actual = moments(values);
    const error = 4.5 * actual.std / Math.sqrt(samples);
    ok(Math.abs(actual.mean - mean) <= error + 1e-9, `mean ${actual.mean} +- ${error}`);
    // Unless the law is too wide for that, the interval is narrower than the promised 0.5 %.
    if (actual.std < 0.5 * mean) ok(error < 0.006 * mean);
    for (const value of values) {
      ok(value >= min && value <= max, `${value}`);
      if (integer) ok(Number.isInteger(value), `${value}`);
    }
  });

  Deno.test(`${name}: fillInt32() gives the rounded numbers of sample()`, () => {
    const target = new Int32Array(1000);
    law.fillInt32(target, randomStreams(9).take("law"));
    const expected = Int32Array.from(draw(law, 9, 1000), (value) => Math.floor(value + 0.5));
    deepStrictEqual(target, expected);
  });
}

Deno.test("whole-number lengths keep their mean within 0.5 % over a million draws", () => {
  const laws = [
    exponential({ mean: 200, min: 2, max: 2048, integer: true }),
    exponential({ mean: 512, min: 1, max: 8192, integer: true }),
    gamma({ mean: 128, std: 64, min: 1, max: 2048, integer: true }),
    gamma({ mean: 5, std: 5, min: 1, max: 2048, integer: true }),
    lognormal({ mean: 128, std: 64, min: 1, max: 2048, integer: true }),
  ];
  const target = new Int32Array(1_000_000);
  for (const law of laws) {
    law.fillInt32(target, randomStreams(3).take("law"));
    ok(Math.abs(moments(target).mean / law.mean - 1) < 0.005, `${moments(target).mean}`);
  }
});

Deno.test("laws without bounds have the standard deviation that was asked for", () => {
  const laws: [string, Distribution, number][] = [
    ["uniform", uniform({ mean: 10, std: 4 }), 4],
    ["exponential", exponential({ mean: 10 }), 10],
    ["gamma", gamma({ mean: 10, std: 4 }), 4],
    ["gamma below shape 1", gamma({ mean: 10, std: 15 }), 15],
    ["lognormal", lognormal({ mean: 10, std: 4 }), 4],
    ["weibull", weibull({ mean: 10, std: 15 }), 15],
    ["pareto", pareto({ mean: 10, std: 1 }), 1],
  ];
  for (const [name, law, std] of laws) {
    const actual = moments(draw(law, 8)).std;
    ok(Math.abs(actual / std - 1) < 0.04, `${name}: ${actual}`);
  }
});

Deno.test("uniform whole numbers fall on both bounds as often as on any other", () => {
  const counts = new Float64Array(7);
  for (const value of draw(uniform({ min: 1, max: 6, integer: true }), 2, 60_000)) counts[value]++;
  for (let face = 1; face <= 6; face++) ok(Math.abs(counts[face] - 10_000) < 400, `${counts}`);
});

Deno.test("exponential, weibull of shape 1 and gamma of shape 1 are one law", () => {
  const quantile = (law: Distribution) => draw(law, 4).sort();
  const a = quantile(exponential({ mean: 20, min: 5, max: 60 }));
  const b = quantile(weibull({ mean: 20, shape: 1, min: 5, max: 60 }));
  const c = quantile(gamma({ mean: 20, std: 20, min: 5, max: 60 }));
  for (const p of [0.01, 0.1, 0.5, 0.9, 0.99]) {
    const i = Math.floor(p * SAMPLES);
    // The first two invert the same draws; the third redraws.
    ok(Math.abs(a[i] - b[i]) < 1e-6 * a[i]);
    ok(Math.abs(a[i] - c[i]) < 0.02 * a[i], `${p}: ${a[i]} ${c[i]}`);
  }
});

Deno.test("gamma() and lognormal() follow their distribution functions (Kolmogorov-Smirnov)", () => {
  const gammaCdf = (shape: number, mean: number) => (x: number) =>
    incompleteGamma(shape, x * shape / mean).lower;
  const sigma = Math.sqrt(Math.log(2));
  const laws: [string, Distribution, (x: number) => number][] = [
    ...[0.3, 1.5, 4, 40].map((shape): [string, Distribution, (x: number) => number] => [
      `gamma of shape ${shape}`,
      gamma({ mean: 10, std: 10 / Math.sqrt(shape) }),
      gammaCdf(shape, 10),
    ]),
    [
      "lognormal",
      lognormal({ mean: 10, std: 10 }),
      (x) => normalCdf((Math.log(x / 10) + sigma * sigma / 2) / sigma),
    ],
  ];
  for (const [name, law, cdf] of laws) {
    const sorted = draw(law, 12, 50_000).sort();
    let distance = 0;
    for (let i = 0; i < sorted.length; i += 10) {
      distance = Math.max(distance, Math.abs(cdf(sorted[i]) - (i + 0.5) / sorted.length));
    }
    // 99.9 % point of the Kolmogorov distribution.
    ok(distance < 1.95 / Math.sqrt(sorted.length), `${name}: ${distance}`);
  }
});

Deno.test("exponential() solves any mean below the middle of its bounds", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 1000 }),
    fc.integer({ min: 1, max: 100_000 }),
    fc.double({ min: 0.01, max: 0.97, noNaN: true }),
    fc.boolean(),
    (min, width, share, integer) => {
      const mean = min + share * width / 2;
      const law = exponential({ mean, min, max: min + width, integer });
      // A stratified stream integrates the inverse of the law: its mean is the law's mean.
      const strata = 4000;
      let i = 0;
      const stream = { next: () => (i++ + 0.5) / strata };
      let sum = 0;
      for (let k = 0; k < strata; k++) sum += law.sample(stream);
      ok(Math.abs(sum / strata - mean) <= 2e-3 * (mean - min) + 1e-3 * (integer ? 1 : 0));
    },
  ));
});

Deno.test("empiricalQuantiles() has the quantiles that it was given", () => {
  const values = [3, 3, 10, 50, 51, 700];
  const probabilities = [0, 0.2, 0.4, 0.9, 0.99, 1];
  const sorted = draw(empiricalQuantiles({ values, probabilities }), 6).sort();
  for (let i = 1; i < 5; i++) {
    const actual = sorted[Math.round(probabilities[i] * SAMPLES)];
    ok(Math.abs(actual - values[i]) < 0.03 * values[i], `${values[i]}: ${actual}`);
  }
});

Deno.test("zipf() gives each item its share", () => {
  const counts = new Float64Array(50);
  for (const item of draw(zipf({ count: 50, exponent: 0.9 }), 1)) counts[item]++;
  let norm = 0;
  for (let k = 1; k <= 50; k++) norm += k ** -0.9;
  for (let k = 0; k < 50; k++) {
    const expected = SAMPLES * (k + 1) ** -0.9 / norm;
    ok(Math.abs(counts[k] - expected) < 5 * Math.sqrt(expected), `${k}`);
  }
});

Deno.test("discrete() follows the inverse of its cumulative weights", () => {
  fc.assert(fc.property(
    fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }).filter((w) => w.some((x) => x > 0)),
    fc.integer({ min: 0, max: 2 ** 30 - 1 }),
    fc.boolean(),
    (weights, n, onBoundary) => {
      const total = weights.reduce((a, b) => a + b);
      // Boundaries between indexes are multiples of 1 / total.
      const u = onBoundary ? (n % total) / total : n / 2 ** 30;
      let expected = 0;
      for (let sum = weights[0]; sum <= u * total; sum += weights[expected]) expected++;
      strictEqual(discrete(weights).sample({ next: () => u }), expected);
    },
  ));
});

Deno.test("laws stay finite at both ends of a stream", () => {
  for (const u of [0, 1 - 2 ** -53]) {
    const laws = cases.filter(({ name }) => !name.startsWith("gamma"));
    for (const { name, law, min, max } of laws) {
      const value = law.sample({ next: () => u });
      ok(Number.isFinite(value) && value >= min && value <= max, `${name} at ${u}: ${value}`);
    }
  }
});

Deno.test("laws refuse means that their bounds cannot give, and quote the caller's mean", () => {
  throws(() => exponential({ mean: 3000, min: 1, max: 4096 }), /\[1, 4096\].*value is 3000$/);
  throws(() => exponential({ mean: 1, min: 1, max: 9 }), /current value is 1$/);
  throws(() => gamma({ mean: 5000, std: 10, min: 1, max: 4096 }), /current value is 5000$/);
  throws(() => gamma({ mean: 4000, std: 4000, min: 1, max: 4096 }), /current value is 4000$/);
  throws(() => pareto({ mean: 1.01, shape: 2, min: 1 }), /current value is 1.01$/);
  throws(() => uniform({ mean: 9, min: 1, max: 6 }), /current value is 9$/);
});

Deno.test("laws refuse options that are out of range", () => {
  throws(() => exponential({ mean: -512 }), /mean .* exponential .* > 0: current value is -512$/);
  throws(() => gamma({ mean: 512, std: 0 }), /std .* gamma .*: current value is 0$/);
  throws(() => gamma({ mean: 5, std: 1, min: 9, max: 4 }), /max .*: current value is 4$/);
  throws(() => gamma({ mean: 5, std: 1, min: 0.5, integer: true }), /min .* whole .*is 0.5$/);
  throws(() => constant({ value: 2.5, integer: true }), /current value is 2.5$/);
  throws(() => pareto({ mean: 5, shape: 1 }), /current value is 1$/);
  throws(() => zipf({ count: 0, exponent: 1 }), /current value is 0$/);
  throws(() => zipf({ count: 3, exponent: -1 }), /current value is -1$/);
  throws(() => discrete([1, -2]), /weight 1 .* current value is -2$/);
  throws(() => discrete([0, 0]), RangeError);
  throws(() => empiricalQuantiles({ values: [3, 2] }), /current value is 2$/);
  throws(() => empiricalQuantiles({ values: [1, 2], probabilities: [0, 0.9] }), /is 0.9$/);
});

Deno.test("laws by mean and deviation refuse a spread that they cannot be drawn at", () => {
  for (const law of [gamma, lognormal, weibull, pareto]) {
    for (const std of [1e-300, 0.5, 2e6, 1e300]) {
      throws(
        () => law({ mean: 1000, std }),
        /^RangeError: Cannot use std of a .* 0\.001 to 1000 times/,
      );
    }
    law({ mean: 1000, std: 1 });
    law({ mean: 1000, std: 1e6 });
  }
});
