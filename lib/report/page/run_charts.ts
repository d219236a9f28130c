import {
  type FigureSpec,
  type PhaseRow,
  scaleSpec,
  type TimelineRow,
  type TimeUnit,
} from "../../plot/mod.ts";
import { figure } from "../../plot/spec.ts";
import { PALETTE } from "../../plot/theme.ts";
import type { FigureSlo } from "../standard_figures.ts";
import type { PercentilePoint } from "./client/percentiles.ts";
import { PIXELS_PER_POINT, withTooltips } from "./screen_figure.ts";

/** Room left of the panels for labels and titles, and right of them for the key, points. */
const LEFT = 44;
const RIGHT = 92;
/** The figures of a run take the width of the page, points of a screen's {@linkcode PIXELS_PER_POINT}. */
const WIDTH = 690 - LEFT - RIGHT;
const PANEL_HEIGHT = 56;
/** Instances above which their lives are not drawn one by one. */
export const MOST_LIVES = 300;

const STATE_COLOURS: Readonly<Record<string, string>> = {
  busy: "#0072B2",
  ready: "#0072B2",
  idle: "#A6CEE3",
  starting: "#E69F00",
  draining: "#999999",
};

interface Panel {
  readonly title: string;
  readonly isStacked?: boolean;
  readonly isShare?: boolean;
  readonly series: readonly (readonly [label: string, key: keyof TimelineRow])[];
}

const PANELS: readonly Panel[] = [
  {
    title: "Rate (1/s)",
    series: [["arrivals", "arrivalsPerSecond"], ["completions", "completionsPerSecond"]],
  },
  { title: "Requests", series: [["running", "running"], ["queued", "queued"]] },
  {
    title: "Instances",
    isStacked: true,
    series: [["busy", "busy"], ["idle", "idle"], ["starting", "starting"], [
      "draining",
      "draining",
    ]],
  },
  {
    title: "Use (%)",
    isShare: true,
    series: [["busy time", "busyFraction"], ["KV cache", "kvUtilization"], ["MFU", "mfu"]],
  },
];

/** End of the time that is drawn, seconds. */
export function endOfTime(rows: readonly TimelineRow[]): number {
  return rows.at(-1)?.timeSeconds ?? 1;
}

/** A figure drawn for a screen, with what a mark stands for where the pointer is. */
function onScreen(views: object): FigureSpec {
  const spec = scaleSpec(figure(views), PIXELS_PER_POINT);
  return withTooltips(spec as unknown as Record<string, unknown>) as unknown as FigureSpec;
}

/**
 * What happens over time, on one axis: a strip in which a time is chosen (the parameter `window`, in
 * the figure's unit), and below it rates, requests, instances, their use and their lives in that time:
 * from `time_from` to `time_to`, which the page sets as the strip or its fields say.
 */
export function timeChart(
  rows: readonly TimelineRow[],
  lives: readonly PhaseRow[],
  unit: TimeUnit,
): FigureSpec {
  const drawn = rows.length === 0 ? rows : [{ ...rows[0], timeSeconds: 0 }, ...rows];
  const end = endOfTime(rows) / unit.seconds;
  const time = (row: TimelineRow) => row.timeSeconds / unit.seconds;
  const panels = PANELS.map((panel, i) => panelView(panel, drawn, time, unit, i));
  const instances = new Set(lives.map((row) => row.instance)).size;
  return onScreen({
    spacing: 8,
    params: [{ name: "time_from", value: 0 }, { name: "time_to", value: end }],
    resolve: { scale: { color: "independent" } },
    vconcat: [
      stripView(drawn.map((row) => ({ time: time(row), value: row.arrivalsPerSecond })), end),
      ...panels,
      ...(instances === 0 || instances > MOST_LIVES ? [] : [livesView(lives, instances, unit)]),
    ],
  });
}

/** Arrivals, among which a time is chosen; what is chosen has a band. */
function stripView(values: readonly object[], end: number) {
  const x = {
    type: "quantitative",
    scale: { domain: [0, end], nice: false },
    axis: { title: null, format: "~r", tickCount: 8 },
  };
  return {
    width: WIDTH,
    height: 28,
    title: "Drag across the strip to choose a time; click it to see all",
    layer: [
      {
        data: { values },
        params: [{
          name: "window",
          select: {
            ...{ type: "interval", encodings: ["x"], translate: false, zoom: false },
            // The band shows what is chosen, however it was.
            mark: { fillOpacity: 0, strokeOpacity: 0 },
          },
        }],
        mark: { type: "area", interpolate: "step-before", color: "#56B4E9", tooltip: null },
        encoding: {
          x: { ...x, field: "time" },
          y: {
            field: "value",
            type: "quantitative",
            title: "Arrivals",
            axis: { tickCount: 1, titleX: -LEFT + 12, minExtent: LEFT - 4, format: "~s" },
          },
        },
      },
      {
        data: { values: [{}] },
        mark: {
          ...{ type: "rect", color: "#333333", tooltip: null, clip: true },
          opacity: { expr: `time_from <= 0 && time_to >= ${end} ? 0 : 0.22` },
        },
        encoding: {
          x: { ...x, datum: { expr: "time_from" } },
          x2: { datum: { expr: "time_to" } },
        },
      },
    ],
  };
}

/** The axis of time of the panels below the strip: what is chosen there. */
function chosenTime(field: string, unit: TimeUnit, isLast: boolean) {
  return {
    field,
    type: "quantitative",
    scale: { domainMin: { expr: "time_from" }, domainMax: { expr: "time_to" }, nice: false },
    axis: { title: isLast ? `Time (${unit.symbol})` : null, format: "~r", tickCount: 8 },
  };
}

