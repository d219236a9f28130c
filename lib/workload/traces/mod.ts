/**
 * Readers of recorded workloads: text or bytes in, request table out, no file access. Read trace.ts
 * first, then format.ts and formats/; transform_trace.ts cuts and scales what was read.
 * @module
 */
export * from "./chain_hashes.ts";
export * from "./columns.ts";
export * from "./draw_windows.ts";
export * from "./format.ts";
export * from "./read_trace.ts";
export * from "./readers.ts";
export * from "./spread_bins.ts";
export * from "./trace.ts";
export * from "./trace_formats.ts";
export * from "./trace_formats.ts";
export * from "./transform_trace.ts";
export * from "./units.ts";
