/**
 * Exponential, logarithm and cosine in plain arithmetic, which IEEE 754 fixes to the bit: engines may
 * round `Math.exp` and the like as they wish, and do. Read exp.ts first.
 * @module
 */
export * from "./cos.ts";
export * from "./exp.ts";
export * from "./log.ts";
