import type { Table } from "../../results/table.ts";
import type { ExperimentRow } from "../experiment.ts";
import { rowTable } from "../row_table.ts";

/** What a factor does to a measure; a row of sensitivity.parquet and sensitivity.csv. */
export interface SensitivityRow {
  /** Column of numbers that was looked at. */
  readonly measure: string;
  /** Name of the factor, of a plan the path of a setting. */
  readonly factor: string;
  /**
   * How it was found: `one-at-a-time` around a basis, `full-grid` over all combinations, `sobol` by
   * Saltelli's scheme, `matched-cells` of listed cells that differ in one factor, `level-means` over the
   * cells of other designs, `least-by-level` of a plan.
   */
  readonly method:
    | "one-at-a-time"
    | "full-grid"
    | "sobol"
    | "matched-cells"
    | "level-means"
    | "least-by-level";
  /** The measure at the basis, of other designs its mean. */
  readonly reference: number | null;
  /** Level at which the measure is least. */
  readonly least_level: string;
  /** The mean there; null without a value. */
  readonly least: number | null;
  /** Level at which the measure is greatest. */
  readonly greatest_level: string;
  /** The mean there; null without a value. */
  readonly greatest: number | null;
  /** Greatest less least. */
  readonly swing: number | null;
  /** Lower end of its interval over the pairs of replications; null with a single one. */
  readonly swing_lower: number | null;
  /** Upper end. */
  readonly swing_upper: number | null;
  /** Share of the variance that the factor has by itself; null where the design does not tell. */
  readonly first_order: number | null;
  /** Lower end of its bootstrap interval; null of a full grid, which is exact. */
  readonly first_order_lower: number | null;
  /** Upper end. */
  readonly first_order_upper: number | null;
  /** Share of the variance that the factor takes part in. */
  readonly total_effect: number | null;
  /** Lower end of its bootstrap interval. */
  readonly total_effect_lower: number | null;
  /** Upper end. */
  readonly total_effect_upper: number | null;
}

/** The sensitivities as a table; what is not known is null. */
export function sensitivityTable(rows: readonly SensitivityRow[]): Table {
  return rowTable(
    rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value ?? NaN]),
      ) as ExperimentRow
    ),
  );
}
