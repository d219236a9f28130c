/**
 * Distributions, and the streams of random numbers that they draw from.
 *
 * @module
 */
export { constant } from "../lib/sim/distributions/constant.ts";
export { discrete } from "../lib/sim/distributions/discrete.ts";
export type { Bounds, Distribution } from "../lib/sim/distributions/distribution.ts";
export {
  empiricalQuantiles,
  type EmpiricalQuantilesOptions,
} from "../lib/sim/distributions/empirical_quantiles.ts";
export { exponential } from "../lib/sim/distributions/exponential.ts";
export { gamma } from "../lib/sim/distributions/gamma.ts";
export { lognormal } from "../lib/sim/distributions/lognormal.ts";
export { pareto, type ParetoOptions } from "../lib/sim/distributions/pareto.ts";
export { uniform, type UniformOptions } from "../lib/sim/distributions/uniform.ts";
export { weibull, type WeibullOptions } from "../lib/sim/distributions/weibull.ts";
export { zipf, type ZipfOptions } from "../lib/sim/distributions/zipf.ts";
export { type RandomStream, type RandomStreams, randomStreams } from "../lib/sim/random_streams.ts";
