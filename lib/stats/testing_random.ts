import { uniformFloat64 } from "npm:/pure-rand@8.4.2/distribution/uniformFloat64";
import { xoroshiro128plus } from "npm:/pure-rand@8.4.2/generator/xoroshiro128plus";

/** Draws for the tests of this folder, which stands before the folder of random streams. */
export interface TestingRandom {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Standard normal. */
  normal(): number;
}

/** A generator for tests, fixed by its seed. */
export function testingRandom(seed: number): TestingRandom {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  const exponential = () => -Math.log1p(-uniform());
  return {
    uniform,
    exponential,
    normal: () => Math.sqrt(2 * exponential()) * Math.cos(2 * Math.PI * uniform()),
  };
}
