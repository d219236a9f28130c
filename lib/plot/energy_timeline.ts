import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH } from "./theme.ts";
import { timeUnit } from "./time_axis.ts";

/** What a cluster draws over one interval, watts. */
export interface PowerRow {
  /** End of the interval, seconds. */
  readonly timeSeconds: number;
  /** GPUs in steps. */
  readonly busyWatts: number;
  /** GPUs of instances that are ready, without a step. */
  readonly idleWatts: number;
  /** GPUs of instances that start or wake. */
  readonly startingWatts: number;
  /** Machines beside their GPUs. */
  readonly hostWatts: number;
}

/** Options of {@linkcode energyTimeline}. */
export interface EnergyTimelineOptions {
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** States from the bottom of the stack up: their names, values and colours. */
const STATES: readonly (readonly [string, (row: PowerRow) => number, string])[] = [
  ["GPUs busy", (row) => row.busyWatts, "#0072B2"],
  ["GPUs idle", (row) => row.idleWatts, "#A6CEE3"],
  ["GPUs starting", (row) => row.startingWatts, "#E69F00"],
  ["hosts", (row) => row.hostWatts, "#999999"],
];

/** Power by state over time, stacked. */
export function energyTimeline(
  rows: readonly PowerRow[],
  options: EnergyTimelineOptions = {},
): FigureSpec {
  const { column = 1 } = options;
  const unit = timeUnit(Math.max(0, ...rows.map((row) => row.timeSeconds)));
  const total = (row: PowerRow) => STATES.reduce((sum, [, value]) => sum + value(row), 0);
  const most = Math.max(0, ...rows.map(total));
  const [scale, symbol] = most >= 1000 ? [1000, "kW"] : [1, "W"];
  // A row stands at the end of its interval: the first one begins at 0.
  const drawn = rows.length === 0 ? rows : [{ ...rows[0], timeSeconds: 0 }, ...rows];
  const values = STATES.flatMap(([state, value], order) =>
    drawn.map((row) => ({
      time: row.timeSeconds / unit.seconds,
      state,
      power: value(row) / scale,
      order,
    }))
  );
  return figure({
    width: FIGURE_WIDTH[column],
    height: 130,
    autosize: { type: "fit", contains: "padding" },
    data: { values },
    mark: { type: "area", interpolate: "step-before" },
    encoding: {
      x: {
        field: "time",
        type: "quantitative",
        scale: {
          nice: false,
          domain: [0, (drawn.at(-1)?.timeSeconds ?? unit.seconds) / unit.seconds],
        },
        axis: { title: `Time (${unit.symbol})`, format: "~r", tickCount: 6 },
      },
      y: {
        field: "power",
        type: "quantitative",
        stack: "zero",
        title: `Power (${symbol})`,
        scale: most > 0 ? { zero: true } : { domain: [0, 1] },
        axis: { tickCount: 4, format: "~r" },
      },
      order: { field: "order", type: "quantitative" },
      color: {
        field: "state",
        type: "nominal",
        sort: null,
        scale: { domain: STATES.map(([state]) => state), range: STATES.map(([, , c]) => c) },
        legend: { orient: "top", symbolType: "square", columns: column === 1 ? 2 : 4 },
      },
    },
  });
}
