import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";
import { type TimeUnit, timeUnit } from "./time_axis.ts";

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
const PANEL_HEIGHT = 42;

interface Series {
  readonly label: string;
  readonly value: (row: TimelineRow) => number;
  readonly colour: string;
  /** Drawn as a line; otherwise as an area, above those before it. */
  readonly isLine?: boolean;
}

const RATES: readonly Series[] = [
  { label: "arrivals", value: (row) => row.arrivalsPerSecond, colour: "#A6CEE3" },
  {
    label: "completions",
    value: (row) => row.completionsPerSecond,
    colour: PALETTE[4],
    isLine: true,
  },
];

const STATES: readonly Series[] = [
  { label: "busy", value: (row) => row.busy, colour: "#0072B2" },
  { label: "idle", value: (row) => row.idle, colour: "#A6CEE3" },
  { label: "starting", value: (row) => row.starting, colour: "#E69F00" },
  { label: "draining", value: (row) => row.draining, colour: "#999999" },
];

/** Quantities that have a panel, and a scale, of their own. */
const QUANTITIES: readonly (readonly [title: string, (row: TimelineRow) => number])[] = [
  ["Running", (row) => row.running],
  ["Queued", (row) => row.queued],
];
const SHARES: readonly (readonly [title: string, (row: TimelineRow) => number])[] = [
  ["Busy (%)", (row) => 100 * row.busyFraction],
  ["KV use (%)", (row) => 100 * row.kvUtilization],
  ["MFU (%)", (row) => 100 * row.mfu],
];

/** A panel: its title and what is in it. */
interface Panel {
  readonly title: string;
  readonly series: readonly Series[];
  /** Greatest value of its axis; default: the greatest that is drawn. */
  readonly most?: number;
}

/**
 * Arrivals and completions, requests, instances by state and utilisation, one above the other on one
 * time axis; what differs in size has a scale of its own.
 */
export function clusterTimeline(
  rows: readonly TimelineRow[],
  options: ClusterTimelineOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const unit = timeUnit(Math.max(0, ...rows.map((row) => row.timeSeconds)));
  const states = STATES.filter(({ value }) => rows.some((row) => value(row) > 0));
  // A row stands at the end of its interval: the first one begins at 0.
  const drawn = rows.length === 0 ? rows : [{ ...rows[0], timeSeconds: 0 }, ...rows];
  const alone = ([title, value]: (typeof QUANTITIES)[number], most?: number): Panel => ({
    title,
    series: [{ label: title, value, colour: PALETTE[0], isLine: true }],
    ...(most !== undefined && { most }),
  });
  const panels: readonly Panel[] = [
    { title: "Rate (1/s)", series: RATES },
    ...QUANTITIES.map((one) => alone(one)),
    { title: "Instances", series: states.length > 0 ? states : STATES.slice(0, 1) },
    // The time in steps is all or nothing; the others have their own scales.
    ...SHARES.map((one, i) => alone(one, i === 0 ? 100 : undefined)),
  ];
  return figure({
    // Panels stand at equal distances, whatever their titles are.
    bounds: "flush",
    spacing: 12,
    resolve: { scale: { color: "independent" } },
    vconcat: panels.map((panel, i) =>
      panelSpec(panel, drawn, {
        width: FIGURE_WIDTH[column] - LEFT - RIGHT,
        unit,
        isLast: i === panels.length - 1,
      })
    ),
  });
}

function panelSpec(
  { title, series, most }: Panel,
  rows: readonly TimelineRow[],
  { width, unit, isLast }: {
    readonly width: number;
    readonly unit: TimeUnit;
    readonly isLast: boolean;
  },
): object {
  const times = rows.map((row) => row.timeSeconds / unit.seconds);
  const values = series.flatMap(({ label, value }, order) =>
    rows.map((row, i) => ({ time: times[i], series: label, value: value(row), order }))
  );
  const format = values.some(({ value }) => value >= 1000) ? "~s" : "~r";
  const isDrawn = values.some(({ value }) => value > 0);
  const isLine = new Set(series.filter((one) => one.isLine).map((one) => one.label));
  const encoding = (stack: "zero" | null) => ({
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
      stack,
      scale: most !== undefined || !isDrawn ? { domain: [0, most ?? 1] } : { zero: true },
      axis: { tickCount: 3, titleX: -LEFT + 12, minExtent: LEFT - 4, format },
    },
    color: {
      field: "series",
      type: "nominal",
      sort: null,
      scale: {
        domain: series.map((one) => one.label),
        range: series.map((one) => one.colour),
      },
      legend: series.length > 1
        ? { orient: "right", direction: "vertical", symbolType: "square", columns: 1 }
        : null,
    },
    ...(stack && { order: { field: "order" } }),
  });
  const areas = values.filter((row) => !isLine.has(row.series));
  const lines = values.filter((row) => isLine.has(row.series));
  return {
    width,
    height: PANEL_HEIGHT,
    layer: [
      ...(areas.length > 0 || lines.length === 0
        ? [{
          data: { values: areas },
          mark: { type: "area", interpolate: "step-before" },
          encoding: encoding("zero"),
        }]
        : []),
      ...(lines.length > 0
        ? [{
          data: { values: lines },
          mark: { type: "line", interpolate: "step-before", strokeWidth: 1 },
          encoding: encoding(null),
        }]
        : []),
    ],
  };
}
