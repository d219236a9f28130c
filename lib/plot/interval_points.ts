import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A value with its interval. */
export interface IntervalRow {
  /** What the value is of: rows of one label stand in one line, in the order of first sight. */
  readonly label: string;
  /** Which of the values of a label it is: a colour and a mark. */
  readonly series: string;
  /** The value itself. */
  readonly value: number;
  /** Lower end of its interval; equal to `value` where it is exact. */
  readonly lower: number;
  /** Upper end of its interval. */
  readonly upper: number;
}

/** Options of {@linkcode intervalPoints}. */
export interface IntervalPointsOptions {
  /** Title of the horizontal axis with its unit. */
  readonly xTitle: string;
  /** Values that the axis holds in any case, such as [0, 1] of shares; default 0. */
  readonly least?: readonly number[];
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const LINE_HEIGHT = 10;
/** Of a letter, points: 0.8 of its size, as Vega takes it where it cannot measure. */
const LETTER = 6.4;

/** Values by label and series as points with their intervals. */
export function intervalPoints(
  rows: readonly IntervalRow[],
  options: IntervalPointsOptions,
): FigureSpec {
  const { xTitle, least = [0], column = 1 } = options;
  const labels = [...new Set(rows.map(({ label }) => label))];
  const series = [...new Set(rows.map((row) => row.series))];
  const key = seriesKey(series, column);
  const left = Math.min(
    0.5 * FIGURE_WIDTH[column],
    12 + LETTER * Math.max(0, ...labels.map((label) => label.length)),
  );
  const ends = [...least, ...rows.flatMap(({ lower, upper }) => [lower, upper])];
  const [low, high] = ends.length === 0 ? [0, 1] : [Math.min(...ends), Math.max(...ends)];
  // Room for half a mark beside the outermost values.
  const room = 0.02 * (high - low);
  const place = {
    y: {
      field: "label",
      type: "nominal",
      sort: null,
      scale: { domain: labels, paddingInner: 0.3 },
      axis: { title: null, ticks: false, domain: false, labelLimit: left - 6, minExtent: left - 4 },
    },
    yOffset: { field: "series", type: "nominal", sort: null, scale: { domain: series } },
  };
  const x = {
    type: "quantitative",
    title: xTitle,
    scale: {
      domain: [low - room, high + room],
      nice: false,
      zero: false,
    },
    axis: { tickCount: 5, format: "~r", labelOverlap: true },
  };
  return figure({
    width: FIGURE_WIDTH[column] - left - 12,
    height: LINE_HEIGHT * Math.max(1, labels.length) * Math.max(1, series.length) +
      (series.length > 1 ? key.height : 6),
    data: { values: rows },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1.25 },
        encoding: {
          ...place,
          x: { ...x, field: "lower" },
          x2: { field: "upper" },
          color: { ...key.color, legend: series.length > 1 ? { columns: key.columns } : null },
        },
      },
      seriesPoints(rows, { key, position: { ...place, x: { ...x, field: "value" } }, size: 26 }),
    ],
  });
}
