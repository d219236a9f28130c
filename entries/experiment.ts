/**
 * Experiments: declared with factors, seeds, targets and figures, run cell by cell in parallel Workers,
 * and replications of one configuration. Start from defineExperiment(); docs/experiments.md tells how
 * an experiment is run, kept and pinned.
 *
 * @module
 */
export type { Configuration } from "../lib/config/configuration.ts";
export { defineExperiment } from "../lib/experiment/define_experiment.ts";
export { designCells, type NamedCell } from "../lib/experiment/design_cells.ts";
export type {
  Cell,
  CellContext,
  CellReturn,
  Design,
  Experiment,
  ExperimentDefinition,
  ExperimentFigure,
  ExperimentInput,
  ExperimentRow,
  Factors,
  Measures,
  Value,
} from "../lib/experiment/experiment.ts";
export { importExperiment } from "../lib/experiment/load_experiment.ts";
export { readRows } from "../lib/experiment/read_rows.ts";
export {
  type ReachedPrecision,
  replicate,
  type ReplicatedRun,
  type ReplicateOptions,
} from "../lib/experiment/replicate.ts";
export type { Replication } from "../lib/experiment/replication.ts";
export {
  type ReplicatedFigure,
  replicatedFigures,
  summaryFigures,
} from "../lib/experiment/replication_figures.ts";
export { type KeepTable, runCell } from "../lib/experiment/run_cell.ts";
export type { SlurmGiven } from "../lib/experiment/slurm/settings.ts";
export { targetCells, targetPage } from "../lib/experiment/target_page.ts";
export { medusaModels, medusaTargets } from "../lib/experiment/targets/medusa.ts";
export type { MedusaModel } from "../lib/experiment/targets/medusa_fit.ts";
export {
  boundRow,
  meanError,
  relativeRow,
  type TargetGroup,
  type TargetRow,
} from "../lib/experiment/targets/target.ts";
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
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export type { ConfiguredTexts } from "../lib/run/cluster.ts";
export { LIFE_PHASES, type LifePhase } from "../lib/serverless/life_phases.ts";
export type { Interval } from "../lib/stats/intervals.ts";
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
