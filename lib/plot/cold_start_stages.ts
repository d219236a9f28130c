import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** Seconds of a stage in one bar. */
export interface StageRow {
  /** Panel of the bar, such as a system. */
  readonly panel: string;
  /** Bar, such as a model. */
  readonly series: string;
  /** Stage, in the order of the stack. */
  readonly stage: string;
  /** How long the stage takes, seconds. */
  readonly seconds: number;
}

/** A measured total that is drawn as a mark across its bar. */
export interface StageTotal {
  /** Panel of the bar. */
  readonly panel: string;
  /** Bar that is marked. */
  readonly series: string;
  /** Measured total, seconds. */
  readonly seconds: number;
}

/** Options of {@linkcode coldStartStages}. */
export interface ColdStartStagesOptions {
  /** Bars in their order; default as they first appear. */
  readonly series?: readonly string[];
  /** All stages that figures of a kind may have, in the order of the stack: each keeps its colour. */
  readonly stages?: readonly string[];
  /** Measured totals. */
  readonly totals?: readonly StageTotal[];
  /** What the marks are, for the key; default "measured total". */
  readonly totalsLabel?: string;
  /** Title of the axis; default "Time (s)". */
  readonly title?: string;
  /** Room for the names of the bars, which end there, points; default: what they take, at most a third of it. */
  readonly nameWidth?: number;
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/** Room between panels, points. */
const GAP = 12;
const ROW_HEIGHT = 13;
const KEY_HEIGHT = 14;

/** Neighbours differ in grey too; black is for the totals. */
const COLOURS = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#56B4E9",
  "#F0E442",
  "#D55E00",
  "#BBBBBB",
  "#555555",
  "#8C6D31",
] as const;

/** Room for names where nobody says how much: what they take, at most a third of the figure, points. */
function nameRoom(names: readonly string[], column: ColumnSpan): number {
  const letters = names.reduce((most, name) => Math.max(most, name.length), 0);
  // A letter is taken as 0.8 of its size wide, as Vega does where it cannot measure.
  return Math.min(FIGURE_WIDTH[column] / 3, Math.max(62, 10 + 0.8 * FONT_SIZE * letters));
}

/** Stages of cold starts as stacked bars, a panel beside the other on one scale. */
export function coldStartStages(
  rows: readonly StageRow[],
  options: ColdStartStagesOptions = {},
): FigureSpec {
  const { totals = [], totalsLabel = "measured total", title = "Time (s)" } = options;
  const { column = 2 } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const series = [...new Set([...options.series ?? [], ...rows.map((row) => row.series)])];
  const left = options.nameWidth ?? nameRoom(series, column);
  const limit = { labelLimit: left - 4 };
  const seen = new Set(rows.filter((row) => row.seconds > 0).map((row) => row.stage));
  const order = [...new Set([...options.stages ?? [], ...seen])];
  const stages = order.filter((stage) => seen.has(stage));
  const sums = new Map<string, number>();
  for (const { panel, series: bar, seconds } of rows) {
    sums.set(`${panel}\n${bar}`, (sums.get(`${panel}\n${bar}`) ?? 0) + seconds);
  }
  const longest = Math.max(0, ...sums.values(), ...totals.map((total) => total.seconds));
  const keys = totals.length > 0 ? [...stages, totalsLabel] : stages;
  const colours = stages.map((stage) => COLOURS[order.indexOf(stage) % COLOURS.length]);
  // Beside the names of the bars too: the key of one column is wide.
  const columns = column === 1 ? 2 : 5;
  const legend = {
    symbolType: "square",
    columns,
    orient: "none",
    legendX: 6 - left,
    legendY: -KEY_HEIGHT * Math.ceil(keys.length / columns) - (panels.length > 1 ? 16 : 4),
  };
  const width = (FIGURE_WIDTH[column] - left - 18 - GAP * (panels.length - 1)) /
    Math.max(1, panels.length);
  return figure({
    spacing: GAP,
    hconcat: panels.map((panel, index) => {
      const y = {
        field: "series",
        type: "nominal",
        sort: null,
        scale: { domain: series },
        axis: index === 0
          ? { title: null, ticks: false, domain: false, minExtent: left - 4, ...limit }
          : { title: null, ticks: false, domain: false, labels: false },
      };
      return {
        ...(panels.length > 1 ? { title: { text: panel, frame: "group", limit: width } } : {}),
        width,
        height: ROW_HEIGHT * series.length,
        layer: [
          {
            data: {
              values: rows.filter((row) => row.panel === panel && row.seconds > 0)
                .map((row) => ({ ...row, order: stages.indexOf(row.stage) })),
            },
            mark: { type: "bar", stroke: "white", strokeWidth: 0.4, height: { band: 0.78 } },
            encoding: {
              y,
              x: {
                field: "seconds",
                type: "quantitative",
                stack: "zero",
                title,
                scale: { domain: [0, longest > 0 ? longest * 1.03 : 1], nice: false },
                axis: { tickCount: 4, format: "~r", titlePadding: 2 },
              },
              order: { field: "order", type: "quantitative" },
              color: {
                field: "stage",
                type: "nominal",
                sort: null,
                scale: { domain: keys, range: [...colours, "#000000"] },
                legend,
              },
            },
          },
          ...(totals.length > 0
            ? [{
              data: { values: totals.filter((total) => total.panel === panel) },
              mark: {
                type: "tick",
                thickness: 1.5,
                size: ROW_HEIGHT,
                opacity: 1,
                color: "#000000",
              },
              encoding: { y, x: { field: "seconds", type: "quantitative" } },
            }]
            : []),
        ],
      };
    }),
  });
}
