/**
 * Execution times with the overhead of a serving framework added: constants fitted on measured runs.
 * Read `calibrated.ts` first, then `calibration.ts` for the constants that ship.
 */
export * from "./calibrated.ts";
export * from "./calibration.ts";
export * from "./calibration_entry.ts";
export * from "./overhead.ts";
