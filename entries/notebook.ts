/**
 * Notebooks: figures and tables as a cell's output, and the rows of experiments.
 *
 * @module
 */
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
export type { SlurmGiven } from "../lib/experiment/slurm/settings.ts";
export { targetCells } from "../lib/experiment/target_page.ts";
export type { TargetRow } from "../lib/experiment/targets/target.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export { type Display, openExperiment, show, table } from "../lib/report/notebook.ts";
export type { FrameReader, ScanBatch, TableScan } from "../lib/results/scan_table.ts";
export type {
  Column,
  ColumnFacts,
  FloatColumn,
  IntegerArray,
  IntegerColumn,
  Table,
  TextColumn,
} from "../lib/results/table.ts";
