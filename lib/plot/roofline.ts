import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** One call of an operator. */
export interface RooflineRow {
  /** Operator that was called. */
  readonly series: string;
  /** Arithmetic intensity, FLOPs per byte of memory traffic. */
  readonly flopsPerByte: number;
  /** Rate that was achieved, FLOP/s. */
  readonly flopsPerSecond: number;
}

/** What a processor can do at most. */
export interface Roof {
  /** Name of the roof, such as "bf16". */
  readonly label: string;
  /** Peak arithmetic rate, FLOP/s. */
  readonly flopsPerSecond: number;
  /** Peak memory rate, bytes/s. */
  readonly bytesPerSecond: number;
}

/** Options of {@linkcode roofline}. */
export interface RooflineOptions {
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/**
 * Achieved rates over arithmetic intensity on logarithmic axes, below the roofs of the processor.
 *
 * @source Williams, Waterman, Patterson, Roofline, Communications of the ACM 52(4), 2009
 */
export function roofline(
  rows: readonly RooflineRow[],
  roofs: readonly Roof[],
  options: RooflineOptions = {},
): FigureSpec {
  const { column = 1 } = options;
  const drawn = rows.filter((row) => row.flopsPerByte > 0 && row.flopsPerSecond > 0);
  const teraflops = drawn.map((row) => ({ ...row, teraflops: row.flopsPerSecond / 1e12 }));
  const key = seriesKey([...new Set(drawn.map((row) => row.series))], column);
  const xDomain = domain(drawn.map((row) => row.flopsPerByte));
  const peaks = roofs.map((roof) => roof.flopsPerSecond / 1e12);
  const yDomain = domain([...teraflops.map((row) => row.teraflops), ...peaks]);
  const axis = (field: string, title: string, span: readonly number[]) => ({
    field,
    type: "quantitative",
    title,
    scale: { type: "log", nice: false, domain: span },
    axis: { format: numberFormat(span), values: logTicks(span), labelOverlap: true },
  });
  const position = {
    x: axis("flopsPerByte", "Arithmetic intensity (FLOP/byte)", xDomain),
    y: axis("teraflops", "Achieved rate (TFLOP/s)", yDomain),
  };
  const lines = roofs.map((roof) => ({
    data: { values: corners(roof, xDomain) },
    mark: { type: "line", clip: true, color: "#222222", strokeWidth: 0.9 },
    encoding: position,
  }));
  // The highest roof has its name above, the others below: two can lie close together.
  const highest = roofs.reduce((most, roof) => Math.max(most, roof.flopsPerSecond), 0);
  const labels = roofs.map((roof) => ({
    data: {
      values: [{
        flopsPerByte: xDomain[1],
        teraflops: roof.flopsPerSecond / 1e12,
        label: roof.label,
      }],
    },
    mark: {
      type: "text",
      align: "right",
      baseline: roof.flopsPerSecond === highest ? "bottom" : "top",
      dx: -2,
      dy: roof.flopsPerSecond === highest ? -1 : 2,
    },
    encoding: { ...position, text: { field: "label" } },
  }));
  return figure({
    width: FIGURE_WIDTH[column],
    height: FIGURE_WIDTH[1] * 0.8 + key.height,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      seriesPoints(teraflops, { key, position, size: 6, opacity: 0.5 }),
      ...lines,
      ...labels,
    ],
  });
}

function domain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [1, 10];
  const least = values.reduce((a, b) => Math.min(a, b));
  const most = values.reduce((a, b) => Math.max(a, b));
  return [least / 1.3, most * 1.5];
}

/** A roof: along the memory's slope up to the ridge, then level. */
function corners({ flopsPerSecond, bytesPerSecond }: Roof, [from, to]: readonly number[]) {
  const ridge = Math.min(to, Math.max(from, flopsPerSecond / bytesPerSecond));
  return [from, ridge, to].map((flopsPerByte) => ({
    flopsPerByte,
    teraflops: Math.min(flopsPerSecond, flopsPerByte * bytesPerSecond) / 1e12,
  }));
}
