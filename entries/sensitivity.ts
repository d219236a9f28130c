/**
 * Sensitivity: which factor of an experiment or a plan moves what. Start from experimentSensitivity();
 * Sobol's sequence and the estimators under it work for any function.
 *
 * @module
 */
export type {
  Cell,
  Design,
  ExperimentRow,
  Factors,
  Measures,
  Value,
} from "../lib/experiment/experiment.ts";
export {
  type ExperimentResult,
  readExperimentResult,
  type WrittenDesign,
} from "../lib/experiment/read_result.ts";
export {
  type ExperimentSensitivity,
  experimentSensitivity,
  measuresOf,
  type SensedResult,
} from "../lib/experiment/sensitivity/experiment_sensitivity.ts";
export {
  measureTitle,
  type SensitivityFigureOptions,
  sensitivityFigures,
} from "../lib/experiment/sensitivity/sensitivity_figures.ts";
export {
  type SensitivityRow,
  sensitivityTable,
} from "../lib/experiment/sensitivity/sensitivity_row.ts";
export {
  intervalPoints,
  type IntervalPointsOptions,
  type IntervalRow,
} from "../lib/plot/interval_points.ts";
export type { FigureSpec } from "../lib/plot/spec.ts";
export type { ColumnSpan } from "../lib/plot/theme.ts";
export { tornado, type TornadoOptions, type TornadoRow } from "../lib/plot/tornado.ts";
export type {
  Column,
  ColumnFacts,
  FloatColumn,
  IntegerArray,
  IntegerColumn,
  Table,
  TextColumn,
} from "../lib/results/table.ts";
export type { Interval } from "../lib/stats/intervals.ts";
export {
  gridIndices,
  MOST_SOBOL_FACTORS,
  type SaltelliSample,
  saltelliSample,
  type SobolIndex,
  sobolIndices,
  type SobolIndicesOptions,
} from "../lib/stats/sobol_indices.ts";
export { SOBOL_DIMENSIONS, sobolPoints, type UniformSource } from "../lib/stats/sobol_sequence.ts";
