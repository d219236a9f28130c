/**
 * Notebooks: tables, data frames, sweeps, charts and figures as a cell's output, with progress and a
 * stop button; the rows of experiments. Figures of particular kinds are in simfaasinfer/plot.
 *
 * @module
 */
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
export type { SlurmGiven } from "../lib/experiment/slurm/settings.ts";
export type { Level, SweepConfig, SweepDesign, SweepFactors } from "../lib/experiment/sweep/mod.ts";
export type { TargetRow } from "../lib/experiment/targets/target.ts";
export type { LatencyParts } from "../lib/metrics/latency_parts.ts";
export type * from "../lib/metrics/run_tables.ts";
export type { UndefinedFigures } from "../lib/metrics/undefined_figures.ts";
export type * from "../lib/plot/chart/mod.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export {
  chart,
  type Display,
  draw,
  type Frame,
  frame,
  type FrameLike,
  frames,
  type NotebookChart,
  type OpenExperiment,
  openExperiment,
  openExperiments,
  type RunFrames,
  saveFigure,
  show,
  type ShowOptions,
  summarise,
  type SummariseOptions,
  sweep,
  type SweepOptions,
  table,
  type TableOptions,
  type TableRow,
  targetCells,
} from "../lib/report/notebook.ts";
export type {
  FigureSlo,
  StandardFigure,
  StandardFigureOptions,
} from "../lib/report/standard_figures.ts";
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
export type { ConfiguredTexts } from "../lib/run/cluster.ts";
export { DISPLAY, type MediaBundle } from "../lib/std/display.ts";
