/**
 * Metrics: the columns that a run fills in, and the summary made from them. Read run_tables.ts first,
 * then figures/summary_figures.ts, where every figure is declared; docs/metrics.md defines them all.
 * @module
 */
export * from "./cold_start_waits.ts";
export * from "./digest.ts";
export * from "./instance_phases.ts";
export * from "./kv_tokens.ts";
export * from "./latency_parts.ts";
export * from "./meter_totals.ts";
export * from "./recorder.ts";
export * from "./run_record.ts";
export * from "./run_tables.ts";
export * from "./slo.ts";
export type { StoredWeights } from "./storage_summary.ts";
export * from "./summary.ts";
export type { UndefinedFigures } from "./undefined_figures.ts";
