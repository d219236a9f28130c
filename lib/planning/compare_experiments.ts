import type { Cell, ExperimentRow, Factors } from "../experiment/experiment.ts";
import type { ExperimentResult } from "../experiment/read_result.ts";
import { measuresOf } from "../experiment/sensitivity/experiment_sensitivity.ts";
import { meanInterval } from "../stats/intervals.ts";
import {
  type FigureDifference,
  figureDifferences,
  type SettingDifference,
  settingDifferences,
} from "./differences.ts";

/** A cell that two experiments have, and how its measures differ. */
export interface CellDifference {
  /** Levels of the factors that both have, `rate=5,system=vllm`. */
  readonly cell: string;
  /** Measures that both have a value for in all replications. */
  readonly figures: readonly FigureDifference[];
}

/** How a measure differs over the cells that two experiments have. */
export interface MeasureDifference {
  readonly measure: string;
  /** Cells in which both have it. */
  readonly cells: number;
  /** Means over these cells. */
  readonly before: number;
  readonly after: number;
  /** Mean of the differences of the cells. */
  readonly difference: number;
  /** Cells whose interval excludes 0, and those in which the measures are not equal. */
  readonly clear: number;
  readonly unequal: number;
}

/** How two experiments differ. */
export interface ExperimentComparison {
  readonly before: string;
  readonly after: string;
  /** How the values of a cell stand to one another. */
  readonly pairing: string;
  /** Id, version, seed, design, levels of factors, sources. */
  readonly settings: readonly SettingDifference[];
  readonly measures: readonly MeasureDifference[];
  readonly cells: readonly CellDifference[];
  /** Cells that only one of them has. */
  readonly only_before: readonly string[];
  readonly only_after: readonly string[];
}

/**
 * Compares two experiments cell by cell: cells are matched by the levels of the factors that both have; a
 * factor with a single level may be missing in the other one. Values of a cell are its replications, in
 * pairs where both have the same ones of the same seed.
 *
 * @throws {RangeError} If cells cannot be matched, or none has a match.
 */
export function compareExperiments(
  before: ExperimentResult,
  after: ExperimentResult,
): ExperimentComparison {
  const names = commonFactors(before, after);
  const [one, other] = [before, after].map(({ rows }) =>
    Map.groupBy(rows, (row) => cellName(names, row))
  );
  const matched = [...one.keys()].filter((cell) => other.has(cell));
  if (matched.length === 0) {
    throw new RangeError(
      `Cannot compare experiments without a cell that both have: current value is ` +
        `"${before.folder}" and "${after.folder}"`,
    );
  }
  const measures = measuresOf(before).filter((name) => measuresOf(after).includes(name));
  const isPaired = (a: readonly ExperimentRow[], b: readonly ExperimentRow[]) =>
    before.seed === after.seed &&
    JSON.stringify(replicationsOf(a)) === JSON.stringify(replicationsOf(b)) &&
    replicationsOf(a).length > 1;
  const cells = matched.map((cell): CellDifference => {
    const [a, b] = [one.get(cell)!, other.get(cell)!];
    return {
      cell,
      figures: figureDifferences(valuesOf(a, measures), valuesOf(b, measures), {
        paths: measures,
        isPaired: isPaired(a, b),
      }),
    };
  });
  const pairs = matched.filter((cell) => isPaired(one.get(cell)!, other.get(cell)!)).length;
  return {
    before: before.folder,
    after: after.folder,
    pairing: pairingText(matched.length, pairs, before.replications, after.replications),
    settings: settingDifferences(settingsOf(before), settingsOf(after)),
    measures: measures.flatMap((measure) => overCells(measure, cells) ?? []),
    cells,
    only_before: [...one.keys()].filter((cell) => !other.has(cell)),
    only_after: [...other.keys()].filter((cell) => !one.has(cell)),
  };
}

function pairingText(cells: number, pairs: number, before: number, after: number): string {
  const of = `${cells} ${cells === 1 ? "cell" : "cells"} of both`;
  if (pairs === cells) return `${of}, replications in pairs on the same random numbers`;
  if (pairs > 0) return `${of}, in ${pairs} of them replications in pairs`;
  return before > 1 && after > 1
    ? `${of}, ${before} and ${after} replications, independent`
    : `${of}, ${before} and ${after} replications: no intervals`;
}

/** The factors by which cells are matched. @throws {RangeError} If a factor of several levels is missing. */
function commonFactors(before: ExperimentResult, after: ExperimentResult): string[] {
  for (const [own, other] of [[before, after], [after, before]]) {
    const missing = Object.keys(own.factors).find((name) =>
      !Object.hasOwn(other.factors, name) &&
      new Set(own.rows.map((row) => row[name])).size > 1
    );
    if (missing === undefined) continue;
    throw new RangeError(
      `Cannot match the cells of two experiments as ones of the same factors: current value is ` +
        `"${missing}", which "${own.folder}" varies and "${other.folder}" does not have`,
    );
  }
  return Object.keys(before.factors).filter((name) => Object.hasOwn(after.factors, name));
}

/** A name for the levels of some factors. */
export function cellName(names: readonly string[], cell: Cell): string {
  return names.map((name) => `${name}=${cell[name]}`).join(",");
}

function replicationsOf(rows: readonly ExperimentRow[]): number[] {
  return [...new Set(rows.map(({ replication }) => replication))].sort((a, b) => a - b);
}

/** By measure a value for each replication, the mean of several rows; null where one has none. */
function valuesOf(
  rows: readonly ExperimentRow[],
  measures: readonly string[],
): Record<string, (number | null)[]> {
  const byReplication = replicationsOf(rows).map((one) =>
    rows.filter(({ replication }) => replication === one)
  );
  return Object.fromEntries(measures.map((measure) => [
    measure,
    byReplication.map((own) => {
      const values = own.map((row) => row[measure]);
      return values.every((value) => typeof value === "number")
        ? meanInterval(values).estimate
        : null;
    }),
  ]));
}

function settingsOf(
  { id, version, seed, replications, design, factors, sources }: ExperimentResult,
): Readonly<Record<string, unknown>> {
  const levels: Factors = factors;
  return {
    ...{ experiment: id, version, seed, replications, design: design ?? "full grid" },
    factors: levels,
    sources_sha256: sources.slice(0, 12),
  };
}

function overCells(
  measure: string,
  cells: readonly CellDifference[],
): MeasureDifference | undefined {
  const own = cells.flatMap(({ figures }) => figures.filter(({ path }) => path === measure));
  if (own.length === 0) return undefined;
  const mean = (of: (one: FigureDifference) => number) =>
    own.reduce((sum, one) => sum + of(one), 0) / own.length;
  return {
    measure,
    cells: own.length,
    before: mean((one) => one.before),
    after: mean((one) => one.after),
    difference: mean(({ difference }) => difference.estimate),
    clear: own.filter(({ difference }) => isClear(difference)).length,
    unequal: own.filter((one) => one.before !== one.after).length,
  };
}

/** Whether an interval is known and excludes 0. */
export function isClear(
  { lower, upper, estimate }: FigureDifference["difference"],
): boolean {
  return Number.isFinite(lower) && Number.isFinite(upper) && estimate !== 0 &&
    (lower > 0 || upper < 0);
}
