import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { labelLayers, placeLabels } from "./place_labels.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { shortText } from "./short_text.ts";
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

const HEIGHT = 132;

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

/** Room around the frame for axes, points. */
const LEFT = 44;
const RIGHT = 8;
/** Letters of a label at most. */
const LETTERS = 24;

/** An axis of the figure: its encoding, and where a value stands on it as a share of its length. */
interface ParetoAxis {
  readonly encoding: object;
  readonly share: (value: number) => number;
}

/**
 * Choices by two costs, with the front of those that are worth considering as a line. Labels stand
 * beside their points where they find room; those of the front first.
 */
export function paretoFront(rows: readonly ParetoRow[], options: ParetoFrontOptions): FigureSpec {
  const { xTitle, yTitle, xLog, yLog, column = 1 } = options;
  const drawn = rows.filter((row) => !(xLog && !(row.x > 0)) && !(yLog && !(row.y > 0)));
  const series = [...new Set(drawn.map((row) => row.series))];
  const key = seriesKey(series, column);
  const width = FIGURE_WIDTH[column] - LEFT - RIGHT;
  const x = paretoAxis("x", xTitle, drawn.map((row) => row.x), xLog);
  const y = paretoAxis("y", yTitle, drawn.map((row) => row.y), yLog);
  const position = { x: x.encoding, y: y.encoding };
  const front = paretoRows(drawn);
  const others = drawn.filter((row) => !front.includes(row));
  const labels = placeLabels(
    [...front, ...others].map((row) => ({
      x: width * x.share(row.x),
      y: HEIGHT * (1 - y.share(row.y)),
      label: shortText(row.label, LETTERS),
    })),
    { width, height: HEIGHT },
  );
  return figure({
    width,
    height: HEIGHT,
    layer: [
      {
        data: { values: front },
        mark: { type: "line", interpolate: "step-after", color: "#999999", strokeWidth: 1 },
        encoding: position,
      },
      seriesPoints(drawn, { key, position, size: 28 }),
      ...labelLayers(labels),
    ],
  });
}

/** An axis from 0, or a logarithmic one, with some room beyond the outermost values. */
function paretoAxis(
  field: "x" | "y",
  title: string,
  values: readonly number[],
  isLog = false,
): ParetoAxis {
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const [from, to] = values.length === 0 || !(most > 0)
    ? [isLog ? 1 : 0, isLog ? 10 : 1]
    : isLog
    ? [least / (most / least) ** 0.08 / 1.2, most * (most / least) ** 0.08 * 1.2]
    : [0, 1.12 * most];
  return {
    share: isLog
      ? (value) => Math.log(value / from) / Math.log(to / from)
      : (value) => (value - from) / (to - from),
    encoding: {
      field,
      type: "quantitative",
      title,
      scale: isLog
        ? { type: "log", nice: false, domain: [from, to] }
        : { domain: [from, to], nice: false },
      axis: {
        labelOverlap: true,
        ...(isLog
          ? { values: logTicks([from, to]), format: numberFormat([from, to]) }
          : { tickCount: 5, format: "~s" }),
        ...(field === "y" && { minExtent: LEFT - 16, maxExtent: LEFT - 16 }),
      },
    },
  };
}
