/**
 * Experiments: declared with factors, seeds, targets and figures, run cell by cell in parallel Workers.
 * Start from defineExperiment(); docs/experiments.md tells how an experiment is run, kept and pinned.
 *
 * @module
 */
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
export { type FactorEffect, factorEffects } from "../lib/experiment/sampled_designs.ts";
export { importExperiment } from "../lib/experiment/load_experiment.ts";
export { readRows } from "../lib/experiment/read_rows.ts";
export { type KeepTable, runCell } from "../lib/experiment/run_cell.ts";
export type { SlurmGiven } from "../lib/experiment/slurm/settings.ts";
export {
  pinnedTargetRows,
  type PinnedTargets,
  readPinnedTargets,
} from "../lib/experiment/targets/pinned_targets.ts";
export {
  boundRow,
  meanError,
  relativeRow,
  type TargetRow,
} from "../lib/experiment/targets/target.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
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
