import { logTicks } from "./log_ticks.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

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

const HEIGHT = 170;

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
  const axis = (field: "x" | "y", title: string, isLog = false) => ({
    field,
    type: "quantitative",
    title,
    // Room for the labels of the outermost choices.
    scale: isLog
      ? { type: "log", nice: false, padding: 24 }
      : { domain: [0, 1.12 * Math.max(0, ...rows.map((row) => row[field]))], nice: false },
    axis: isLog
      ? { values: logTicks(rows.map((row) => row[field])), format: "~r", labelOverlap: true }
      : { tickCount: 5, format: "~s", labelOverlap: true },
  });
  const position = { x: axis("x", xTitle, xLog), y: axis("y", yTitle, yLog) };
  return figure({
    width: FIGURE_WIDTH[column],
    height: HEIGHT + key.height,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      {
        data: { values: paretoRows(rows) },
        mark: { type: "line", interpolate: "step-after", color: "#999999", strokeWidth: 1 },
        encoding: position,
      },
      seriesPoints(rows, { key, position, size: 28 }),
      {
        data: { values: labelled(rows, { xLog, yLog, width: FIGURE_WIDTH[column] }) },
        mark: { type: "text", align: "left", dx: 5, dy: -5, fontSize: 7 },
        encoding: { ...position, text: { field: "label" } },
      },
    ],
  });
}

/** The rows whose labels find room: one that would lie on an earlier label is left out. */
function labelled(
  rows: readonly ParetoRow[],
  { xLog = false, yLog = false, width }: { xLog?: boolean; yLog?: boolean; width: number },
): ParetoRow[] {
  const position = (of: (row: ParetoRow) => number, isLog: boolean, points: number) => {
    const scaled = (row: ParetoRow) => isLog ? Math.log(of(row)) : of(row);
    const values = rows.map(scaled);
    const least = isLog ? Math.min(...values) : 0;
    const span = Math.max(...values) - least;
    return (row: ParetoRow) => span > 0 ? (scaled(row) - least) / span * points : 0;
  };
  // The axis takes a sixth of the width or so.
  const x = position((row) => row.x, xLog, 0.8 * width);
  const y = position((row) => row.y, yLog, 0.75 * HEIGHT);
  const placed: ParetoRow[] = [];
  for (const row of rows.filter((one) => one.label !== "")) {
    const free = placed.every((other) => {
      const [left, right] = x(row) < x(other) ? [row, other] : [other, row];
      const letters = left.label.length * 4.5 + 2;
      return x(right) - x(left) > letters || Math.abs(y(row) - y(other)) > 8;
    });
    if (free) placed.push(row);
  }
  return placed;
}
