/**
 * Laws of random numbers: each file is one, a factory that returns a `Distribution` and draws only
 * from the stream it is handed. Read distribution.ts first, for what bounds and rounding do.
 * @module
 */
export * from "./constant.ts";
export * from "./discrete.ts";
export * from "./distribution.ts";
export * from "./empirical_quantiles.ts";
export * from "./exponential.ts";
export * from "./gamma.ts";
export * from "./lognormal.ts";
export * from "./pareto.ts";
export * from "./uniform.ts";
export * from "./weibull.ts";
export * from "./zipf.ts";
