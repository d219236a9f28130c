/**
 * Notebooks: figures and tables as a cell's output, the rows of experiments, and all figures of
 * simfaasinfer/plot.
 *
 * @module
 */
export * from "./plot.ts";
export type { Configuration } from "../lib/config/configuration.ts";
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
export {
  type ReachedPrecision,
  replicate,
  type ReplicatedRun,
  type ReplicateOptions,
} from "../lib/experiment/replicate.ts";
export type { Replication } from "../lib/experiment/replication.ts";
export type { SlurmGiven } from "../lib/experiment/slurm/settings.ts";
export { targetCells } from "../lib/experiment/target_page.ts";
export type { TargetRow } from "../lib/experiment/targets/target.ts";
export { type Display, openExperiment, show, table } from "../lib/report/notebook.ts";
export type { ConfiguredTexts } from "../lib/run/cluster.ts";
export type { Interval } from "../lib/stats/intervals.ts";
export {
  type FrameReader,
  type ScanBatch,
  scanTable,
  type TableScan,
  tablesIn,
} from "../lib/results/scan_table.ts";
export type {
  Column,
  ColumnFacts,
  FloatColumn,
  IntegerArray,
  IntegerColumn,
  Table,
  TextColumn,
} from "../lib/results/table.ts";
