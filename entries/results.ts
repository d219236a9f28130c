/**
 * Results larger than memory: tables of typed columns, kept in Parquet and read in batches.
 *
 * @module
 */
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type {
  ClassSummary,
  ColdStartWaits,
  CostSummary,
  FunctionSummary,
  InstancePhases,
  LatencySummary,
  PoolSummary,
  RequestColumns,
  RunResult,
  Summary,
  TimeSeriesColumns,
} from "../lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "../lib/metrics/undefined_figures.ts";
export { requestTable } from "../lib/results/result_tables.ts";
export {
  type FrameReader,
  type ScanBatch,
  scanTable,
  type TableScan,
  tablesIn,
} from "../lib/results/scan_table.ts";
export {
  type Column,
  type ColumnFacts,
  type FloatColumn,
  floatColumn,
  type IntegerArray,
  type IntegerColumn,
  integerColumn,
  type Table,
  type TextColumn,
  textColumn,
} from "../lib/results/table.ts";
export { LIFE_PHASES, type LifePhase } from "../lib/serverless/life_phases.ts";
