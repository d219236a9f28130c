/**
 * Profiles of the rows that the collector writes on a user's own GPU. Read `rows.ts` for the lines and
 * `import_collected.ts` for what becomes of them.
 */
export * from "./host_overheads.ts";
export * from "./import_collected.ts";
export * from "./rows.ts";
export type { DataSheet } from "./gpu_facts.ts";
export type { WantedKernels } from "./tables.ts";
