import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, DASHES, FIGURE_WIDTH, PALETTE } from "./theme.ts";
import { timeUnit } from "./time_axis.ts";

/** State of a cluster over one interval. */
export interface TimelineRow {
  /** End of the interval, seconds. */
  readonly timeSeconds: number;
  /** Requests that arrived, per second. */
  readonly arrivalsPerSecond: number;
  /** Requests that ended, per second. */
  readonly completionsPerSecond: number;
  /** Requests waiting and in work. */
  readonly queued: number;
  /** Requests in work. */
  readonly running: number;
  /** Instances by state. */
  readonly starting: number;
  /** Instances that are ready and have no request. */
  readonly idle: number;
  /** Instances in a step. */
  readonly busy: number;
  /** Instances that end once their requests have. */
  readonly draining: number;
  /** Shares of the instances that are up, 0..1. */
  readonly busyFraction: number;
  /** Share of KV blocks in use, 0..1. */
  readonly kvUtilization: number;
  /** Share of the peak FLOP/s that was used, 0..1. */
  readonly mfu: number;
}

/** Options of {@linkcode clusterTimeline}. */
export interface ClusterTimelineOptions {
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/** Room left of the panels for labels and titles, and right of them for the key, points. */
const LEFT = 44;
const RIGHT = 87;
const PANEL_HEIGHT = 62;

interface Series {
  readonly label: string;
  readonly value: (row: TimelineRow) => number;
  readonly colour?: string;
}

const STATES: readonly Series[] = [
  { label: "busy", value: (row) => row.busy, colour: "#0072B2" },
  { label: "idle", value: (row) => row.idle, colour: "#A6CEE3" },
  { label: "starting", value: (row) => row.starting, colour: "#E69F00" },
  { label: "draining", value: (row) => row.draining, colour: "#999999" },
];

/** Arrivals, requests, instances by state and utilisation, one above the other on one time axis. */
export function clusterTimeline(
  rows: readonly TimelineRow[],
  options: ClusterTimelineOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const unit = timeUnit(Math.max(0, ...rows.map((row) => row.timeSeconds)));
  const states = STATES.filter(({ value }) => rows.some((row) => value(row) > 0));
  const width = FIGURE_WIDTH[column] - LEFT - RIGHT;
  // A row stands at the end of its interval: the first one begins at 0.
  const drawn = rows.length === 0 ? rows : [{ ...rows[0], timeSeconds: 0 }, ...rows];
  const times = drawn.map((row) => row.timeSeconds / unit.seconds);
  const panel = (
    title: string,
    series: readonly Series[],
    { stacked = false, isShare = false, isLast = false } = {},
  ) => {
    const domain = series.map((one) => one.label);
    return {
      width,
      height: PANEL_HEIGHT,
      data: {
        values: series.flatMap(({ label, value }, order) =>
          drawn.map((row, i) => ({
            time: times[i],
            series: label,
            value: value(row),
            ...(stacked && { order }),
          }))
        ),
      },
      mark: stacked
        ? { type: "area", interpolate: "step-before" }
        : { type: "line", interpolate: isShare ? "linear" : "step-before", strokeWidth: 1 },
      encoding: {
        x: {
          field: "time",
          type: "quantitative",
          scale: { nice: false, domain: [0, times.at(-1) ?? 1] },
          axis: {
            title: isLast ? `Time (${unit.symbol})` : null,
            labels: isLast,
            format: "~r",
            tickCount: 8,
          },
        },
        y: {
          field: "value",
          type: "quantitative",
          title,
          ...(stacked ? { stack: "zero" } : {}),
          ...(isShare ? { scale: { domain: [0, 1] } } : {}),
          axis: {
            tickCount: 3,
            titleX: -LEFT + 12,
            minExtent: LEFT - 4,
            ...(isShare
              ? { labelExpr: "round(datum.value * 100)", values: [0, 0.5, 1] }
              : { format: "~s" }),
          },
        },
        color: {
          field: "series",
          type: "nominal",
          sort: null,
          scale: { domain, range: series.map((one, i) => one.colour ?? PALETTE[i]) },
          legend: {
            orient: "right",
            direction: "vertical",
            symbolType: stacked ? "square" : "stroke",
            columns: 1,
          },
        },
        ...(stacked ? { order: { field: "order" } } : {
          strokeDash: {
            field: "series",
            type: "nominal",
            sort: null,
            scale: { domain, range: series.map((_, i) => DASHES[i]) },
          },
        }),
      },
    };
  };
  return figure({
    spacing: 6,
    resolve: { scale: { color: "independent", strokeDash: "independent" } },
    vconcat: [
      panel("Rate (1/s)", [
        { label: "arrivals", value: (row) => row.arrivalsPerSecond },
        { label: "completions", value: (row) => row.completionsPerSecond },
      ]),
      panel("Requests", [
        { label: "running", value: (row) => row.running },
        { label: "queued", value: (row) => row.queued },
      ]),
      panel("Instances", states.length > 0 ? states : STATES.slice(0, 1), { stacked: true }),
      panel("Use (%)", [
        { label: "busy time", value: (row) => row.busyFraction },
        { label: "KV cache", value: (row) => row.kvUtilization },
        { label: "MFU", value: (row) => row.mfu },
      ], { isShare: true, isLast: true }),
    ],
  });
}
