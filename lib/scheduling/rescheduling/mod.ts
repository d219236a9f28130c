/**
 * Rescheduling: which running requests move to another instance. Read policy.ts first, then freeness.ts.
 * @module
 */
export * from "./consolidate.ts";
export * from "./freeness.ts";
export * from "./policies.ts";
export * from "./policy.ts";
