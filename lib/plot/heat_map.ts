import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A value at one level of each of two factors. */
export interface HeatRow {
  /** Level of the factor on the horizontal axis. */
  readonly x: string | number;
  /** Level of the factor on the vertical axis. */
  readonly y: string | number;
  /** Null leaves the place empty. */
  readonly value: number | null;
}

/** Options of {@linkcode heatMap}. */
export interface HeatMapOptions {
  /** Names of the factors and of the value, with their units. */
  readonly xTitle: string;
  /** Name of the vertical factor with its unit. */
  readonly yTitle: string;
  /** Name of the value with its unit. */
  readonly valueTitle: string;
  /** Format of the values as d3 has it; default three digits of the greatest, and as many decimals of all. */
  readonly format?: string;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Light to dark, also in grey. */
const COLOURS = ["#F7FBFF", "#C6DBEF", "#85B7D9", "#3F8FC4", "#0B5E9B", "#08306B"];
const ROW_HEIGHT = 16;

/** A value over two factors: darker is more, every value is written in its place. */
export function heatMap(rows: readonly HeatRow[], options: HeatMapOptions): FigureSpec {
  const { xTitle, yTitle, valueTitle, column = 1 } = options;
  const drawn = rows.filter((row) => row.value !== null);
  const values = drawn.map((row) => row.value as number);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), -Infinity);
  const format = options.format ?? formatOf(values);
  const levels = (of: (row: HeatRow) => string | number) => [...new Set(rows.map(of))];
  const ys = levels((row) => row.y);
  const place = {
    x: {
      field: "x",
      type: "ordinal",
      title: xTitle,
      scale: { domain: levels((row) => row.x) },
      axis: { labelAngle: 0, ticks: false, domain: false },
    },
    y: {
      field: "y",
      type: "ordinal",
      title: yTitle,
      scale: { domain: ys },
      axis: { ticks: false, domain: false, labelLimit: 0.25 * FIGURE_WIDTH[column] },
    },
  };
  return figure({
    // Every value is written: a key of the shades would say nothing more.
    title: { text: valueTitle, offset: 5 },
    data: { values: drawn },
    width: FIGURE_WIDTH[column],
    // The title of the vertical axis is higher than a row.
    height: 50 + Math.max(3 * ROW_HEIGHT, ROW_HEIGHT * ys.length),
    autosize: { type: "fit", contains: "padding" },
    encoding: place,
    layer: [
      {
        mark: { type: "rect", stroke: "white", strokeWidth: 0.5 },
        encoding: {
          color: {
            field: "value",
            type: "quantitative",
            scale: { domain: [least, most], range: COLOURS, interpolate: "rgb" },
            legend: null,
          },
        },
      },
      {
        mark: { type: "text" },
        encoding: {
          text: { field: "value", type: "quantitative", format },
          color: {
            condition: { test: `datum.value > ${least + 0.5 * (most - least)}`, value: "white" },
            value: "#222222",
          },
        },
      },
    ],
  });
}

/** As many decimals for all as give the greatest value three digits, unless the least would vanish. */
function formatOf(values: readonly number[]): string {
  const sizes = values.map(Math.abs).filter((value) => value > 0);
  if (sizes.length === 0) return ".3~r";
  const most = sizes.reduce((a, b) => Math.max(a, b));
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(most)));
  const vanishes = sizes.some((size) => size < 0.95 * 10 ** -decimals);
  return vanishes || most >= 1e6 ? ".3~r" : `.${decimals}f`;
}
