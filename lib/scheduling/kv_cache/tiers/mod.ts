/**
 * Cache tiers behind the GPU's prefix cache: which KV blocks each has. Read tier_blocks.ts first, then
 * tier_stack.ts, which looks a prompt up across tiers.
 * @module
 */
export * from "./tier_blocks.ts";
export * from "./tier_stack.ts";
