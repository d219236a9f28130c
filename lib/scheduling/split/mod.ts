/**
 * Split: which requests of a function with two groups are prefilled and decoded apart. Read decider.ts
 * first.
 * @module
 */
export * from "./always.ts";
export * from "./conditional.ts";
export * from "./decider.ts";
export * from "./deciders.ts";
export * from "./prefix_hit.ts";
