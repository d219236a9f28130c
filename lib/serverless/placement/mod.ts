/**
 * Placement: which node gets a new instance, and which idle ones go for it. Read policy.ts first, then
 * place_instance.ts.
 * @module
 */
export * from "./best_fit.ts";
export * from "./choose_gang_victims.ts";
export * from "./choose_victims.ts";
export * from "./first_fit.ts";
export * from "./load_queue.ts";
export * from "./place_by.ts";
export * from "./place_gang.ts";
export * from "./place_instance.ts";
export * from "./policies.ts";
export * from "./policy.ts";
export * from "./spread.ts";
export * from "./startup_time.ts";
