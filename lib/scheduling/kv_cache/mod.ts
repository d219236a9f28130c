/**
 * KV cache: the blocks of one engine, by count and, with a prefix cache, by identity.
 * Read block_pool.ts first, then prefix_cache.ts (vLLM's) and radix_cache.ts (SGLang's).
 * @module
 */
export * from "./block_pool.ts";
export * from "./prefix_cache.ts";
export * from "./prefix_identity.ts";
export * from "./prefix_runs.ts";
