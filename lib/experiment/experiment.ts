import type { ColumnSpan } from "../plot/theme.ts";
import type { FigureSpec } from "../plot/spec.ts";
import type { Table } from "../results/table.ts";
import type { TableScan } from "../results/scan_table.ts";
import type { SlurmGiven } from "./slurm/settings.ts";
import type { TargetRow } from "./targets/target.ts";

/** A level of a factor, or a value in a row of results. */
export type Value = string | number | boolean;

/** What is varied: the levels of each factor by its name. */
export type Factors = Readonly<Record<string, readonly Value[]>>;

/** One level of each factor. */
export type Cell<F extends Factors = Factors> = { readonly [K in keyof F]: F[K][number] };

/** Measured values by name; null for what was not measured. NaN and infinities become null. */
export type Measures = Readonly<Record<string, Value | null>>;

/** A row of results: the cell's factors, the replication, and what `run` returned. */
export type ExperimentRow<F extends Factors = Factors, M extends Measures = Measures> =
  & Cell<F>
  & { readonly replication: number }
  & M;

/**
 * Which cells of the grid are run: all of them; those of a regular fraction (`{ fraction: 3 }` keeps
 * a third, in which every level of every factor still appears); the ones listed; a basis and each other
 * level of each factor alone (`{ oneAtATime: basis }`, for a tornado); a Latin hypercube of so many
 * cells (`{ latinHypercube: 20 }`), drawn by the experiment's seed; or Saltelli's scheme on Sobol's
 * sequence (`{ sobol: 64 }`, a power of two), at most that many times the factors and two, for indices
 * of sensitivity. In the last two the levels of a factor count equally.
 */
export type Design<F extends Factors> =
  | { readonly fraction: number }
  | {
    readonly cells: readonly Cell<F>[];
  }
  | { readonly oneAtATime: Cell<F> }
  | { readonly latinHypercube: number }
  | { readonly sobol: number };

/** A file of an external data set (data/sources.yaml) that an experiment reads. */
export interface ExperimentInput {
  /** Id of the data set. */
  readonly dataset: string;
  /** Path of the file in the data set. */
  readonly path: string;
}

/** What one replication of a cell is given. Everything stateful is created from it inside `run`. */
export interface CellContext<F extends Factors = Factors> {
  /** One level of each factor. */
  readonly cell: Cell<F>;
  /** The experiment's seed. All cells have the same: they are compared on common random numbers. */
  readonly seed: number;
  /** Number of the replication, from 0. */
  readonly replication: number;
  /** Texts of the inputs by name. */
  readonly inputs: Readonly<Record<string, string>>;
}

/** Draws a figure from the rows of all cells. Pure. */
export type ExperimentFigure<F extends Factors = Factors, M extends Measures = Measures> = (
  rows: readonly ExperimentRow<F, M>[],
  options: { readonly column?: ColumnSpan },
) => FigureSpec;

/** What one replication of a cell may return. */
export type CellReturn<M extends Measures = Measures> = M | readonly M[] | Table;

/** An experiment as `defineExperiment` takes it. */
export interface ExperimentDefinition<F extends Factors, M extends Measures> {
  /** Name of its folder, such as "03_cold_ttft_systems". */
  readonly id: string;
  /** Raised whenever its results change, >= 1. */
  readonly version: number;
  /** Seed of every random stream, 0 to 4294967295. */
  readonly seed: number;
  /** Replications of each cell, >= 1; default 1. */
  readonly replications?: number;
  /** What it answers, one sentence. */
  readonly question: string;
  /** What is varied: levels by the name of the factor. */
  readonly factors: F;
  /** Cells that are run; default the full grid. */
  readonly design?: Design<F>;
  /** Files of external data sets by the name under which `run` finds their texts. */
  readonly inputs?: Readonly<Record<string, ExperimentInput>>;
  /**
   * One replication of one cell: one row, or several, or as many as a table holds, which are kept in
   * Parquet and never in memory all at once. Touches nothing but its argument.
   */
  run(context: CellContext<F>): CellReturn<M> | Promise<CellReturn<M>>;
  /**
   * The rows that targets, headlines and figures get, from all rows of all cells. An experiment whose
   * `run` returns tables has it, unless it has none of these.
   */
  summarise?(
    rows: TableScan,
  ): readonly ExperimentRow[] | Promise<readonly ExperimentRow[]>;
  /** Published numbers beside ours. */
  targets?(rows: readonly ExperimentRow<F, M>[]): readonly TargetRow[];
  /** Few numbers that sum the results up; expected.json pins them. */
  headlines?(rows: readonly ExperimentRow<F, M>[]): Readonly<Record<string, number>>;
  /** Figures by file name. */
  readonly figures?: Readonly<Record<string, ExperimentFigure<F, M>>>;
  /** What its cells need of Slurm; a site file may say otherwise about this experiment. */
  readonly slurm?: SlurmGiven;
}

/** An experiment whose factors are known by name only: what the runner works with. */
export interface Experiment
  extends Required<Omit<ExperimentDefinition<Factors, Measures>, "design" | "summarise">> {
  /** Cells that are run; undefined: the full grid. */
  readonly design: Design<Factors> | undefined;
  /** The rows that targets, headlines and figures get; undefined: all that there are. */
  readonly summarise: ExperimentDefinition<Factors, Measures>["summarise"] | undefined;
  /** Whether something is made of its rows beside their table. */
  readonly usesRows: boolean;
}
