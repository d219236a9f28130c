import type { ExperimentRow } from "../../experiment/experiment.ts";
import { type ExperimentResult, readExperimentResult } from "../../experiment/read_result.ts";
import { measureTitle } from "../../experiment/sensitivity/sensitivity_figures.ts";
import {
  type CellDifference,
  cellName,
  compareExperiments,
  type ExperimentComparison,
  isClear,
} from "../../planning/compare_experiments.ts";
import { bandedCurves, type FigureSpec, intervalPoints } from "../../plot/mod.ts";
import { meanInterval } from "../../stats/intervals.ts";
import { textTable } from "../text_table.ts";
import { type Comparison, type DrawnFigures, shortFolders, svgFiles } from "./comparison.ts";
import { digits, figureCells, settingLines } from "./show_differences.ts";

/** Cells of a measure that are printed unless all are, those that change most. */
const MOST_CELLS = 8;
/** Curves, and labels beside points, of a figure at most: more are no longer read. */
const MOST_CURVES = 8;
const MOST_LABELS = 40;

/** Compares experiments with the first of them. */
export async function compareExperimentResults(
  folders: readonly string[],
  isAll: boolean,
): Promise<Comparison> {
  const results: ExperimentResult[] = [];
  for (const folder of folders) results.push(await readExperimentResult(folder));
  const [first, ...others] = results;
  const compared = others.map((other) => compareExperiments(first, other));
  return {
    json: compared,
    lines: compared.flatMap((one) => comparisonLines(one, isAll)),
    figures: () => overlaidFigures(results),
  };
}

function comparisonLines(compared: ExperimentComparison, isAll: boolean): string[] {
  const { before, after, pairing, settings, measures, cells } = compared;
  const moved = measures.filter(({ unequal }) => unequal > 0);
  return [
    `${before} -> ${after} (${pairing})`,
    "",
    ...settingLines(settings),
    "",
    ...measures.length === 0
      ? ["No measure has a value in both."]
      : moved.length === 0
      ? [`All ${measures.length} measures are equal in all cells.`]
      : textTable([
        ["Measure, mean over cells", "Before", "After", "Difference", "Change", "Unequal", "Clear"],
        ...moved.map(({ measure, cells, before, after, difference, unequal, clear }) => [
          ...[measure, digits(before), digits(after), digits(difference)],
          before === 0 ? "-" : `${(100 * difference / before).toFixed(1)} %`,
          ...[`${unequal} of ${cells}`, `${clear}*`],
        ]),
      ]),
    "",
    ...moved.flatMap(({ measure }) => [...cellLines(measure, cells, isAll), ""]),
    ...onlyLines(compared.only_before, before),
    ...onlyLines(compared.only_after, after),
  ];
}

/** The cells of a measure, those that change most first. */
function cellLines(measure: string, cells: readonly CellDifference[], isAll: boolean): string[] {
  const own = cells.flatMap(({ cell, figures }) => {
    const figure = figures.find(({ path }) => path === measure);
    return figure === undefined || figure.before === figure.after ? [] : [{ cell, figure }];
  });
  const change = ({ figure: { before, difference } }: (typeof own)[number]) =>
    Math.abs(difference.estimate) / Math.max(Math.abs(before), 1e-300);
  const sorted = isAll
    ? own
    : own.toSorted((a, b) =>
      Number(isClear(b.figure.difference)) - Number(isClear(a.figure.difference)) ||
      change(b) - change(a)
    );
  const shown = isAll ? sorted : sorted.slice(0, MOST_CELLS);
  return [
    ...textTable(
      [
        [measure, "Before", "After", "Difference", "95 % interval", "Change", ""],
        ...shown.map(({ cell, figure }) => [cell, ...figureCells(figure)]),
      ],
      [0],
    ),
    ...own.length > shown.length ? [`and ${own.length - shown.length} more (--all)`] : [],
  ];
}

function onlyLines(cells: readonly string[], folder: string): string[] {
  if (cells.length === 0) return [];
  const shown = cells.slice(0, MOST_CELLS).join("; ");
  const more = cells.length > MOST_CELLS ? ` and ${cells.length - MOST_CELLS} more` : "";
  return [`Note: only ${folder} has ${shown}${more}`];
}

/**
 * Each measure that all results have, in the cells that all have: against the number that is varied most
 * where few curves come of it, else a line for each cell.
 */
