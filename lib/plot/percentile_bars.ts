import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A percentile of one series. */
export interface PercentileRow {
  /** Quantity that the percentile is of. */
  readonly series: string;
  /** Label of the percentile, such as "p99". */
  readonly percentile: string;
  /** Value of the percentile, seconds. */
  readonly seconds: number;
}

/** Options of {@linkcode percentileBars}. */
export interface PercentileBarsOptions {
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Shades of one blue from light to dark: low percentiles to high ones, also in grey. */
const SHADES = ["#C6DBEF", "#85B7D9", "#3F8FC4", "#0B5E9B", "#08306B"] as const;

/** Room left of the bars for titles and labels, points. */
const LEFT = 58;
const ROW_HEIGHT = 11;

/** Percentiles of latencies as bars with their values; each series has a scale of its own. */
export function percentileBars(
  rows: readonly PercentileRow[],
  options: PercentileBarsOptions = {},
): FigureSpec {
  const { column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const percentiles = [...new Set(rows.map((row) => row.percentile))];
  const step = (SHADES.length - 1) / Math.max(1, percentiles.length - 1);
  const shades = percentiles.map((_, i) => SHADES[Math.round(i * step)]);
  return figure({
    spacing: 6,
    vconcat: series.map((name) => {
      const own = rows.filter((row) => row.series === name);
      const inMs = own.every((row) => row.seconds < 1);
      const values = own.map(({ percentile, seconds }) => ({
        percentile,
        latency: inMs ? seconds * 1000 : seconds,
      }));
      const longest = Math.max(0, ...values.map((value) => value.latency));
      return {
        data: { values },
        width: FIGURE_WIDTH[column] - LEFT,
        height: ROW_HEIGHT * values.length,
        encoding: {
          y: {
            field: "percentile",
            type: "nominal",
            sort: null,
            title: `${name} (${inMs ? "ms" : "s"})`,
            axis: { ticks: false, titleX: 18 - LEFT, minExtent: LEFT - 18 },
          },
          x: {
            field: "latency",
            type: "quantitative",
            axis: null,
            // Room for the value at the end of the longest bar.
            scale: { domain: [0, longest > 0 ? longest * 1.15 : 1], nice: false },
          },
        },
        layer: [
          {
            mark: { type: "bar", height: { band: 0.8 } },
            encoding: {
              color: {
                field: "percentile",
                type: "nominal",
                sort: null,
                scale: { domain: percentiles, range: shades },
                legend: null,
              },
            },
          },
          {
            mark: { type: "text", align: "left", dx: 3 },
            encoding: { text: { field: "latency", type: "quantitative", format: ".3~r" } },
          },
        ],
      };
    }),
  });
}
