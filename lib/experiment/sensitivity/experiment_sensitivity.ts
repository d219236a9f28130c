import { randomStreams } from "../../sim/random_streams.ts";
import { pairedInterval } from "../../stats/intervals.ts";
import { gridIndices, sobolIndices } from "../../stats/sobol_indices.ts";
import type { Cell, ExperimentRow, Factors } from "../experiment.ts";
import type { ExperimentResult } from "../read_result.ts";
import { sobolSample } from "../sampled_designs.ts";
import { type LevelMean, matchedLevels } from "./matched_levels.ts";
import type { SensitivityRow } from "./sensitivity_row.ts";

/** What of an experiment its sensitivities are told from. */
export type SensedResult = Pick<ExperimentResult, "rows" | "factors" | "design" | "seed">;

/** What the factors of an experiment do to its measures. */
export interface ExperimentSensitivity {
  /** By measure, then by swing or total effect, the greatest first. */
  readonly rows: readonly SensitivityRow[];
  /** What was left out or assumed. */
  readonly notices: readonly string[];
}

/** The measures of rows: numbers that are neither a factor nor the replication. */
export function measuresOf(
  { rows, factors }: Pick<ExperimentResult, "rows" | "factors">,
): string[] {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return names.filter((name) =>
    name !== "replication" && !Object.hasOwn(factors, name) &&
    rows.some((row) => typeof row[name] === "number") &&
    rows.every((row) => (row[name] ?? null) === null || typeof row[name] === "number")
  );
}

/**
 * What each factor does to each measure: the swing of a tornado from any design, and the share of the
 * variance from the full grid (exact) or `design: { sobol }` (estimated, with bootstrap intervals).
 */
export function experimentSensitivity(
  result: SensedResult,
  measures: readonly string[] = measuresOf(result),
): ExperimentSensitivity {
  const varied = Object.keys(result.factors).filter((name) => result.factors[name].length > 1);
  const notices: string[] = [...designNotices(result)];
  const rows = measures.flatMap((measure) => {
    const missing = result.rows.filter((row) => typeof row[measure] !== "number").length;
    if (missing > 0) {
      notices.push(`${measure}: ${missing} of ${result.rows.length} rows have no value`);
    }
    const shares = varianceShares(result, measure);
    if (shares === undefined && hasShares(result)) {
      notices.push(`${measure}: no shares of the variance, since not every cell has a value`);
    }
    const own = varied.map((factor): SensitivityRow => ({
      measure,
      factor,
      method: methodOf(result),
      ...swingOf(result, measure, factor),
      ...shares?.[factor] ?? NO_SHARES,
    }));
    const unjoined = own.filter(({ swing }) => swing === null).map(({ factor }) => factor);
    if (unjoined.length > 0 && missing < result.rows.length) {
      notices.push(`${measure}: no cells differ in ${unjoined.join(", ")} alone`);
    }
    return own.sort((a, b) =>
      (b.total_effect ?? 0) - (a.total_effect ?? 0) || (b.swing ?? 0) - (a.swing ?? 0)
    );
  });
  return { rows, notices };
}

type Shares = Pick<
  SensitivityRow,
  | "first_order"
  | "first_order_lower"
  | "first_order_upper"
  | "total_effect"
  | "total_effect_lower"
  | "total_effect_upper"
>;
const NO_SHARES: Shares = {
  first_order: null,
  first_order_lower: null,
  first_order_upper: null,
  total_effect: null,
  total_effect_lower: null,
  total_effect_upper: null,
};

function methodOf({ design }: Pick<ExperimentResult, "design">): SensitivityRow["method"] {
  if (design === undefined || ("fraction" in design && design.fraction === 1)) return "full-grid";
  if ("oneAtATime" in design) return "one-at-a-time";
  if ("sobol" in design) return "sobol";
  return "cells" in design ? "matched-cells" : "level-means";
}

/** Whether a design tells the shares of the variance. */
function hasShares(result: Pick<ExperimentResult, "design">): boolean {
  return ["full-grid", "sobol"].includes(methodOf(result));
}

function designNotices({ rows, factors }: SensedResult): string[] {
  const notices: string[] = [];
  const names = Object.keys(factors);
  const perCell = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify([keyOf(names, row), row.replication]);
    perCell.set(key, (perCell.get(key) ?? 0) + 1);
  }
  if ([...perCell.values()].some((count) => count > 1)) {
    notices.push("cells have several rows each: their means are taken");
  }
  return notices;
}

function keyOf(names: readonly string[], cell: Cell): string {
  return JSON.stringify(names.map((name) => cell[name]));
}

