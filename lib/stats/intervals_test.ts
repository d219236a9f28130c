import { ok, strictEqual, throws } from "#assert";
import {
  type Interval,
  meanInterval,
  pairedInterval,
  quantileInterval,
  wilsonInterval,
} from "./intervals.ts";
import { testingRandom } from "./testing_random.ts";

function near(got: number, want: number, absolute: number): void {
  ok(Math.abs(got - want) <= absolute, `${got} is not ${want}`);
}

/** Share of repetitions whose interval holds the truth. */
function coverage(repetitions: number, truth: number, make: (i: number) => Interval): number {
  let held = 0;
  for (let i = 0; i < repetitions; i++) {
    const { lower, upper } = make(i);
    if (lower <= truth && truth <= upper) held++;
  }
  return held / repetitions;
}

Deno.test("meanInterval() gives the textbook example", () => {
  // Law 2015, example 4.26: 1.34 +- 0.24 at 90 %.
  const values = [1.2, 1.5, 1.68, 1.89, 0.95, 1.49, 1.58, 1.55, 0.5, 1.09];
  const { estimate, halfWidth, lower, upper } = meanInterval(values, 0.9);
  near(estimate, 1.343, 1e-12);
  near(halfWidth, 0.2372534, 1e-6);
  near(upper - lower, 2 * halfWidth, 1e-12);
});

Deno.test("meanInterval() of one value is unbounded, of equal values a point", () => {
  strictEqual(meanInterval([3]).halfWidth, Infinity);
  strictEqual(meanInterval([3, 3, 3]).halfWidth, 0);
});

Deno.test("meanInterval() covers a normal mean as often as it says", () => {
  const random = testingRandom(1);
  for (const level of [0.9, 0.99]) {
    const share = coverage(8000, 10, () => {
      return meanInterval(Array.from({ length: 5 }, () => 10 + 3 * random.normal()), level);
    });
    // Four standard deviations of the share itself.
    near(share, level, 4 * Math.sqrt(level * (1 - level) / 8000));
  }
});

Deno.test("pairedInterval() covers a difference and is narrower than two intervals", () => {
  const random = testingRandom(3);
  let narrower = 0;
  const share = coverage(4000, 0.5, () => {
    const common = Array.from({ length: 8 }, () => 5 * random.normal());
    const before = common.map((value) => value + random.normal());
    const after = common.map((value) => value + 0.5 + random.normal());
    const paired = pairedInterval(before, after, 0.95);
    if (paired.halfWidth < meanInterval(before).halfWidth) narrower++;
    return paired;
  });
  near(share, 0.95, 4 * Math.sqrt(0.95 * 0.05 / 4000));
  ok(narrower > 3900);
});

Deno.test("quantileInterval() takes the ranks of the binomial table", () => {
  // Ten values, median: ranks 2 and 9 hold it with 97.85 %, ranks 3 and 8 with only 89.06 %.
  const ten = [7, 3, 10, 1, 9, 2, 8, 4, 6, 5];
  const median = quantileInterval(ten, 0.5, 0.95);
  strictEqual(median.lower, 2);
  strictEqual(median.upper, 9);
  strictEqual(median.estimate, 5.5);
  strictEqual(quantileInterval(ten, 0.5, 0.89).lower, 3);
  strictEqual(ten[0], 7);
});

Deno.test("quantileInterval() is unbounded where the sample is too small", () => {
  const values = Array.from({ length: 50 }, (_, i) => i);
  const tail = quantileInterval(values, 0.99, 0.95);
  strictEqual(tail.upper, Infinity);
  ok(tail.lower > 40);
  strictEqual(quantileInterval(values, 0.01, 0.95).lower, -Infinity);
});

Deno.test("quantileInterval() covers p50, p90 and p99 at least as often as it says", () => {
  const random = testingRandom(4);
  for (const q of [0.5, 0.9, 0.99]) {
    const share = coverage(3000, -Math.log(1 - q), () => {
      return quantileInterval(Float64Array.from({ length: 600 }, random.exponential), q, 0.95);
    });
    ok(share >= 0.95 - 0.016 && share <= 0.985, `q ${q} covered ${share}`);
  }
});

Deno.test("wilsonInterval() gives published values", () => {
  // Newcombe 1998, Statistics in Medicine 17, table I: 81/263 and 0/20.
  const first = wilsonInterval(81, 263);
  near(first.lower, 0.2553, 5e-5);
  near(first.upper, 0.3662, 5e-5);
  const none = wilsonInterval(0, 20);
  strictEqual(none.lower, 0);
  near(none.upper, 0.1611, 5e-5);
  strictEqual(wilsonInterval(20, 20).upper, 1);
});

Deno.test("wilsonInterval() covers proportions near 1 about as often as it says", () => {
  const random = testingRandom(5);
  let total = 0;
  const truths = [0.5, 0.9, 0.97];
  for (const truth of truths) {
    total += coverage(3000, truth, () => {
      let successes = 0;
      for (let i = 0; i < 200; i++) if (random.uniform() < truth) successes++;
      return wilsonInterval(successes, 200);
    });
  }
  // Wilson's interval keeps its level on the average over proportions.
  near(total / truths.length, 0.95, 0.015);
});

Deno.test("intervals refuse what they cannot bound", () => {
  throws(() => meanInterval([]), RangeError);
  throws(() => meanInterval([1, NaN]), /current value is NaN at 1/);
  throws(() => meanInterval([1, 2], 1), RangeError);
  throws(() => pairedInterval([1], [1, 2]), RangeError);
  throws(() => quantileInterval([1, 2], 1), RangeError);
  throws(() => wilsonInterval(3, 2), RangeError);
});
