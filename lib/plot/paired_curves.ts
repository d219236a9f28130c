import { keyColumns } from "./key_columns.ts";
import { numberFormat } from "./number_format.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, DASHES, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** A point of one curve in one panel. */
export interface CurveRow {
  /** Title of the panel, such as "Running\nrequests". */
  readonly panel: string;
  /** Curve that the point is on. */
  readonly series: string;
  /** Time, seconds. */
  readonly timeSeconds: number;
  /** Value at that time. */
  readonly value: number;
}

/** Options of {@linkcode pairedCurves}. */
export interface PairedCurvesOptions {
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

const LEFT = 54;
const RIGHT = 10;
const PANEL_HEIGHT = 70;

/** Curves over time, such as measured and predicted ones, in panels one above the other. */
export function pairedCurves(
  rows: readonly CurveRow[],
  options: PairedCurvesOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const series = [...new Set(rows.map((row) => row.series))];
  const format = (panel: string) =>
    numberFormat(rows.filter((row) => row.panel === panel).map((row) => row.value));
  const key = keyColumns(series, column);
  const end = rows.reduce((latest, row) => Math.max(latest, row.timeSeconds), 0);
  return figure({
    spacing: 6,
    vconcat: panels.map((panel, i) => ({
      width: FIGURE_WIDTH[column] - LEFT - RIGHT,
      height: PANEL_HEIGHT,
      data: {
        values: rows.filter((row) => row.panel === panel).map((row) => ({
          series: row.series,
          time: row.timeSeconds,
          value: row.value,
        })),
      },
      mark: { type: "line", strokeWidth: 1 },
      encoding: {
        x: {
          field: "time",
          type: "quantitative",
          scale: { nice: false, domain: [0, end] },
          axis: { title: i === panels.length - 1 ? "Time (s)" : null, format: "~r", tickCount: 8 },
        },
        y: {
          field: "value",
          type: "quantitative",
          title: panel.split("\n"),
          axis: { tickCount: 3, titleX: -LEFT + 12, minExtent: LEFT - 4, format: format(panel) },
        },
        color: {
          field: "series",
          type: "nominal",
          sort: null,
          scale: { domain: series, range: series.map((_, k) => PALETTE[k % PALETTE.length]) },
          legend: { symbolType: "stroke", columns: key },
        },
        strokeDash: {
          field: "series",
          type: "nominal",
          sort: null,
          scale: { domain: series, range: series.map((_, k) => DASHES[k % DASHES.length]) },
        },
      },
    })),
  });
}
