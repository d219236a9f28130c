import { figure, type FigureSpec } from "../spec.ts";
import { FIGURE_WIDTH, FONT_SIZE } from "../theme.ts";
import {
  type Channel,
  type ChartData,
  type ChartTable,
  chartTable,
  type ChartTools,
  namesOf,
} from "./chart_data.ts";
import {
  barLayers,
  type BarParts,
  cdfLayers,
  type CdfParts,
  type ChartLayers,
  lineLayers,
  type LineParts,
  pointLayers,
  type PointParts,
} from "./marks.ts";

/** A chart: its specification, and the same in panels. */
export interface Chart {
  /** Vega-Lite specification, in points of a page. */
  readonly spec: FigureSpec;
  /**
   * The chart in panels, one for each name of a column.
   *
   * @param columns Panels beside each other; default 2, or 3 across two columns of a page.
   */
  facet(by: Channel, columns?: number): Chart;
}

/** The kinds of charts of some data. `Made` is what each returns. */
export interface Charts<Made = Chart> {
  /** Lines, with bands where `band` asks for intervals. */
  line(parts: LineParts): Made;
  /** Bars, side by side, or one on the other with `stack`. */
  bar(parts: BarParts): Made;
  /** Points. */
  point(parts: PointParts): Made;
  /** Cumulative distributions. */
  cdf(parts: CdfParts): Made;
}

const HEIGHT = 150;
const PANEL_HEIGHT = 110;
/** Room of the vertical axis beside panels, and between panels, points. */
const LEFT = 46;
const GAP = 12;

/**
 * Charts of the rows of a table or a data frame, in the theme of all figures.
 *
 * @throws {RangeError} If a part names no column of the data, or the data have no rows.
 * @throws {TypeError} If the data are no rows.
 *
 * @example
 * ```ts
 * import { meanInterval } from "../../stats/intervals.ts";
 * import { chart } from "./chart.ts";
 *
 * const rows = [{ rate: 1, ttft_p99_s: 0.2 }, { rate: 2, ttft_p99_s: 0.5 }];
 * const { spec } = chart(rows, { interval: meanInterval }).line({ x: "rate", y: "ttft_p99_s" });
 * console.log(spec.$schema); // that of Vega-Lite
 * ```
 */
export function chart(data: ChartData, tools: ChartTools): Charts {
  const table = chartTable(data, tools);
  const make = <P extends { readonly facet?: Channel }>(
    layersOf: (table: ChartTable, parts: P) => ChartLayers,
  ) =>
  (parts: P, columns?: number): Chart => {
    const layers = layersOf(table, parts ?? {});
    return {
      spec: framed(table, layers, columns),
      facet: (by, beside) => make(layersOf)({ ...parts, facet: by }, beside),
    };
  };
  return {
    line: (parts) => make(lineLayers)(parts),
    bar: (parts) => make(barLayers)(parts),
    point: (parts) => make(pointLayers)(parts),
    cdf: (parts) => make(cdfLayers)(parts),
  };
}

function framed(table: ChartTable, layers: ChartLayers, columns?: number): FigureSpec {
  const { points, facet, keyHeight, parts } = layers;
  const { column = 1, title } = parts;
  const common = { data: { values: points }, ...(title !== undefined && { title }) };
  if (facet === undefined) {
    return figure({
      ...common,
      width: FIGURE_WIDTH[column],
      height: (parts.height ?? HEIGHT) + keyHeight,
      autosize: { type: "fit", contains: "padding" },
      layer: layers.layers,
    });
  }
  const names = namesOf(table, facet);
  // A number says nothing by itself.
  const areNumbers = names.every((name) => Number.isFinite(Number(name)));
  const label = (name: unknown) => areNumbers ? `${facet.title}: ${name}` : String(name ?? "none");
  const beside = Math.min(names.length, columns ?? column + 1);
  return figure({
    ...common,
    data: { values: points.map((point) => ({ ...point, panel: label(point[facet.key]) })) },
    columns: beside,
    spacing: GAP,
    facet: {
      field: "panel",
      type: "nominal",
      sort: names.map(label),
      title: null,
      header: { labelFontSize: FONT_SIZE },
    },
    spec: {
      width: Math.floor((FIGURE_WIDTH[column] - LEFT - GAP * (beside - 1)) / beside),
      height: parts.height ?? PANEL_HEIGHT,
      layer: layers.layers,
    },
  });
}
