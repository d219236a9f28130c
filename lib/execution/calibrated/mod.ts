/**
 * Execution times with the overhead of a serving framework added: constants fitted on measured runs.
 * Read `calibrated.ts` first.
 */
export * from "./calibrated.ts";
export * from "./overhead.ts";
