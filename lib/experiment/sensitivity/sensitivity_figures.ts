import { type ColumnSpan, type FigureSpec, intervalPoints, tornado } from "../../plot/mod.ts";
import type { SensitivityRow } from "./sensitivity_row.ts";

/** Options of {@link sensitivityFigures}. */
export interface SensitivityFigureOptions {
  /** Title of the axis of a measure with its unit; default {@link measureTitle}. */
  readonly titleOf?: (measure: string) => string;
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/**
 * Figures of sensitivities by name: `tornado_MEASURE`, and `shares_MEASURE` where shares of the variance
 * are known. Measures that no factor moves have none.
 */
export function sensitivityFigures(
  rows: readonly SensitivityRow[],
  { titleOf = measureTitle, column = 2 }: SensitivityFigureOptions = {},
): Record<string, FigureSpec> {
  const figures: Record<string, FigureSpec> = {};
  for (const [measure, own] of Map.groupBy(rows, (row) => row.measure)) {
    const name = measure.replaceAll(/[^\w.-]/g, "_");
    const short = shortNames(own.map(({ factor }) => factor));
    const moved = own.filter(({ swing }) => swing !== null);
    if (moved.some(({ swing }) => swing! > 0)) {
      const bars = moved.map((row) => ({
        factor: short.get(row.factor)!,
        least: row.least!,
        leastLevel: row.least_level,
        greatest: row.greatest!,
        greatestLevel: row.greatest_level,
      }));
      const { reference } = own[0];
      figures[`tornado_${name}`] = tornado(
        bars.sort((a, b) => (b.greatest - b.least) - (a.greatest - a.least)),
        { xTitle: titleOf(measure), ...(reference !== null && { reference }), column },
      );
    }
    const shares = own.flatMap((row) => sharesOf(row, short.get(row.factor)!));
    if (shares.length > 0) {
      const xTitle = `Share of the variance of ${measure}`;
      figures[`shares_${name}`] = intervalPoints(shares, { xTitle, least: [0, 1], column });
    }
  }
  return figures;
}

function sharesOf(row: SensitivityRow, factor: string) {
  const { first_order: first, total_effect: total } = row;
  if (first === null || total === null) return [];
  return [
    {
      ...{ label: factor, series: "First order", value: first },
      lower: row.first_order_lower ?? first,
      upper: row.first_order_upper ?? first,
    },
    {
      ...{ label: factor, series: "Total effect", value: total },
      lower: row.total_effect_lower ?? total,
      upper: row.total_effect_upper ?? total,
    },
  ];
}

/** Units by the endings of columns. */
const UNITS: readonly (readonly [ending: string, unit: string])[] = [
  ["_usd_per_hour", "USD/h"],
  ["usd_per_hour", "USD/h"],
  ["_usd", "USD"],
  ["_rps", "requests/s"],
  ["_bytes", "bytes"],
  ["_ms", "ms"],
  ["_s", "s"],
];

/** The name of a measure with the unit that its ending tells: `ttft_p99_s` is "ttft_p99 (s)". */
export function measureTitle(measure: string): string {
  const found = UNITS.find(([ending]) => measure.endsWith(ending));
  if (found === undefined) return measure;
  const [ending, unit] = found;
  const name = measure.slice(0, measure.length - ending.length);
  return `${name === "" ? "cost" : name} (${unit})`;
}

/** The last part of each path, or all of it where two end alike. */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
  const last = (path: string) => path.slice(path.lastIndexOf(".") + 1);
  return new Map(paths.map((path) => {
    const isAlone = paths.filter((other) => last(other) === last(path)).length === 1;
    return [path, isAlone ? last(path) : path];
  }));
}
