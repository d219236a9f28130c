import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** One measurement and its prediction. */
export interface PredictionRow {
  readonly series: string;
  readonly measuredSeconds: number;
  readonly predictedSeconds: number;
}

/** Options of {@linkcode predictedMeasured}. */
export interface PredictedMeasuredOptions {
  /** What is compared, such as "TPOT". */
  readonly quantity: string;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const HEIGHT = 210;
const SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"] as const;

/**
 * Predictions over measurements on logarithmic axes, milliseconds: a perfect one lies on the
 * diagonal, the dashed lines are 10 % off.
 */
export function predictedMeasured(
  rows: readonly PredictionRow[],
  options: PredictedMeasuredOptions,
): FigureSpec {
  const { quantity, column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const all = rows.flatMap((row) => [row.measuredSeconds, row.predictedSeconds]);
  const least = 1000 * all.reduce((a, b) => Math.min(a, b), Infinity) / 1.1;
  const most = 1000 * all.reduce((a, b) => Math.max(a, b), 0) * 1.1;
  const axis = (field: string, title: string) => ({
    field,
    type: "quantitative",
    title,
    scale: { type: "log", domain: [least, most], nice: false },
    axis: { format: "~s", tickCount: 4 },
  });
  const x = axis("measured", `Measured ${quantity} (ms)`);
  const y = axis("predicted", `Predicted ${quantity} (ms)`);
  const line = (factor: number) => ({
    data: {
      values: [least, most].map((measured) => ({ measured, predicted: factor * measured })),
    },
    mark: {
      type: "line",
      color: "#888888",
      strokeWidth: 0.5,
      clip: true,
      ...(factor !== 1 && { strokeDash: [2, 2] }),
    },
    encoding: { x, y },
  });
  return figure({
    width: FIGURE_WIDTH[column],
    height: HEIGHT,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      line(1),
      line(0.9),
      line(1.1),
      {
        data: {
          values: rows.map((row) => ({
            series: row.series,
            measured: Number((1000 * row.measuredSeconds).toPrecision(4)),
            predicted: Number((1000 * row.predictedSeconds).toPrecision(4)),
          })),
        },
        mark: { type: "point", filled: true, size: 12, opacity: 0.75, clip: true, aria: false },
        encoding: {
          x,
          y,
          color: {
            field: "series",
            type: "nominal",
            sort: null,
            scale: { domain: series, range: series.map((_, i) => PALETTE[i % PALETTE.length]) },
            legend: { columns: 2 },
          },
          shape: {
            field: "series",
            type: "nominal",
            sort: null,
            scale: { domain: series, range: series.map((_, i) => SHAPES[i % SHAPES.length]) },
          },
        },
      },
    ],
  });
}
