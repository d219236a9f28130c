import { flowKey } from "./flow_key.ts";
import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { placeLabels } from "./place_labels.ts";
import { type SeriesKey, seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { shortText } from "./short_text.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A choice and what it costs in both respects; less is better. */
export interface ParetoRow {
  /** Group that the choice is of: a colour and a mark. */
  readonly series: string;
  /** Short name of the choice, drawn beside it; "" for none. */
  readonly label: string;
  /** Cost on the horizontal axis. */
  readonly x: number;
  /** Cost on the vertical axis. */
  readonly y: number;
  /** Ends of the interval of `x`, drawn as a line; absent: none is known. */
  readonly xInterval?: readonly [lower: number, upper: number];
  /** Ends of the interval of `y`. */
  readonly yInterval?: readonly [lower: number, upper: number];
}

/** Options of {@linkcode paretoFront}. */
export interface ParetoFrontOptions {
  /** Titles of the axes with their units. */
  readonly xTitle: string;
  /** Title of the vertical axis with its unit. */
  readonly yTitle: string;
  /** A logarithmic horizontal axis. */
  readonly xLog?: boolean;
  /** A logarithmic vertical axis. */
  readonly yLog?: boolean;
  /**
   * What the intervals are, such as "lines: 95 % intervals"; stands below the title of
   * the axis, in several lines where it has line breaks.
   */
  readonly intervals?: string;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const HEIGHT = 190;
/** What the numbers and the title below the frame take, points. */
const X_AXIS_ROOM = 30;
/** What the title of the vertical axis and the margins take, points. */
const TITLE_ROOM = 22;
/** Size of labels, points. */
const LABEL_SIZE = 7;
/** Letters of a label at most. */
const LETTERS = 24;
/** Share of an axis beyond the outermost choices. */
const ROOM = 0.08;

/** The rows that no other row betters in one respect without being worse in the other, by `x`. */
export function paretoRows<Row extends { readonly x: number; readonly y: number }>(
  rows: readonly Row[],
): Row[] {
  const front: Row[] = [];
  for (const row of rows.toSorted((a, b) => a.x - b.x || a.y - b.y)) {
    if (front.length === 0 || row.y < front[front.length - 1].y) front.push(row);
  }
  return front;
}

/** Choices by two costs, with the front of those that are worth considering as a line. */
export function paretoFront(
  choices: readonly ParetoRow[],
  options: ParetoFrontOptions,
): FigureSpec {
  const { xTitle, yTitle, xLog, yLog, intervals, column = 1 } = options;
  const rows = choices.filter((row) => !(xLog && !(row.x > 0)) && !(yLog && !(row.y > 0)));
  const series = [...new Set(rows.map((row) => row.series))];
  const key = seriesKey(series, column);
  const xs = rows.flatMap((row) => [row.x, ...row.xInterval ?? []]);
  const ys = rows.flatMap((row) => [row.y, ...row.yInterval ?? []]);
  const extent = labelExtent(ys);
  // A frame of known size: labels are placed in it.
  const width = FIGURE_WIDTH[column] - extent - TITLE_ROOM;
  const height = HEIGHT - X_AXIS_ROOM;
  const x = axisScale(xs, width, xLog);
  const y = axisScale(ys, height, yLog);
  const axis = (
    field: "x" | "y",
    title: string | readonly string[],
    { domain }: AxisScale,
    isLog = false,
  ) => ({
    field,
    type: "quantitative",
    title,
    scale: { type: isLog ? "log" : "linear", domain, nice: false },
    axis: {
      ...(isLog
        ? { values: logTicks(domain), format: numberFormat(domain), labelOverlap: true }
        : { tickCount: 5, format: ",~r", labelOverlap: true }),
      ...(field === "y" && { minExtent: extent, maxExtent: extent }),
    },
  });
  const xTitles = intervals === undefined ? xTitle : [xTitle, ...intervals.split("\n")];
  const position = { x: axis("x", xTitles, x, xLog), y: axis("y", yTitle, y, yLog) };
  const at = (row: { readonly x: number; readonly y: number }) => ({
    x: x.toPoints(row.x),
    y: height - y.toPoints(row.y),
  });
  const labels = placeLabels(
    rows.map((row) => ({ label: shortText(row.label, LETTERS), ...at(row) })),
    {
      ...{ width, height, points: rows.map(at), fontSize: LABEL_SIZE },
    },
  );
  const xAt = (points: number) => x.fromPoints(points);
  const yAt = (points: number) => y.fromPoints(height - points);
  return figure({
    width,
    height,
    layer: [
      {
        data: { values: paretoRows(rows) },
        mark: { type: "line", interpolate: "step-after", color: "#999999", strokeWidth: 1 },
        encoding: position,
      },
      {
        data: {
          values: labels.flatMap(({ x: from, y: above, lead }) =>
            lead === undefined
              ? []
              : [{ x: xAt(from), y: yAt(above), x2: xAt(lead.x), y2: yAt(lead.y) }]
          ),
        },
        mark: { type: "rule", color: "#999999", strokeWidth: 0.5 },
        encoding: { ...position, x2: { field: "x2" }, y2: { field: "y2" } },
      },
      ...intervalRules(rows, { position, key, least: { x: x.domain[0], y: y.domain[0] } }),
      // Outlines, so that none hides another that lies below it.
      seriesPoints(rows, { key, position, size: 28, isHollow: true, legend: null }),
      ...flowKey(key, { left: -extent, width: width + extent, isHollow: true }).layers,
      {
        data: {
          values: labels.map(({ label, left, middle }) => ({
            ...{ label, x: xAt(left), y: yAt(middle) },
          })),
        },
        // Clipped, as Vega takes letters to be wider than they are, and the figure with them.
        mark: { type: "text", align: "left", baseline: "middle", fontSize: LABEL_SIZE, clip: true },
        encoding: { ...position, text: { field: "label" } },
      },
    ],
  });
}

/** A line in the colour of its series for each interval that is known. */
function intervalRules(
  rows: readonly ParetoRow[],
  { position, key, least }: {
    readonly position: { readonly x: object; readonly y: object };
    readonly key: SeriesKey;
    /** Where the axes begin, and with them the lines of intervals that reach below. */
    readonly least: { readonly x: number; readonly y: number };
  },
): object[] {
  const color = { ...key.color, legend: null };
  const mark = { type: "rule", strokeWidth: 1 };
  const across = rows.flatMap(({ series, y, xInterval }) =>
    xInterval === undefined
      ? []
      : [{ series, y, x: Math.max(xInterval[0], least.x), x2: xInterval[1] }]
  );
  const upright = rows.flatMap(({ series, x, yInterval }) =>
    yInterval === undefined
      ? []
      : [{ series, x, y: Math.max(yInterval[0], least.y), y2: yInterval[1] }]
  );
  return [
    ...(across.length > 0
      ? [{ data: { values: across }, mark, encoding: { ...position, x2: { field: "x2" }, color } }]
      : []),
    ...(upright.length > 0
      ? [{ data: { values: upright }, mark, encoding: { ...position, y2: { field: "y2" }, color } }]
      : []),
  ];
}

/** An axis of known length: what is where, in points from its beginning. */
interface AxisScale {
  readonly domain: readonly [number, number];
  toPoints(value: number): number;
  fromPoints(points: number): number;
}

/** An axis that leaves room beyond the greatest value and, by ratios, below the least. */
function axisScale(all: readonly number[], points: number, isLog = false): AxisScale {
  const values = isLog ? all.filter((value) => value > 0) : all;
  const [least, most] = values.length === 0
    ? [1, 10]
    : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  const beyond = isLog ? Math.max(1.2, (most / least) ** ROOM) : 1;
  const domain = isLog
    ? [least / beyond, most * beyond] as const
    : [0, most > 0 ? (1 + ROOM) * most : 1] as const;
  const [from, to] = isLog ? [Math.log(domain[0]), Math.log(domain[1])] : domain;
  return {
    domain,
    toPoints: (value) => ((isLog ? Math.log(value) : value) - from) / (to - from) * points,
    fromPoints: (at) => {
      const value = from + at / points * (to - from);
      return isLog ? Math.exp(value) : value;
    },
  };
}

/** Room of the numbers beside the vertical axis, points. */
function labelExtent(values: readonly number[]): number {
  const most = Math.max(0, ...values);
  const letters = most >= 10 ? Math.round(most).toLocaleString("en-US").length : 3;
  return Math.ceil(letters * 0.66 * FONT_SIZE + 6);
}
