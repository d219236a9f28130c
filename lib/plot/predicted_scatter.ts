import { KEY_LINE_HEIGHT, keyColumns } from "./key_columns.ts";
import { logTicks } from "./log_ticks.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** A measured value and the predicted one. */
export interface ScatterRow {
  readonly series: string;
  readonly measured: number;
  readonly predicted: number;
}

/** Options of {@linkcode predictedScatter}. */
export interface PredictedScatterOptions {
  /** Name and unit of the value, such as "TTFT (ms)". */
  readonly title: string;
  /** Error that the outer lines show, relative; default 0.2. */
  readonly within?: number;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"] as const;

/** Predicted against measured values on logarithmic axes: on the line they are equal. */
export function predictedScatter(
  rows: readonly ScatterRow[],
  options: PredictedScatterOptions,
): FigureSpec {
  const { title, within = 0.2, column = 1 } = options;
  const drawn = rows.filter((row) => row.measured > 0 && row.predicted > 0);
  const series = [...new Set(drawn.map((row) => row.series))];
  const values = drawn.flatMap((row) => [row.measured, row.predicted]);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity) / 1.25;
  const most = values.reduce((a, b) => Math.max(a, b), 0) * 1.25;
  const domain = drawn.length > 0 ? [least, most] : [1, 10];
  const columns = keyColumns(series, column);
  const lines = Math.ceil(series.length / columns);
  const pick = <T>(choices: readonly T[]) => series.map((_, i) => choices[i % choices.length]);
  const axis = (field: string, axisTitle: string) => ({
    field,
    type: "quantitative",
    title: axisTitle,
    scale: { type: "log", nice: false, domain },
    axis: { format: "~r", values: logTicks(domain), labelOverlap: true },
  });
  const position = {
    x: axis("measured", `Measured ${title}`),
    y: axis("predicted", `Predicted ${title}`),
  };
  const line = (factor: number, dash: readonly number[]) => ({
    data: {
      values: domain.map((value) => ({ measured: value, predicted: value * factor })),
    },
    mark: { type: "line", clip: true, color: "#888888", strokeWidth: 0.75, strokeDash: dash },
    encoding: position,
  });
  return figure({
    width: FIGURE_WIDTH[column],
    height: FIGURE_WIDTH[1] * 0.9 + KEY_LINE_HEIGHT * Math.max(0, lines - 1),
    autosize: { type: "fit", contains: "padding" },
    layer: [
      line(1, [1, 0]),
      line(1 + within, [2, 2]),
      line(1 - within, [2, 2]),
      {
        data: { values: drawn },
        mark: { type: "point", filled: true, size: 22, opacity: 0.85 },
        encoding: {
          ...position,
          color: {
            field: "series",
            type: "nominal",
            sort: null,
            scale: { domain: series, range: pick(PALETTE) },
            legend: series.length > 1 ? { columns } : null,
          },
          shape: {
            field: "series",
            type: "nominal",
            sort: null,
            scale: { domain: series, range: pick(SHAPES) },
          },
        },
      },
    ],
  });
}
