/**
 * Routing: which instance gets a request. Read policy.ts first, then least_loaded.ts; every policy
 * passes the laws of tests/conformance/routing_laws.ts.
 * @module
 */
export * from "./fill_first.ts";
export * from "./freeness.ts";
export * from "./kv_aware.ts";
export * from "./least_loaded.ts";
export * from "./least_tokens.ts";
export * from "./newest_idle.ts";
export * from "./policies.ts";
export * from "./policy.ts";
export * from "./power_of_two.ts";
export * from "./prefix_affinity.ts";
export * from "./random.ts";
export * from "./round_robin.ts";
export * from "./session.ts";
export * from "./stale_signals.ts";
