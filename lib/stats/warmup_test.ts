import { ok, strictEqual, throws } from "#assert";
import { testingRandom } from "./testing_random.ts";
import { mser5 } from "./warmup.ts";

Deno.test("mser5() cuts a step of known length where it ends", () => {
  for (const steps of [0, 20, 55, 100]) {
    const series = Array.from({ length: 300 }, (_, i) => i < steps ? 100 : 10 + i % 3);
    const cut = mser5(series);
    strictEqual(cut.dropped, steps);
    ok(cut.reliable);
    ok(Math.abs(cut.mean - 11) < 0.01);
  }
});

Deno.test("mser5() equals trying each cut by its definition", () => {
  const random = testingRandom(6);
  for (let repetition = 0; repetition < 200; repetition++) {
    const length = 50 + Math.floor(random.uniform() * 200);
    const decay = 5 + random.uniform() * 20;
    const series = Array.from(
      { length },
      (_, i) => 1e6 + 20 * Math.exp(-i / decay) + random.normal(),
    );
    const batches: number[] = [];
    for (let b = 0; b < Math.floor(length / 5); b++) {
      batches.push(series.slice(5 * b, 5 * b + 5).reduce((sum, value) => sum + value) / 5);
    }
    const errors = batches.map((_, cut) => {
      const rest = batches.slice(cut);
      const mean = rest.reduce((sum, value) => sum + value) / rest.length;
      return rest.reduce((sum, value) => sum + (value - mean) ** 2, 0) / rest.length ** 2;
    }).slice(0, batches.length - 4);
    const least = errors.indexOf(Math.min(...errors));
    const half = Math.floor(batches.length / 2);
    const got = mser5(series);
    strictEqual(got.reliable, least <= half);
    strictEqual(got.dropped, 5 * Math.min(least, half));
  }
});

Deno.test("mser5() removes the bias of a queue-like start and keeps a stationary series", () => {
  const random = testingRandom(7);
  let biased = 0;
  let cut = 0;
  let kept = 0;
  const repetitions = 200;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    // First-order autoregression with mean 0 that starts 10 standard deviations away.
    let state = 25;
    const series = Array.from({ length: 500 }, () => state = 0.9 * state + random.normal());
    biased += series.reduce((sum, value) => sum + value) / 500 / repetitions;
    cut += mser5(series).mean / repetitions;
    kept += 1 - mser5(series.slice(250)).dropped / 250;
  }
  ok(biased > 0.4, `without a cut the mean is off by ${biased}`);
  ok(Math.abs(cut) < 0.15, `with it by ${cut}`);
  ok(kept / repetitions > 0.75);
});

Deno.test("mser5() says so when the run never settles", () => {
  const rising = Array.from({ length: 100 }, (_, i) => i);
  const cut = mser5(rising);
  strictEqual(cut.reliable, false);
  strictEqual(cut.dropped, 50);
  strictEqual(cut.mean, 74.5);
  throws(() => mser5([1, 2, 3]), /current value is 3/);
  throws(() => mser5(new Array(20).fill(NaN)), RangeError);
});
