/**
 * Readers of recorded workloads: text in, request table out, no file access. Read trace.ts first, then
 * csv.ts; transform_trace.ts cuts and scales what was read.
 * @module
 */
export * from "./azure.ts";
export * from "./chain_hashes.ts";
export * from "./columns.ts";
export * from "./csv.ts";
export * from "./detect_trace_format.ts";
export * from "./json.ts";
export * from "./llmservingsim.ts";
export * from "./mooncake.ts";
export * from "./read_trace.ts";
export * from "./trace.ts";
export * from "./trace_formats.ts";
export * from "./transform_trace.ts";
export * from "./vidur.ts";