async function overlaidFigures(results: readonly ExperimentResult[]): Promise<DrawnFigures> {
  const [{ factors }] = results;
  const names = Object.keys(factors)
    .filter((name) => results.every((other) => Object.hasOwn(other.factors, name)));
  const folders = shortFolders(results.map(({ folder }) => folder));
  const cellsOf = ({ rows }: ExperimentResult) => new Set(rows.map((row) => cellName(names, row)));
  const cells = results.map(cellsOf).reduce((all, own) => all.intersection(own));
  // In the order of the levels, whatever the order of the cells was.
  const order = (row: ExperimentRow) => names.map((name) => factors[name].indexOf(row[name]));
  const shared = results.map(({ rows }) =>
    rows.filter((row) => cells.has(cellName(names, row)))
      .map((row) => ({ row, at: order(row) }))
      .sort((a, b) => {
        const first = a.at.findIndex((level, i) => level !== b.at[i]);
        return first === -1 ? 0 : a.at[first] - b.at[first];
      })
      .map(({ row }) => row)
  );
  const levelsOf = (name: string) => new Set(shared.flat().map((row) => row[name]));
  const varied = names.filter((name) => levelsOf(name).size > 1);
  const against = varied
    .filter((name) => [...levelsOf(name)].every((level) => typeof level === "number"))
    .map((name) => ({ name, count: levelsOf(name).size }))
    .filter(({ count }) => count >= 3)
    .sort((a, b) => b.count - a.count)[0]?.name;
  const figures: Record<string, FigureSpec> = {};
  for (const measure of measuresOfAll(results)) {
    const points = shared.flatMap((rows, i) => pointsOf(rows, measure, folders[i], names));
    figures[measure.replaceAll(/[^\w.-]/g, "_")] = figureOf(measure, points, { varied, against });
  }
  const isCut = cells.size > MOST_LABELS && Object.keys(figures).length > 0;
  return {
    files: await svgFiles(figures),
    notices: isCut
      ? [`figures with a line for each cell show ${MOST_LABELS} of ${cells.size} cells`]
      : [],
  };
}

function measuresOfAll(results: readonly ExperimentResult[]): string[] {
  const [first] = results.map(({ rows }) => rows[0] ?? {});
  const isMeasure = (name: string) =>
    name !== "replication" &&
    results.every(({ rows, factors }) =>
      !Object.hasOwn(factors, name) && rows.some((row) => typeof row[name] === "number")
    );
  return Object.keys(first).filter(isMeasure);
}

interface Point {
  readonly folder: string;
  readonly levels: Readonly<Record<string, string | number | boolean>>;
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
}

/** The mean of a measure in each cell with its interval over the replications. */
function pointsOf(
  rows: ExperimentResult["rows"],
  measure: string,
  folder: string,
  names: readonly string[],
): Point[] {
  const known = rows.filter((row) => typeof row[measure] === "number");
  return [...Map.groupBy(known, (row) => cellName(names, row)).values()].map((own) => {
    const means = [...Map.groupBy(own, ({ replication }) => replication).values()]
      .map((same) => meanInterval(same.map((row) => row[measure] as number)).estimate);
    const { estimate, lower, upper } = meanInterval(means);
    return {
      folder,
      levels: Object.fromEntries(names.map((name) => [name, own[0][name]])),
      value: estimate,
      lower: Number.isFinite(lower) ? lower : estimate,
      upper: Number.isFinite(upper) ? upper : estimate,
    };
  });
}

function figureOf(
  measure: string,
  points: readonly Point[],
  { varied, against }: { readonly varied: readonly string[]; readonly against?: string },
): FigureSpec {
  const title = measureTitle(measure);
  const others = varied.filter((name) => name !== against);
  const seriesOf = ({ folder, levels }: Point) =>
    [folder, ...others.map((name) => `${name}=${levels[name]}`)].join(", ");
  const curves = new Set(points.map(seriesOf)).size;
  if (against !== undefined && curves <= MOST_CURVES) {
    return bandedCurves(
      points.map((point) => ({
        series: seriesOf(point),
        x: point.levels[against] as number,
        y: point.value,
        lower: point.lower,
        upper: point.upper,
      })),
      { xTitle: measureTitle(against), yTitle: title, column: 2 },
    );
  }
  const rows = points.map(({ folder, levels, value, lower, upper }) => ({
    label: varied.length === 0 ? "all" : varied.map((name) => `${name}=${levels[name]}`).join(", "),
    series: folder,
    ...{ value, lower, upper },
  }));
  const labels = new Set([...new Set(rows.map(({ label }) => label))].slice(0, MOST_LABELS));
  const shown = rows.filter(({ label }) => labels.has(label));
  return intervalPoints(shown, { xTitle: title, column: 2 });
}
