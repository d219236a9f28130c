import { ok, strictEqual, throws } from "#assert";
import fc from "fast-check";
import { type GapRun, GapSketch } from "./gap_sketch.ts";

const runs = fc.array(
  fc.record({
    first: fc.double({ min: 1e-4, max: 0.5, noNaN: true }),
    increment: fc.oneof(fc.constant(0), fc.double({ min: -1e-7, max: 1e-3, noNaN: true })),
    count: fc.integer({ min: 1, max: 400 }),
    weight: fc.integer({ min: 1, max: 256 }),
  }),
  { minLength: 1, maxLength: 12 },
);

const gapRun = (firstStepSeconds: number, incrementSeconds: number, steps: number): GapRun => ({
  firstStepSeconds,
  incrementSeconds,
  steps,
});

/** Type-7 quantile of a sorted array, the definition that the sketch approximates. */
function exactQuantile(sorted: Float64Array, q: number): number {
  const rank = q * (sorted.length - 1);
  const below = Math.floor(rank);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
}

function relativeDifference(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}

Deno.test("GapSketch.addRun() equals as many add() calls, bucket by bucket", () => {
  fc.assert(fc.property(runs, (list) => {
    const whole = new GapSketch();
    const single = new GapSketch();
    for (const { first, increment, count, weight } of list) {
      whole.addRun(gapRun(first, increment, count), weight);
      // A falling run is walked from its low end, as addRun does, so that rounding is the same.
      const low = increment < 0 ? first + increment * (count - 1) : first;
      for (let k = 0; k < count; k++) single.add(low + Math.abs(increment) * k, weight);
    }
    const a = whole.cdf();
    const b = single.cdf();
    strictEqual(whole.count, single.count);
    ok(relativeDifference(whole.sum, single.sum) < 1e-12);
    ok(relativeDifference(whole.max, single.max) < 1e-12);
    strictEqual(whole.min, single.min);
    strictEqual(a.seconds.length, b.seconds.length);
    for (let i = 0; i < a.seconds.length; i++) {
      ok(relativeDifference(a.seconds[i], b.seconds[i]) < 1e-12);
      strictEqual(a.share[i], b.share[i]);
    }
  }));
});

Deno.test("GapSketch.quantile() stays within its stated error of the exact quantile", () => {
  const bound = GapSketch.relativeError * (1 + 1e-9);
  ok(GapSketch.relativeError <= 0.005);
  const values = fc.array(
    fc.tuple(fc.double({ min: -7, max: 7, noNaN: true }), fc.integer({ min: 1, max: 5 })),
    { minLength: 1, maxLength: 200 },
  );
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
    const sketch = new GapSketch();
    const all: number[] = [];
    for (const [exponent, weight] of list) {
      const seconds = Math.min(1e7, Math.max(1e-7, 10 ** exponent));
      sketch.add(seconds, weight);
      for (let i = 0; i < weight; i++) all.push(seconds);
    }
    const sorted = Float64Array.from(all).sort();
    for (const share of [0, 0.5, 0.99, 1, q]) {
      const exact = exactQuantile(sorted, share);
      ok(Math.abs(sketch.quantile(share) - exact) <= bound * exact, `q ${share}`);
    }
  }));
});

Deno.test("GapSketch.quantile() follows a run that crosses hundreds of buckets", () => {
  const sketch = new GapSketch();
  sketch.addRun(gapRun(0.001, 1e-6, 1_000_000), 3);
  strictEqual(sketch.count, 3_000_000);
  strictEqual(sketch.min, 0.001);
  ok(Math.abs(sketch.max - 1.000999) < 1e-12);
  for (const q of [0.01, 0.1, 0.5, 0.9, 0.999]) {
    const exact = 0.001 + 1e-6 * q * 999_999;
    ok(Math.abs(sketch.quantile(q) / exact - 1) <= 0.005, `q ${q}`);
  }
});

Deno.test("GapSketch.merge() equals adding everything to one sketch", () => {
  fc.assert(fc.property(runs, runs, (left, right) => {
    const one = new GapSketch();
    const parts = [new GapSketch(), new GapSketch()];
    [left, right].forEach((list, part) => {
      for (const { first, increment, count, weight } of list) {
        one.addRun(gapRun(first, increment, count), weight);
        parts[part].addRun(gapRun(first, increment, count), weight);
      }
    });
    parts[0].merge(parts[1]);
    strictEqual(parts[0].count, one.count);
    strictEqual(parts[0].min, one.min);
    strictEqual(parts[0].max, one.max);
    ok(relativeDifference(parts[0].sum, one.sum) < 1e-14);
    for (const q of [0.05, 0.5, 0.95]) strictEqual(parts[0].quantile(q), one.quantile(q));
  }));
});

Deno.test("GapSketch.sum is exact where plain addition loses digits", () => {
  const sketch = new GapSketch();
  sketch.add(1e7, 1e9); // 1e16, where neighbouring floats are 2 apart
  for (let i = 0; i < 1000; i++) sketch.add(0.5, 1);
  strictEqual(sketch.sum, 1e16 + 500);
});

Deno.test("GapSketch counts gaps outside its range at the nearer end", () => {
  const sketch = new GapSketch();
  sketch.add(0, 2);
  sketch.add(1e-9, 1);
  sketch.add(0.01, 5);
  sketch.add(1e9, 1);
  strictEqual(sketch.count, 9);
  strictEqual(sketch.clamped, 4);
  strictEqual(sketch.quantile(0), 0);
  strictEqual(sketch.quantile(1), 1e9);
  strictEqual(sketch.quantile(2 / 8), 1e-7);
});

Deno.test("GapSketch.cdf() rises to 1 and ends at the longest gap", () => {
  const sketch = new GapSketch();
  sketch.addRun(gapRun(0.01, 0.0005, 100), 4);
  const { seconds, share } = sketch.cdf();
  for (let i = 1; i < seconds.length; i++) {
    ok(seconds[i] > seconds[i - 1]);
    ok(share[i] > share[i - 1]);
  }
  strictEqual(share.at(-1), 1);
  strictEqual(seconds.at(-1), sketch.max);
});

Deno.test("GapSketch answers NaN while empty and refuses what is no gap", () => {
  const sketch = new GapSketch();
  strictEqual(sketch.quantile(0.5), NaN);
  strictEqual(sketch.mean, NaN);
  throws(() => sketch.add(NaN, 1), RangeError);
  throws(() => sketch.add(-1, 1), RangeError);
  throws(() => sketch.add(1, 0), RangeError);
  throws(() => sketch.addRun(gapRun(0.1, -0.1, 3), 1), RangeError);
  throws(() => sketch.addRun(gapRun(0.1, 0.1, 0), 1), RangeError);
  throws(() => sketch.addRun(gapRun(0.1, Infinity, 2), 1), RangeError);
  throws(() => sketch.quantile(1.5), /current value is 1\.5/);
  strictEqual(sketch.count, 0);
});
