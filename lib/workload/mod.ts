/**
 * Workloads: when requests come, how long they are and what they share, as a table of typed columns.
 * Read request_table.ts first, then generate.ts (synthetic) and traces/ (recorded).
 * @module
 */
export * from "./arrivals/mod.ts";
export * from "./embedded.ts";
export * from "./generate.ts";
export * from "./lengths/mod.ts";
export * from "./request_table.ts";
export * from "./select_rows.ts";
export * from "./sort_by_arrival.ts";
export * from "./traces/mod.ts";
export * from "./with_arrivals.ts";
export * from "./workload_spec.ts";
