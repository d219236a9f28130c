import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A percentile of one series. */
export interface PercentileRow {
  readonly series: string;
  /** Label of the percentile, such as "p99". */
  readonly percentile: string;
  readonly seconds: number;
}

/** Options of {@linkcode percentileBars}. */
export interface PercentileBarsOptions {
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Shades of one blue from light to dark: low percentiles to high ones, also in grey. */
const SHADES = ["#C6DBEF", "#85B7D9", "#3F8FC4", "#0B5E9B", "#08306B"] as const;

/** Percentiles of latencies as groups of bars with their values, one scale for each series. */
export function percentileBars(
  rows: readonly PercentileRow[],
  options: PercentileBarsOptions = {},
): FigureSpec {
  const { column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const percentiles = [...new Set(rows.map((row) => row.percentile))];
  const step = (SHADES.length - 1) / Math.max(1, percentiles.length - 1);
  const shades = percentiles.map((_, i) => SHADES[Math.round(i * step)]);
  // Room for the axis: titles and labels of each panel stand left of it.
  const width = Math.floor(FIGURE_WIDTH[column] / Math.max(1, series.length)) - 14;
  return figure({
    spacing: 8,
    hconcat: series.map((name) => {
      const own = rows.filter((row) => row.series === name);
      const inMs = own.every((row) => row.seconds < 1);
      const values = own.map(({ percentile, seconds }) => ({
        percentile,
        latency: inMs ? seconds * 1000 : seconds,
      }));
      const encoding = {
        x: {
          field: "percentile",
          type: "nominal",
          sort: null,
          axis: { title: null, labelAngle: 0, labelFontSize: 7, ticks: false, domain: true },
        },
        y: {
          field: "latency",
          type: "quantitative",
          axis: null,
          scale: { domainMin: 0, domainMax: 1.12 * Math.max(0, ...values.map((v) => v.latency)) },
        },
      };
      return {
        title: { text: `${name} (${inMs ? "ms" : "s"})`, anchor: "middle" },
        data: { values },
        width,
        height: 90,
        encoding,
        layer: [
          {
            mark: { type: "bar", width: { band: 0.8 } },
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
            mark: { type: "text", baseline: "bottom", dy: -1, fontSize: 7 },
            encoding: { text: { field: "latency", type: "quantitative", format: ".3~r" } },
          },
        ],
      };
    }),
  });
}
