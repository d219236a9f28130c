/**
 * Keep-alive: how long idle instances stay, and pools of pre-warmed ones. Read policy.ts first, then
 * hybrid_histogram.ts.
 * @module
 */
export * from "./create_keep_alive.ts";
export * from "./create_pool.ts";
export * from "./fixed.ts";
export * from "./hybrid_histogram.ts";
export * from "./policy.ts";
export * from "./prewarmed_pool.ts";
