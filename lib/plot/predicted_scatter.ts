import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A measured value and the predicted one. */
export interface ScatterRow {
  /** Group that the point is of. */
  readonly series: string;
  /** Measured value. */
  readonly measured: number;
  /** Predicted value, in the same unit. */
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

/**
 * Predicted against measured values on logarithmic axes: on the line they are equal. Points are hollow,
 * so that none covers another; those beyond the dashed lines are filled.
 */
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
  const key = seriesKey(series, column);
  const axis = (field: string, axisTitle: string) => ({
    field,
    type: "quantitative",
    title: axisTitle,
    scale: { type: "log", nice: false, domain },
    axis: { format: numberFormat(domain), values: logTicks(domain), labelOverlap: true },
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
    height: FIGURE_WIDTH[1] * 0.9 + key.height,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      line(1, [1, 0]),
      line(1 + within, [2, 2]),
      line(1 - within, [2, 2]),
      seriesPoints(drawn, { key, position, size: 22, isHollow: true }),
      seriesPoints(drawn.filter((row) => isBeyond(row, within)), { key, position, size: 22 }),
      {
        data: { values: [{}] },
        mark: {
          type: "text",
          align: "left",
          baseline: "top",
          x: 4,
          y: 4,
          fontSize: FONT_SIZE - 1,
          text: `dashed: ±${Number((100 * within).toPrecision(3))} %; filled: beyond`,
        },
      },
    ],
  });
}

/** Whether a prediction is further off than the dashed lines show. */
function isBeyond({ measured, predicted }: ScatterRow, within: number): boolean {
  return Math.abs(predicted / measured - 1) > within;
}
