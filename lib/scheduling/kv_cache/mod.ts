/**
 * KV cache: the blocks of one engine, by count and, with a prefix cache, by identity.
 * Read block_pool.ts first, then prefix_cache.ts.
 * @module
 */
export * from "./block_pool.ts";
export * from "./prefix_cache.ts";
export * from "./prefix_identity.ts";
export * from "./prefix_runs.ts";
