/**
 * KV entries that move between instances: prefills that are handed to a decode group, and whatever
 * else has entries sent. Read kv_transfers.ts (bytes on their way) first, then handoffs.ts.
 * @module
 */
export * from "./handoffs.ts";
export * from "./kv_transfers.ts";
export * from "./kv_links.ts";
export * from "./migrations.ts";
export type * from "./migration_parts.ts";
export type * from "./kv_transfer_parts.ts";
