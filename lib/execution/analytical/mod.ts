/**
 * Execution times from data sheets alone: rooflines at the efficiency of the GPU's generation.
 * Read `analytical.ts` first, then `layer_seconds.ts`.
 */
export * from "./analytical.ts";
export * from "./analytical_options.ts";
