import { logTicks } from "./log_ticks.ts";
import { seriesKey } from "./series_key.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A point of the distribution of one series, such as TTFT. */
export interface CdfRow {
  /** Curve that the point is on. */
  readonly series: string;
  /** Latency, seconds. */
  readonly seconds: number;
  /** Share of the values that are at most `seconds`, 0..1. */
  readonly share: number;
}

/** A limit drawn as a vertical line. */
export interface SloLine {
  /** Curve that the limit is of. */
  readonly series: string;
  /** Limit, seconds. */
  readonly seconds: number;
}

/** Options of {@linkcode latencyCdf}. */
export interface LatencyCdfOptions {
  /** Limits that are drawn as vertical lines. */
  readonly slo?: readonly SloLine[];
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const HEIGHT = 150;

/** Cumulative distributions of latencies on a logarithmic axis, with limits as vertical lines. */
export function latencyCdf(rows: readonly CdfRow[], options: LatencyCdfOptions = {}): FigureSpec {
  const { slo = [], column = 1 } = options;
  const drawn = rows.filter((row) => row.seconds > 0);
  const series = [...new Set(drawn.map((row) => row.series))];
  const { columns, lines, height, color, dash } = seriesKey(series, column);
  const inMs = drawn.every((row) => row.seconds < 1);
  const scaled = (seconds: number) => inMs ? seconds * 1000 : seconds;
  const x = { type: "quantitative", scale: { type: "log", nice: false } } as const;
  const limits = slo.filter((line) => series.includes(line.series)).map((line) => ({
    series: line.series,
    latency: scaled(line.seconds),
    label: `${line.series} SLO`,
  }));
  const curves = {
    data: { values: drawn.map((r) => ({ ...r, latency: scaled(r.seconds), seconds: undefined })) },
    mark: { type: "line", interpolate: "step-after" },
    encoding: {
      x: {
        ...x,
        field: "latency",
        title: `Latency (${inMs ? "ms" : "s"})`,
        axis: { values: logTicks(drawn.map((row) => scaled(row.seconds))), format: "~r" },
      },
      y: {
        field: "share",
        type: "quantitative",
        title: "Cumulative share (%)",
        scale: { domain: [0, 1] },
        axis: { values: [0, 0.25, 0.5, 0.75, 1], labelExpr: "round(datum.value * 100)" },
      },
      color: { ...color, legend: { symbolType: "stroke", ...(lines > 1 && { columns }) } },
      strokeDash: dash,
      detail: { field: "series" },
    },
  };
  const rules = {
    data: { values: limits },
    mark: { type: "rule", strokeDash: [2, 1] },
    encoding: { x: { ...x, field: "latency" }, color },
  };
  const label = { type: "text", align: "left", angle: 270, dy: -4, y: HEIGHT - 48 } as const;
  const text = { x: { ...x, field: "latency" }, text: { field: "label" } };
  const labels = { data: { values: limits }, encoding: text };
  // A white edge keeps the letters apart from curves that cross them.
  const halo = { ...labels, mark: { ...label, stroke: "white", strokeWidth: 2 } };
  const words = { ...labels, mark: label, encoding: { ...text, color } };
  return figure({
    width: FIGURE_WIDTH[column],
    height: HEIGHT + height,
    autosize: { type: "fit", contains: "padding" },
    layer: limits.length > 0 ? [curves, rules, halo, words] : [curves],
  });
}
