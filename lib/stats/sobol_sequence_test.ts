import { deepEqual, equal, ok, throws } from "#assert";
import { SOBOL_DIMENSIONS, sobolPoints } from "./sobol_sequence.ts";
import { testingRandom } from "./testing_random.ts";

const source = (seed: number) => ({ next: testingRandom(seed).uniform });

Deno.test("Sobol's sequence has the points that Joe and Kuo's numbers give", () => {
  deepEqual(sobolPoints(3, 5).map((point) => [...point]), [
    ...[[0, 0, 0], [0.5, 0.5, 0.5], [0.75, 0.25, 0.25], [0.25, 0.75, 0.75]],
    [0.375, 0.375, 0.625],
  ]);
  // As scipy.stats.qmc.Sobol(64, scramble=False, bits=32) has it.
  const last = sobolPoints(SOBOL_DIMENSIONS, 101)[100];
  deepEqual([last[9], last[31], last[63]], [0.6953125, 0.4140625, 0.6484375]);
});

Deno.test("each power of two of points covers each coordinate evenly, shifted or not", () => {
  for (const random of [undefined, source(3)]) {
    const points = sobolPoints(SOBOL_DIMENSIONS, 256, random);
    for (let dimension = 0; dimension < SOBOL_DIMENSIONS; dimension++) {
      const intervals = new Set(points.map((point) => Math.floor(point[dimension] * 256)));
      equal(intervals.size, 256, `dimension ${dimension}`);
    }
  }
});

Deno.test("an integral over six coordinates is far closer than random points come", () => {
  const product = (point: Float64Array) => point.reduce((all, x) => all * (0.5 + x), 1);
  const mean = (points: readonly Float64Array[]) =>
    points.reduce((sum, point) => sum + product(point), 0) / points.length;
  const error = Math.abs(mean(sobolPoints(6, 4096, source(1))) - 1);
  // The standard error of as many random points is 0.013.
  ok(error < 0.001, `${error}`);
  throws(() => sobolPoints(SOBOL_DIMENSIONS + 1, 4), /Sobol's sequence/);
  throws(() => sobolPoints(2, 0), /Sobol's sequence/);
});
