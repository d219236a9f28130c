import { keyColumns } from "./key_columns.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** Dollars of one use in one deployment. */
export interface CostRow {
  /** Deployment or policy: one bar. */
  readonly series: string;
  /** Use, in the order of the stack: busy, idle, cold starts. */
  readonly use: string;
  /** Cost, US dollars. */
  readonly usd: number;
}

/** Options of {@linkcode costBreakdown}. */
export interface CostBreakdownOptions {
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const COLOURS = ["#0072B2", "#A6CEE3", "#E69F00", "#D55E00", "#CC79A7"] as const;

/** Room for the names of deployments, points: longer ones are cut. */
const NAMES = 84;

/** Share of a bar below which a part of it is too thin to be seen and to stand in the key. */
const SMALLEST_SHARE = 0.005;

/** What a deployment costs by use: one stacked bar for each, the total at its end. */
export function costBreakdown(
  rows: readonly CostRow[],
  options: CostBreakdownOptions = {},
): FigureSpec {
  const { column = 1 } = options;
  const series = [...new Set(rows.map((row) => row.series))];
  const drawn = rows.filter((row) => row.usd > 0);
  const uses = [...new Set(drawn.map((row) => row.use))];
  const totalOf = (name: string) =>
    drawn.filter((row) => row.series === name).reduce((sum, row) => sum + row.usd, 0);
  const totals = series.map((name) => ({ series: name, usd: totalOf(name) }));
  const seen = uses.filter((use) =>
    drawn.some((row) => row.use === use && row.usd >= SMALLEST_SHARE * totalOf(row.series))
  );
  const longest = Math.max(0, ...totals.map((total) => total.usd));
  const key = keyColumns(seen, column);
  const y = {
    field: "series",
    type: "nominal",
    sort: null,
    axis: {
      title: null,
      ticks: false,
      labels: series.length > 1,
      domain: false,
      labelLimit: NAMES,
    },
  };
  return figure({
    width: FIGURE_WIDTH[column],
    height: 42 + 14 * Math.max(1, Math.ceil(seen.length / key)) + 16 * series.length,
    autosize: { type: "fit", contains: "padding" },
    layer: [
      {
        data: { values: drawn.map((row) => ({ ...row, order: uses.indexOf(row.use) })) },
        mark: { type: "bar", stroke: "white", strokeWidth: 0.5 },
        encoding: {
          y,
          x: {
            field: "usd",
            type: "quantitative",
            stack: "zero",
            title: "Cost (US$)",
            // Room for the total at the end of the longest bar.
            scale: { domain: [0, longest > 0 ? longest * 1.25 : 1], nice: false },
            axis: { tickCount: 5, grid: false, format: "~r" },
          },
          order: { field: "order", type: "quantitative" },
          color: {
            field: "use",
            type: "nominal",
            sort: null,
            scale: { domain: uses, range: uses.map((_, i) => COLOURS[i % COLOURS.length]) },
            legend: { symbolType: "square", values: seen, columns: key },
          },
        },
      },
      {
        data: { values: totals },
        mark: { type: "text", align: "left", dx: 3 },
        encoding: {
          y,
          x: { field: "usd", type: "quantitative" },
          text: { field: "usd", type: "quantitative", format: longest >= 0.1 ? "$,.2f" : "$.3~r" },
        },
      },
    ],
  });
}
