/**
 * Scheduling: which instance gets a request (routing/), who is let in (admission/), who is in the next
 * step (batching/) and where its KV entries go (kv_cache/), and which
 * running requests move to another instance (rescheduling/). Read batching/strategy.ts first.
 * @module
 */
export * from "./admission/mod.ts";
export * from "./batching/mod.ts";
export * from "./kv_cache/mod.ts";
export * from "./rescheduling/mod.ts";
export * from "./routing/mod.ts";
