import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";

/** A part of the mean latency of a band of requests. */
export interface LatencyPartRow {
  /** Latency that is split: the title of a panel. */
  readonly panel: string;
  /** Band of requests, such as "p90 to p99": a bar. */
  readonly band: string;
  /** Part, in the order of the stack. */
  readonly part: string;
  /** Its mean, seconds. */
  readonly seconds: number;
}

/** Options of {@linkcode latencyParts}. */
export interface LatencyPartsOptions {
  /** All parts that figures of a kind may have, in the order of the stack: each keeps its colour. */
  readonly parts?: readonly string[];
  /** Columns of a page; default 2: panels side by side; in 1 they stand one above the other. */
  readonly column?: ColumnSpan;
}

const GAP = 14;
const ROW_HEIGHT = 14;
const KEY_ROW = 14;
/** Room for the names of the bands, and for the mean at the end of a bar, points. */
const NAMES = 68;
const TOTAL = 54;

/** Neighbours in the stack differ in grey too. */
const COLOURS = [
  "#555555",
  "#E69F00",
  "#D55E00",
  "#0072B2",
  "#CC79A7",
  "#F0E442",
  "#8C6D31",
  "#BBBBBB",
  "#009E73",
  "#56B4E9",
] as const;

/** Share of a bar below which a part is too thin to be seen and to stand in the key. */
const THINNEST = 0.004;

/**
 * Mean latencies of bands of requests, split into parts: stacked bars of the parts' shares, so that a
 * band of 100 ms is read as well as one of 100 s, with the mean itself at their ends.
 */
export function latencyParts(
  rows: readonly LatencyPartRow[],
  options: LatencyPartsOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const panels = [...new Set(rows.map(({ panel }) => panel))];
  const order = [...new Set([...options.parts ?? [], ...rows.map(({ part }) => part)])];
  const bars = new Map<string, number>();
  const barOf = ({ panel, band }: Pick<LatencyPartRow, "panel" | "band">) => `${panel}\n${band}`;
  for (const row of rows) bars.set(barOf(row), (bars.get(barOf(row)) ?? 0) + row.seconds);
  const shares = rows.filter(({ seconds }) => seconds > 0)
    .map((row) => ({ ...row, share: row.seconds / bars.get(barOf(row))! }));
  const seen = order.filter((part) =>
    shares.some((row) => row.part === part && row.share >= THINNEST)
  );
  const side = column === 2 ? panels.length : 1;
  const width = (FIGURE_WIDTH[column] - GAP * (side - 1)) / Math.max(1, side) - NAMES - TOTAL;
  const columns = column === 2 ? 5 : 2;
  const keyHeight = KEY_ROW * Math.ceil(seen.length / columns);
  const key = {
    symbolType: "square",
    columns,
    orient: "none",
    columnPadding: 4,
    legendX: -NAMES,
    legendY: -keyHeight - 18,
    values: seen,
  };
  return figure({
    spacing: GAP,
    [column === 2 ? "hconcat" : "vconcat"]: panels.map((panel) => {
      const own = shares.filter((row) => row.panel === panel);
      const bands = [...new Set(rows.filter((row) => row.panel === panel).map(({ band }) => band))];
      const y = {
        field: "band",
        type: "nominal",
        sort: null,
        scale: { domain: bands },
        axis: { title: null, ticks: false, domain: false, minExtent: NAMES - 4 },
      };
      return {
        title: { text: panel, frame: "group" },
        width,
        height: ROW_HEIGHT * bands.length,
        layer: [
          {
            data: { values: own.map((row) => ({ ...row, order: order.indexOf(row.part) })) },
            mark: { type: "bar", stroke: "white", strokeWidth: 0.4, height: { band: 0.78 } },
            encoding: {
              y,
              x: {
                field: "share",
                type: "quantitative",
                stack: "zero",
                title: "Share of the mean (%)",
                scale: { domain: [0, 1], nice: false },
                axis: {
                  values: [0, 0.25, 0.5, 0.75, 1],
                  labelExpr: "round(datum.value * 100)",
                  titlePadding: 2,
                },
              },
              order: { field: "order", type: "quantitative" },
              color: {
                field: "part",
                type: "nominal",
                sort: null,
                scale: { domain: order, range: order.map((_, i) => COLOURS[i % COLOURS.length]) },
                legend: key,
              },
            },
          },
          {
            data: {
              values: bands.map((band) => ({
                band,
                share: 1,
                text: timeText(bars.get(barOf({ panel, band }))!),
              })),
            },
            mark: { type: "text", align: "left", dx: 4 },
            encoding: {
              y,
              x: { field: "share", type: "quantitative" },
              text: { field: "text", type: "nominal" },
            },
          },
        ],
      };
    }),
  });
}

/** Seconds with three digits and the unit that reads best: "82.1 ms", "50.4 s". */
function timeText(seconds: number): string {
  const [value, unit] = seconds < 0.9995 ? [seconds * 1000, "ms"] : [seconds, "s"];
  const decimals = value > 0 ? Math.max(0, 2 - Math.floor(Math.log10(value))) : 0;
  return `${value.toFixed(Math.min(decimals, 3))} ${unit}`;
}
