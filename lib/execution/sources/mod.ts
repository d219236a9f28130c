/**
 * Sources of execution times, as configurations name them. Read source.ts first; the table is
 * sources.ts.
 * @module
 */
export * from "./source.ts";
export * from "./sources.ts";
