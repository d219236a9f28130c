import { orderStatistics } from "./order_statistics.ts";
import { describe } from "./quantiles.ts";
import { hardShapes } from "./testing_shapes.ts";

const COUNT = 1_000_000;
const values = new Float64Array(COUNT);
// Exponential values by a congruential sequence: the same for every run of the benchmark.
for (let i = 0, state = 1; i < COUNT; i++) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  values[i] = -Math.log((state + 0.5) / 2 ** 32);
}
const scratch = new Float64Array(COUNT);

Deno.bench("describe(): 1M values, 5 percentiles", () => {
  describe(values, [50, 90, 95, 99, 99.9]);
});

Deno.bench("for comparison: sort 1M values", () => {
  scratch.set(values);
  scratch.sort();
});

for (const [name, shape] of hardShapes(COUNT)) {
  const hard = Float64Array.from({ length: COUNT }, (_, i) => shape(i));
  Deno.bench(`orderStatistics(): 1M values, ${name}`, () => {
    orderStatistics(hard, [COUNT - 2000, COUNT >> 1, 0, COUNT - 1]);
  });
}
