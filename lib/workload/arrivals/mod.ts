/**
 * Arrival processes: when requests come. Read arrival_process.ts first, then poisson.ts; every
 * process passes the laws of tests/conformance/arrival_laws.ts.
 * @module
 */
export * from "./arrival_process.ts";
export * from "./at_once.ts";
export * from "./bursts.ts";
export * from "./gamma.ts";
export * from "./poisson.ts";
export * from "./processes.ts";
export * from "./rate_curve.ts";
export * from "./renewal.ts";
export * from "./uniform.ts";
export * from "./weibull.ts";
