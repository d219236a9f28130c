/**
 * Cache tiers of KV blocks behind the engines' prefix caches: which tiers an instance sees, and the
 * blocks on their way between them. Read instance_tiers.ts first, then kv_tiers.ts.
 * @module
 */
export * from "./instance_tiers.ts";
export * from "./kv_tier_parts.ts";
export * from "./kv_tiers.ts";
