/**
 * Predictors of operator times that are learned from a profile, beside interpolation of the same one.
 * Read `compare_predictors.ts` first.
 */
export * from "./cell_seconds.ts";
export * from "./compare_predictors.ts";
export * from "./forest.ts";
export * from "./hold_out.ts";
export * from "./interpolation.ts";
