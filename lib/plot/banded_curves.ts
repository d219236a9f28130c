import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { seriesKey } from "./series_key.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, DASHES, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A point of a curve and its interval. */
export interface BandRow {
  /** Curve that the point is on. */
  readonly series: string;
  /** Where it stands on the horizontal axis. */
  readonly x: number;
  /** Value, on the vertical axis. */
  readonly y: number;
  /** Ends of the interval of `y`; equal to it where there is none. */
  readonly lower: number;
  /** Upper end of the interval. */
  readonly upper: number;
}

/** Options of {@linkcode bandedCurves}. */
export interface BandedCurvesOptions {
  /** Titles of the axes with their units. */
  readonly xTitle: string;
  /** Title of the vertical axis with its unit. */
  readonly yTitle: string;
  /** Logarithmic axes. */
  readonly xLog?: boolean;
  /** A logarithmic vertical axis. */
  readonly yLog?: boolean;
  /** `y` is a share, drawn in per cent from 0 to 100. */
  readonly isShare?: boolean;
  /** Value of `y` that is wanted, drawn as a horizontal line. */
  readonly target?: number;
  /** Places on the horizontal axis that are marked by a vertical line each, such as a capacity. */
  readonly marks?: readonly number[];
  /** What the bands are, such as "bands: 95 % intervals"; stands below the title of the axis. */
  readonly bands?: string;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const HEIGHT = 150;
/** Places on the horizontal axis up to which each has its number. */
const MOST_PLACES = 8;

/** Title, scale and axis of the values. */
function valueScale(
  rows: readonly BandRow[],
  { yTitle, yLog, isShare }: BandedCurvesOptions,
): object {
  return {
    title: yTitle,
    scale: isShare
      // No mark lies on the frame.
      ? { domain: [-0.03, 1.03], nice: false }
      : yLog
      ? { type: "log", nice: false, padding: 4 }
      : { nice: true, zero: true },
    axis: isShare
      ? { values: [0, 0.25, 0.5, 0.75, 1], labelExpr: "round(datum.value * 100)" }
      : yLog
      ? { values: logTicks(rows.flatMap((row) => [row.lower, row.y, row.upper])), format: "~r" }
      : { tickCount: 5, format: "~s" },
  };
}

/** The name of the line of a wanted value, at its left end: above it, or below where it is the top. */
function targetLabels(
  rows: readonly BandRow[],
  target: number,
  { isShare }: BandedCurvesOptions,
  yScale: object,
): object[] {
  if (rows.length === 0) return [];
  const most = isShare ? 1.04 : rows.reduce((a, row) => Math.max(a, row.upper), 0);
  const isTop = target > 0.9 * most;
  const label = isShare ? `target ${Number((100 * target).toPrecision(3))} %` : `target ${target}`;
  const text = {
    type: "text",
    align: "left",
    baseline: isTop ? "top" : "bottom",
    x: 3,
    dy: isTop ? 2 : -1,
    fontSize: FONT_SIZE - 1,
    text: label,
  };
  const layer = {
    data: { values: [{ y: target }] },
    encoding: { y: { field: "y", type: "quantitative", ...yScale } },
  };
  return [
    { ...layer, mark: { ...text, stroke: "white", strokeWidth: 2 } },
    { ...layer, mark: { ...text, color: "#444444" } },
  ];
}

/** Marks of the axis of x as rules. */
function markRules(marks: readonly number[], x: object): object {
  return {
    data: { values: marks.map((mark) => ({ x: mark })) },
    mark: { type: "rule", strokeDash: [4, 2], color: "#444444" },
    encoding: { x },
  };
}

/** Curves of several series with the intervals of their points as bands. */
export function bandedCurves(
  rows: readonly BandRow[],
  options: BandedCurvesOptions,
): FigureSpec {
  const { xTitle, xLog, target, marks = [], bands, column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const banded = new Set(rows.filter((row) => row.lower < row.upper).map((row) => row.series));
  const key = seriesKey(series, column);
  const places = [...new Set(rows.map((row) => row.x))].sort((one, other) => one - other);
  const x = {
    field: "x",
    type: "quantitative",
    title: bands === undefined || banded.size === 0 ? xTitle : [xTitle, bands],
    scale: xLog
      ? { type: "log", nice: false, padding: 4 }
      : { nice: false, zero: false, padding: 4 },
    axis: {
      ...(xLog || places.length <= MOST_PLACES ? { values: places } : { tickCount: 6 }),
      format: numberFormat(places),
      grid: false,
      labelOverlap: true,
    },
  };
  const yScale = valueScale(rows, options);
  const legend = series.length > 1
    ? {
      columns: key.columns,
      ...{ symbolOpacity: 1, symbolStrokeWidth: 1.25, symbolFillColor: "transparent" },
    }
    : null;
  const color = { ...key.color, legend };
  const line = { x, y: { field: "y", type: "quantitative", ...yScale } };
  const layers: object[] = [
    {
      data: { values: rows.filter((row) => banded.has(row.series)) },
      mark: { type: "area", opacity: 0.2 },
      encoding: {
        x,
        y: { field: "lower", type: "quantitative", ...yScale },
        y2: { field: "upper" },
        color,
      },
    },
    // A layer each, so that the dashes of lines do not reach the symbols of the key.
    ...series.map((name, i) => ({
      data: { values: rows.filter((row) => row.series === name) },
      mark: { type: "line", strokeDash: DASHES[i % DASHES.length] },
      encoding: { ...line, color },
    })),
    {
      data: { values: rows },
      // Outlines: where curves meet, no mark covers another.
      mark: { type: "point", size: 16, filled: false, strokeWidth: 1.25, opacity: 1 },
      encoding: {
        ...line,
        color,
        shape: { ...key.shape, legend },
      },
    },
  ];
  if (target !== undefined) {
    layers.unshift({
      data: { values: [{ y: target }] },
      mark: { type: "rule", strokeDash: [2, 1], color: "#888888" },
      encoding: { y: { field: "y", type: "quantitative", ...yScale } },
    }, ...targetLabels(rows, target, options, yScale));
  }
  if (marks.length > 0) layers.unshift(markRules(marks, x));
  return figure({
    width: FIGURE_WIDTH[column],
    height: HEIGHT + key.height + (Array.isArray(x.title) ? FONT_SIZE + 2 : 0),
    autosize: { type: "fit", contains: "padding" },
    layer: layers,
  });
}

/** A point of an attainment curve. */
export interface AttainmentRow extends Omit<BandRow, "x" | "y"> {
  /** Arrival rate, requests per second. */
  readonly ratePerSecond: number;
  /** Share of arrived requests that met every limit, 0..1. */
  readonly attainment: number;
}

/** SLO attainment against the arrival rate, with intervals as bands and the wanted share as a line. */
export function attainmentCurves(
  rows: readonly AttainmentRow[],
  options: Pick<BandedCurvesOptions, "target" | "marks" | "bands" | "column"> = {},
): FigureSpec {
  return bandedCurves(
    rows.map(({ ratePerSecond, attainment, ...row }) => ({
      ...row,
      x: ratePerSecond,
      y: attainment,
    })),
    {
      ...options,
      xTitle: "Arrival rate (requests/s)",
      yTitle: "SLO attainment (%)",
      isShare: true,
    },
  );
}
