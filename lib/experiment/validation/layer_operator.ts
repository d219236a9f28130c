import type { ParquetRows } from "../../execution/profiled/import_aiconfigurator.ts";

/** A measured time and what the analytical source says. */
export interface OperatorPoint {
  readonly measuredSeconds: number;
  readonly predictedSeconds: number;
  /** The point was among those that constants were fitted to. */
  readonly isFitted: boolean;
}

/** A kind of operator that layers beyond plain attention are made of, and the tables that measure it. */
export interface LayerOperator {
  /** What it is called in tables of errors. */
  readonly name: string;
  /** Which points its constants were fitted to, in words. */
  readonly fitted: string;
  /** Table by GPU: path below the data set's folder of the GPU. */
  readonly tables: Readonly<Record<string, string>>;
  /** The points of one table. */
  readonly points: (gpu: string, rows: ParquetRows) => OperatorPoint[];
}

/** A row of such a table. */
export type Row = ParquetRows[number];

/** A column of numbers. */
export const number = (row: Row, name: string) => Number(row[name]);

/** A column of text. */
export const text = (row: Row, name: string) => String(row[name]);

/** Folder of a GPU in the data set. */
export const LAYER_FOLDERS: Readonly<Record<string, string>> = {
  "a100-sxm-80gb": "a100_sxm",
  "h100-sxm": "h100_sxm",
  "h200-sxm": "h200_sxm",
  "b200-sxm": "b200_sxm",
};

/** Shorter times are those of launches, and of the clock. */
export const LEAST_COMPARED_SECONDS = 20e-6;

/** Absolute relative errors of some points. */
export interface PointErrors {
  readonly points: number;
  /** Median and 90th percentile, shares; NaN where there are no points. */
  readonly median: number;
  readonly p90: number;
}

/** Errors of the points beyond 20 us that were not fitted, or of all of them. */
export function pointErrors(points: readonly OperatorPoint[], all = false): PointErrors {
  const errors = points.filter(({ measuredSeconds, isFitted }) =>
    measuredSeconds > LEAST_COMPARED_SECONDS && (all || !isFitted)
  ).map(({ measuredSeconds, predictedSeconds }) => Math.abs(predictedSeconds / measuredSeconds - 1))
    .sort((a, b) => a - b);
  const at = (share: number) =>
    errors[Math.min(errors.length - 1, Math.floor(share * errors.length))];
  return { points: errors.length, median: at(0.5) ?? NaN, p90: at(0.9) ?? NaN };
}
