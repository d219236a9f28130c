import { flowKey } from "./flow_key.ts";
import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { textWidth } from "./place_labels.ts";
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

/** Height of the frame, points. */
const HEIGHT = 112;
/** What the title of the vertical axis and the margins take, points. */
const TITLE_ROOM = 24;
/** Places on the horizontal axis up to which each has its number. */
const MOST_PLACES = 9;

/** Title, scale and axis of the values. */
function valueScale(
  rows: readonly BandRow[],
  options: BandedCurvesOptions,
): object {
  const { yTitle, yLog, isShare } = options;
  const room = { minExtent: labelExtent(rows, options) };
  return {
    title: yTitle,
    scale: isShare
      // No mark lies on the frame.
      ? { domain: [-0.03, 1.03], nice: false }
      : yLog
      ? { type: "log", nice: false, padding: 4 }
      : { nice: true, zero: true },
    axis: isShare
      ? { ...room, values: [0, 0.25, 0.5, 0.75, 1], labelExpr: "round(datum.value * 100)" }
      : yLog
      ? {
        ...room,
        values: logTicks(rows.flatMap((row) => [row.lower, row.y, row.upper])),
        format: "~r",
      }
      : { ...room, tickCount: 5, format: "~s" },
  };
}

/** The name of the line of a wanted value: at the end and on the side where the fewest curves are. */
function targetLabels(
  rows: readonly BandRow[],
  target: number,
  options: BandedCurvesOptions,
  { yScale, width }: { readonly yScale: object; readonly width: number },
): object[] {
  if (rows.length === 0) return [];
  const label = options.isShare
    ? `target ${Number((100 * target).toPrecision(3))} %`
    : `target ${target}`;
  const share = (textWidth(label, FONT_SIZE - 1) + 6) / width;
  const { atRight, below } = clearestPlace(rows, target, options, share);
  const text = {
    type: "text",
    align: atRight ? "right" : "left",
    baseline: below ? "top" : "bottom",
    x: atRight ? width - 3 : 3,
    dy: below ? 2 : -1,
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

/** Height of a name as a share of the frame, with some room. */
const NAME_SHARE = (FONT_SIZE + 3) / HEIGHT;
/** Places along a name that are looked at. */
const LOOKED_AT = [0, 0.25, 0.5, 0.75, 1];

/** Where a name beside the line of `target`, that takes a share of its length, has the fewest curves. */
function clearestPlace(
  rows: readonly BandRow[],
  target: number,
  { xLog, yLog, isShare }: BandedCurvesOptions,
  share: number,
): { readonly atRight: boolean; readonly below: boolean } {
  const across = shareOf(rows.map((row) => row.x), xLog);
  const values = [
    target,
    ...isShare ? [-0.03, 1.03] : rows.flatMap((row) => [row.lower, row.upper]),
  ];
  const up = shareOf(yLog || isShare ? values : [0, ...values], yLog);
  const curves = [...new Set(rows.map((row) => row.series))].map((name) =>
    rows.filter((row) => row.series === name).map((row) => [across(row.x), up(row.y)] as const)
      .toSorted((one, other) => one[0] - other[0])
  );
  const level = up(target);
  let best = { atRight: false, below: false, met: Infinity };
  for (const below of [false, true]) {
    const [low, high] = below ? [level - NAME_SHARE, level] : [level, level + NAME_SHARE];
    // Beyond the frame only where there is no other place.
    const outside = low < 0 || high > 1 ? curves.length * LOOKED_AT.length : 0;
    for (const atRight of [false, true]) {
      const from = atRight ? 1 - share : 0;
      const met = curves.reduce(
        (sum, curve) =>
          sum + LOOKED_AT.filter((place) => {
            const height = heightAt(curve, from + place * share);
            return height !== undefined && height >= low - 0.03 && height <= high + 0.03;
          }).length,
        outside,
      );
      if (met < best.met) best = { atRight, below, met };
    }
  }
  return best;
}

/** Where values lie between the least and the greatest of some, 0..1. */
function shareOf(values: readonly number[], isLog = false): (value: number) => number {
  const scaled = (value: number) => isLog ? Math.log(value) : value;
  const own = values.filter((value) => !isLog || value > 0).map(scaled);
  const least = own.reduce((a, b) => Math.min(a, b), Infinity);
  const span = own.reduce((a, b) => Math.max(a, b), -Infinity) - least;
  return (value) => span > 0 ? (scaled(value) - least) / span : 0.5;
}

/** Height of a curve at a place, between its points; undefined beside its ends. */
function heightAt(
  curve: readonly (readonly [x: number, y: number])[],
  x: number,
): number | undefined {
  const next = curve.findIndex((point) => point[0] >= x);
  if (next < 0) return undefined;
  const [x1, y1] = curve[next];
  if (next === 0) return x1 === x ? y1 : undefined;
  const [x0, y0] = curve[next - 1];
  return x1 > x0 ? y0 + (y1 - y0) * (x - x0) / (x1 - x0) : y1;
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
  const extent = labelExtent(rows, options);
  // A frame of known size: the key is set above it.
  const width = FIGURE_WIDTH[column] - extent - TITLE_ROOM;
  const legend = null;
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
    });
    layers.push(...targetLabels(rows, target, options, { yScale, width }));
  }
  if (marks.length > 0) layers.unshift(markRules(marks, x));
  layers.push(...flowKey(key, { left: -extent, width: width + extent, isHollow: true }).layers);
  return figure({ width, height: HEIGHT, layer: layers });
}

/** Room of the numbers beside the vertical axis, points. */
function labelExtent(
  rows: readonly BandRow[],
  { yLog, isShare }: BandedCurvesOptions,
): number {
  const ticks = yLog ? logTicks(rows.flatMap((row) => [row.lower, row.y, row.upper])) : [];
  const letters = isShare ? 3 : Math.max(3, ...ticks.map((tick) => String(tick).length));
  return Math.ceil(letters * 0.66 * FONT_SIZE + 5);
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
