import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { shortText } from "./short_text.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A value and its interval. */
export interface DotWhiskerRow {
  /** What is compared, such as a policy: a line of its own. */
  readonly label: string;
  /** Who the value is of where a label has several, such as a load; one of each beside the other. */
  readonly series?: string;
  /** Value. */
  readonly value: number;
  /** Ends of its interval; equal to it where there is none. */
  readonly lower: number;
  /** Upper end of the interval. */
  readonly upper: number;
}

/** Options of {@linkcode dotWhisker}. */
export interface DotWhiskerOptions {
  /** Title of the axis with the unit of the values. */
  readonly title: string;
  /** What the whiskers are, such as "95 % intervals of 10 seeds"; stands below the title of the axis. */
  readonly whiskers: string;
  /** A logarithmic axis. */
  readonly isLog?: boolean;
  /** A value that others are compared with, drawn as a line with its name. */
  readonly reference?: { readonly value: number; readonly label: string };
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Height of a label's line for each series in it, and room between labels, points. */
const ROW_HEIGHT = 10;
const GAP = 4;
/** Room for labels, points: longer ones are cut. */
const NAMES: Readonly<Record<ColumnSpan, number>> = { 1: 90, 2: 150 };
const RIGHT = 12;

/**
 * Values of categories, such as policies, as dots with their intervals as whiskers: whose whiskers do
 * not reach the other's dot differ by more than chance.
 */
export function dotWhisker(
  rows: readonly DotWhiskerRow[],
  options: DotWhiskerOptions,
): FigureSpec {
  const { title, whiskers, isLog = false, reference, column = 1 } = options;
  const named = rows.map((row) => ({ ...row, series: row.series ?? "" }));
  const drawn = isLog ? named.filter((row) => Math.min(row.lower, row.value) > 0) : named;
  const labels = [...new Set(rows.map((row) => row.label))];
  const series = [...new Set(named.map((row) => row.series))];
  const key = seriesKey(series, column);
  // A letter is taken as 0.8 of its size wide, as Vega does where it cannot measure.
  const letters = Math.max(0, ...labels.map((label) => label.length));
  const left = Math.min(NAMES[column], 10 + 0.8 * FONT_SIZE * letters);
  const width = FIGURE_WIDTH[column] - left - RIGHT;
  const domain = domainOf(drawn, isLog, reference?.value);
  const height = Math.max(1, labels.length) * (ROW_HEIGHT * Math.max(1, series.length) + GAP);
  // Above the name of the reference.
  const legend = { symbolStrokeWidth: 0, offset: reference === undefined ? 4 : 14 };
  const value = {
    type: "quantitative",
    title: rows.some((row) => row.lower < row.upper) ? [title, whiskers] : title,
    scale: { domain, nice: false, ...(isLog && { type: "log" }) },
    axis: {
      format: numberFormat(domain),
      labelOverlap: true,
      ...(isLog ? { values: logTicks(domain) } : { tickCount: 5 }),
    },
  };
  const place = {
    y: {
      field: "label",
      type: "nominal",
      sort: null,
      scale: { domain: labels },
      axis: { title: null, ticks: false, domain: false, labelLimit: left - 6, minExtent: left - 4 },
    },
    yOffset: { field: "series", type: "nominal", sort: null, scale: { domain: series } },
  };
  return figure({
    width,
    height,
    layer: [
      ...(reference === undefined ? [] : referenceLayers(reference, value)),
      {
        data: { values: drawn.filter((row) => row.lower < row.upper) },
        mark: { type: "rule", strokeWidth: 1.25 },
        encoding: {
          ...place,
          x: { ...value, field: "lower" },
          x2: { field: "upper" },
          color: {
            ...key.color,
            legend: series.length > 1 ? { columns: key.columns, ...legend } : null,
          },
        },
      },
      seriesPoints(drawn, {
        key,
        position: { ...place, x: { ...value, field: "value" } },
        size: 26,
        legend,
      }),
    ],
  });
}

/** From the least to the greatest end, from 0 on a linear axis, with some room beyond. */
function domainOf(
  rows: readonly DotWhiskerRow[],
  isLog: boolean,
  reference: number | undefined,
): [number, number] {
  const values = rows.flatMap((row) => [row.lower, row.value, row.upper]);
  if (reference !== undefined && (!isLog || reference > 0)) values.push(reference);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  if (values.length === 0) return isLog ? [1, 10] : [0, 1];
  if (isLog) return [least / 1.25, most * 1.25];
  const [from, to] = [Math.min(0, least), Math.max(0, most)];
  const room = 0.05 * (to - from);
  // No dot lies on the frame.
  return to > from ? [from - (from < 0 ? room : room / 2), to + room] : [-0.05, 1];
}

/** A vertical line and its name above the frame. */
function referenceLayers(
  { value, label }: NonNullable<DotWhiskerOptions["reference"]>,
  x: object,
): object[] {
  const at = { data: { values: [{ value }] }, encoding: { x: { ...x, field: "value" } } };
  return [
    { ...at, mark: { type: "rule", strokeDash: [3, 2], color: "#666666" } },
    {
      ...at,
      mark: {
        type: "text",
        baseline: "bottom",
        y: -1,
        text: shortText(label, 20),
        fontSize: FONT_SIZE - 1,
        color: "#444444",
      },
    },
  ];
}