function panelView(
  { title, series, isStacked, isShare }: Panel,
  rows: readonly TimelineRow[],
  time: (row: TimelineRow) => number,
  unit: TimeUnit,
  index: number,
) {
  const name = `series_${index}`;
  return {
    width: WIDTH,
    height: PANEL_HEIGHT,
    data: {
      values: series.flatMap(([label, key], order) =>
        rows.map((row) => ({ time: time(row), [name]: label, value: row[key], order }))
      ),
    },
    // A field of its own: a click on a key would fade all panels that have one of that name.
    params: [{ name: `only_${name}`, select: { type: "point", fields: [name] }, bind: "legend" }],
    mark: isStacked
      ? { type: "area", interpolate: "step-before", clip: true }
      : { type: "line", interpolate: isShare ? "linear" : "step-before", clip: true },
    encoding: {
      x: chosenTime("time", unit, false),
      y: {
        field: "value",
        type: "quantitative",
        title,
        ...(isStacked && { stack: "zero" }),
        ...(isShare && { scale: { domain: [0, 1] } }),
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
        field: name,
        type: "nominal",
        sort: null,
        scale: {
          domain: series.map(([label]) => label),
          range: series.map(([label], i) => STATE_COLOURS[label] ?? PALETTE[i]),
        },
        legend: { orient: "right", direction: "vertical", columns: 1 },
      },
      opacity: { condition: { param: `only_${name}`, value: 1 }, value: 0.12 },
      ...(isStacked && { order: { field: "order" } }),
    },
  };
}

/** Lives of instances, a row each. */
function livesView(lives: readonly PhaseRow[], instances: number, unit: TimeUnit) {
  const phases = [...new Set(lives.map((row) => row.phase))];
  const others = PALETTE.filter((colour) => !Object.values(STATE_COLOURS).includes(colour));
  let next = 0;
  return {
    width: WIDTH,
    height: Math.max(40, Math.min(280, 10 * instances)),
    data: {
      values: lives.map((row) => ({
        instance: row.instance,
        phase: row.phase,
        from: row.startSeconds / unit.seconds,
        to: row.endSeconds / unit.seconds,
        seconds: row.endSeconds - row.startSeconds,
      })),
    },
    params: [{ name: "phases", select: { type: "point", fields: ["phase"] }, bind: "legend" }],
    mark: { type: "bar", clip: true, strokeWidth: 0 },
    encoding: {
      x: chosenTime("from", unit, true),
      x2: { field: "to" },
      y: {
        field: "instance",
        type: "ordinal",
        title: "Instance",
        scale: { paddingInner: instances > 60 ? 0 : 0.2 },
        axis: {
          titleX: -LEFT + 12,
          minExtent: LEFT - 4,
          labelOverlap: true,
          ticks: false,
          domain: false,
        },
      },
      color: {
        field: "phase",
        type: "nominal",
        sort: null,
        scale: {
          domain: phases,
          range: phases.map((phase) => STATE_COLOURS[phase] ?? others[next++ % others.length]),
        },
        legend: { orient: "right", direction: "vertical", columns: 1 },
      },
      opacity: { condition: { param: "phases", value: 1 }, value: 0.12 },
      tooltip: [
        { field: "instance", title: "Instance" },
        { field: "phase", title: "Phase" },
        { field: "seconds", title: "Seconds", format: ".4~r" },
      ],
    },
  };
}

/**
 * Latency by percentile, the tail as wide as the rest: points are in the data set `points`, which the
 * page fills where it holds all requests.
 */
export function percentileChart(
  points: readonly PercentilePoint[],
  slo: FigureSlo = {},
): FigureSpec {
  const domain = [...new Set(["TTFT", "TPOT", "E2E", ...points.map((point) => point.series)])];
  const limits = ([["TTFT", slo.ttft_s], ["TPOT", slo.tpot_s], ["E2E", slo.e2e_s]] as const)
    .flatMap(([series, seconds]) =>
      seconds === null || seconds === undefined ? [] : [{ series, seconds, label: `${series} SLO` }]
    );
  const color = {
    field: "series",
    type: "nominal",
    sort: null,
    scale: { domain, range: domain.map((_, i) => PALETTE[i % PALETTE.length]) },
  };
  const y = { field: "seconds", type: "quantitative", scale: { type: "log", nice: false } };
  return onScreen({
    width: WIDTH,
    height: 190,
    datasets: { points },
    layer: [
      {
        data: { name: "points" },
        params: [
          { name: "curve", select: { type: "point", fields: ["series"] }, bind: "legend" },
          { name: "zoom", select: { type: "interval" }, bind: "scales" },
        ],
        mark: { type: "line", clip: true },
        encoding: {
          x: {
            field: "nines",
            type: "quantitative",
            title: "Percentile",
            axis: {
              values: [0, Math.log10(2), 1, 2, 3, 4, 5],
              labelExpr: "format(100 * (1 - pow(10, -datum.value)), '~r') + ' %'",
            },
          },
          y: { ...y, title: "Latency (s)", axis: { format: "~r", tickCount: 6 } },
          color: { ...color, legend: { orient: "right", direction: "vertical", columns: 1 } },
          opacity: { condition: { param: "curve", value: 1 }, value: 0.12 },
        },
      },
      ...(limits.length === 0 ? [] : limitMarks(limits, y, color)),
    ],
  });
}

/** Limits as lines with their names. */
function limitMarks(limits: readonly object[], y: object, color: object): object[] {
  return [
    {
      data: { values: limits },
      mark: { type: "rule", strokeDash: [3, 2], clip: true },
      encoding: { y, color },
    },
    {
      data: { values: limits },
      mark: { type: "text", align: "right", x: WIDTH - 2, dy: -5, clip: true },
      encoding: { y, text: { field: "label" } },
    },
  ];
}
