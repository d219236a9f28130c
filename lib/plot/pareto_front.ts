import { logTicks } from "./log_ticks.ts";
import { placeLabels } from "./place_labels.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
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
export function paretoFront(rows: readonly ParetoRow[], options: ParetoFrontOptions): FigureSpec {
  const { xTitle, yTitle, xLog, yLog, column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const key = seriesKey(series, column);
  const extent = labelExtent(rows.map((row) => row.y));
  // A frame of known size: labels are placed in it.
  const width = FIGURE_WIDTH[column] - extent - TITLE_ROOM;
  const height = HEIGHT - X_AXIS_ROOM;
  const x = axisScale(rows.map((row) => row.x), width, xLog);
  const y = axisScale(rows.map((row) => row.y), height, yLog);
  const axis = (field: "x" | "y", title: string, { domain }: AxisScale, isLog = false) => ({
    field,
    type: "quantitative",
    title,
    scale: { type: isLog ? "log" : "linear", domain, nice: false },
    axis: {
      ...(isLog
        ? { values: logTicks(rows.map((row) => row[field])), format: "~r", labelOverlap: true }
        : { tickCount: 5, format: ",~r", labelOverlap: true }),
      ...(field === "y" && { minExtent: extent, maxExtent: extent }),
    },
  });
  const position = { x: axis("x", xTitle, x, xLog), y: axis("y", yTitle, y, yLog) };
  const at = (row: { readonly x: number; readonly y: number }) => ({
    x: x.toPoints(row.x),
    y: height - y.toPoints(row.y),
  });
  const labels = placeLabels(rows.map((row) => ({ label: row.label, ...at(row) })), {
    ...{ width, height, points: rows.map(at), fontSize: LABEL_SIZE },
  });
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
      seriesPoints(rows, { key, position, size: 28 }),
      {
        data: {
          values: labels.map(({ label, left, middle }) => ({
            ...{ label, x: xAt(left), y: yAt(middle) },
          })),
        },
        mark: { type: "text", align: "left", baseline: "middle", fontSize: LABEL_SIZE },
        encoding: { ...position, text: { field: "label" } },
      },
    ],
  });
}

/** An axis of known length: what is where, in points from its beginning. */
interface AxisScale {
  readonly domain: readonly [number, number];
  toPoints(value: number): number;
  fromPoints(points: number): number;
}

/** An axis that leaves room beyond the greatest value and, by ratios, below the least. */
function axisScale(values: readonly number[], points: number, isLog = false): AxisScale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
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