/** What the levels of a factor do to a measure. */
function swingOf(
  result: SensedResult,
  measure: string,
  factor: string,
): Omit<SensitivityRow, "measure" | "factor" | "method" | keyof Shares> {
  const { rows, design } = result;
  const basis = design !== undefined && "oneAtATime" in design ? design.oneAtATime : undefined;
  const isBasis = (row: ExperimentRow) =>
    basis === undefined || Object.keys(basis).every((name) => row[name] === basis[name]);
  const reference = meanOf(rows.filter(isBasis), measure);
  const means = levelMeans(result, rows, measure, factor);
  if (means.length === 0) {
    return {
      ...{ reference, least_level: "", least: null, greatest_level: "", greatest: null },
      ...{ swing: null, swing_lower: null, swing_upper: null },
    };
  }
  const least = means.reduce((a, b) => b.mean < a.mean ? b : a);
  const greatest = means.reduce((a, b) => b.mean > a.mean ? b : a);
  const byReplication = [...Map.groupBy(rows, ({ replication }) => replication).values()]
    .map((own) => {
      const at = levelMeans(result, own, measure, factor);
      return [least, greatest].map(({ level }) => at.find((one) => one.level === level)?.mean);
    });
  const [from, to] = [0, 1].map((end) => byReplication.map((pair) => pair[end]));
  const isWhole = from.length > 1 && [...from, ...to].every((value) => value !== undefined);
  const interval = isWhole ? pairedInterval(from as number[], to as number[]) : undefined;
  return {
    reference,
    least_level: String(least.level),
    least: least.mean,
    greatest_level: String(greatest.level),
    greatest: greatest.mean,
    swing: greatest.mean - least.mean,
    swing_lower: interval?.lower ?? null,
    swing_upper: interval?.upper ?? null,
  };
}

/** A measure at each level of a factor, as the design lets it be told. */
function levelMeans(
  { factors, design }: SensedResult,
  rows: readonly ExperimentRow[],
  measure: string,
  factor: string,
): LevelMean[] {
  const others = Object.keys(factors).filter((name) => name !== factor);
  if (design !== undefined && ("sobol" in design || "cells" in design)) {
    return matchedLevels(rows, measure, factor, others);
  }
  const own = design !== undefined && "oneAtATime" in design
    ? rows.filter((row) => others.every((name) => row[name] === design.oneAtATime[name]))
    : rows;
  return factors[factor].flatMap((level) => {
    const mean = meanOf(own.filter((row) => row[factor] === level), measure);
    return mean === null ? [] : [{ level, mean }];
  });
}

/** Mean of a measure over the rows that have it; null where none has. */
function meanOf(rows: readonly ExperimentRow[], measure: string): number | null {
  const values = rows.map((row) => row[measure]).filter((value) => typeof value === "number");
  if (values.length === 0) return null;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** By factor its shares of the variance of a measure; undefined where the design does not tell. */
function varianceShares(
  result: SensedResult,
  measure: string,
): Readonly<Record<string, Shares>> | undefined {
  const { rows, factors, design, seed } = result;
  if (!hasShares(result)) return undefined;
  const names = Object.keys(factors);
  const groups = Map.groupBy(rows, (row) => keyOf(names, row));
  const means = new Map(
    [...groups].map(([key, own]) => [
      key,
      own.every((row) => typeof row[measure] === "number") ? meanOf(own, measure) : null,
    ]),
  );
  const valueOf = (cell: Cell) => means.get(keyOf(names, cell)) ?? NaN;
  if (design !== undefined && "sobol" in design) {
    const { a, b, byFactor } = sobolSample(factors, design.sobol, seed);
    const values = {
      a: a.map(valueOf),
      b: b.map(valueOf),
      byFactor: byFactor.map((cells) => cells.map(valueOf)),
    };
    if ([values.a, values.b, ...values.byFactor].flat().some(Number.isNaN)) return undefined;
    const found = sobolIndices(values, {
      random: randomStreams(seed).take(`bootstrap ${measure}`),
    });
    return Object.fromEntries(names.map((name, i) => {
      const { first, total } = found[i];
      return [name, {
        first_order: known(first.estimate),
        first_order_lower: known(first.lower),
        first_order_upper: known(first.upper),
        total_effect: known(total.estimate),
        total_effect_lower: known(total.lower),
        total_effect_upper: known(total.upper),
      }];
    }));
  }
  const values = gridCells(factors).map(valueOf);
  if (values.some(Number.isNaN)) return undefined;
  const found = gridIndices(values, names.map((name) => factors[name].length));
  return Object.fromEntries(names.map((name, i) => [name, {
    ...NO_SHARES,
    first_order: known(found[i].first),
    total_effect: known(found[i].total),
  }]));
}

/** All combinations, the last factor varies fastest. */
function gridCells(factors: Factors): Cell[] {
  return Object.entries(factors).reduce<Cell[]>(
    (cells, [name, levels]) =>
      cells.flatMap((cell) => levels.map((level) => ({ ...cell, [name]: level }))),
    [{}],
  );
}

/** A share of a measure that does not vary is not known. */
function known(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
