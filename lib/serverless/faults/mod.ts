/**
 * Faults: when nodes fail, when spot nodes go, and when to try again. Read failures.ts first.
 * @module
 */
export * from "./failures.ts";
export * from "./retry.ts";
export * from "./spot.ts";
