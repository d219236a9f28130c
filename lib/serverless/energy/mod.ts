/**
 * Energy: who draws power in which state, and how much carbon electricity has by region and hour.
 * Read state_power.ts first.
 * @module
 */
export * from "./carbon.ts";
export * from "./state_power.ts";
