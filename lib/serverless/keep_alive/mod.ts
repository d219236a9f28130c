/**
 * Keep-alive: how long idle instances stay, and pools of pre-warmed ones. Read policy.ts first, then
 * hybrid_histogram.ts.
 * @module
 */
export * from "./always.ts";
export * from "./demand_pool.ts";
export * from "./fixed.ts";
export * from "./fixed_pool.ts";
export * from "./hybrid_histogram.ts";
export * from "./littles_law_pool.ts";
export * from "./newsvendor_pool.ts";
export * from "./none.ts";
export * from "./policies.ts";
export * from "./policy.ts";
export * from "./pool_policies.ts";
export * from "./prewarmed_pool.ts";
