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
  /**
   * Where the bars of one panel are very different, those longer than a quarter of the longest stand
   * above the others, which have an axis of their own; default false.
   */
  readonly split?: boolean;
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/** Share of the longest bar up to which a bar stands among the short ones of a split figure. */
const SHORT = 0.25;
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

/** What the panels of a figure share. */
interface StageKey {
  /** All stages and, behind them, what the marks are. */
  readonly keys: readonly string[];
  readonly stages: readonly string[];
  readonly colours: readonly string[];
  readonly legend: object;
  /** Room for the names of the bars, points. */
  readonly left: number;
  readonly title: string;
  /** Width of a panel, points. */
  readonly width: number;
}

/** A panel: its bars in their order, and how long its axis is. */
interface StagePanel {
  /** What stands above it, if anything. */
  readonly title?: string;
  readonly rows: readonly StageRow[];
  readonly totals: readonly StageTotal[];
  readonly series: readonly string[];
  readonly longest: number;
  readonly hasNames: boolean;
}

/** Stages of cold starts as stacked bars, a panel beside the other on one scale. */
export function coldStartStages(
  rows: readonly StageRow[],
  options: ColdStartStagesOptions = {},
): FigureSpec {
  const { totals = [], totalsLabel = "measured total", title = "Time (s)" } = options;
  const { column = 2, split = false } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const series = [...new Set([...options.series ?? [], ...rows.map((row) => row.series)])];
  const left = options.nameWidth ?? nameRoom(series, column);
  const seen = new Set(rows.filter((row) => row.seconds > 0).map((row) => row.stage));
  const order = [...new Set([...options.stages ?? [], ...seen])];
  const stages = order.filter((stage) => seen.has(stage));
  const keys = totals.length > 0 ? [...stages, totalsLabel] : stages;
  // Beside the names of the bars too: the key of one column is wide.
  const columns = column === 1 ? 2 : 5;
  const key: StageKey = {
    keys,
    stages,
    colours: stages.map((stage) => COLOURS[order.indexOf(stage) % COLOURS.length]),
    legend: {
      symbolType: "square",
      columns,
      orient: "none",
      legendX: 6 - left,
      legendY: -KEY_HEIGHT * Math.ceil(keys.length / columns) - (panels.length > 1 ? 16 : 4),
    },
    left,
    title,
    width: (FIGURE_WIDTH[column] - left - 18 - GAP * (panels.length - 1)) /
      Math.max(1, panels.length),
  };
  const groups = split && panels.length === 1
    ? longAndShort(series, rows, totals).filter((group) => group.length > 0)
    : [series];
  const lines = groups.map((group) => {
    const own = rows.filter((row) => group.includes(row.series));
    const marked = totals.filter((total) => group.includes(total.series));
    const longest = Math.max(0, ...lengthsOf(own, marked).values());
    return panels.map((panel, index) =>
      stagePanel(key, {
        ...(panels.length > 1 && { title: panel }),
        rows: own.filter((row) => row.panel === panel),
        totals: marked.filter((total) => total.panel === panel),
        ...{ series: group, longest, hasNames: index === 0 },
      })
    );
  });
  return figure(
    lines.length === 1
      ? { spacing: GAP, hconcat: lines[0] }
      : { spacing: GAP, vconcat: lines.flat() },
  );
}

/** How long each bar of each panel is, with its mark. */
function lengthsOf(
  rows: readonly StageRow[],
  totals: readonly StageTotal[],
): Map<string, number> {
  const lengths = new Map<string, number>();
  for (const { panel, series, seconds } of rows) {
    const bar = `${panel}\n${series}`;
    lengths.set(bar, (lengths.get(bar) ?? 0) + seconds);
  }
  for (const { panel, series, seconds } of totals) {
    const bar = `${panel}\n${series}`;
    lengths.set(bar, Math.max(lengths.get(bar) ?? 0, seconds));
  }
  return lengths;
}

/** The bars of a panel that are longer than a share of the longest, and the others; in their order. */
function longAndShort(
  series: readonly string[],
  rows: readonly StageRow[],
  totals: readonly StageTotal[],
): readonly [long: string[], short: string[]] {
  const lengths = lengthsOf(rows, totals);
  const most = SHORT * Math.max(0, ...lengths.values());
  const long = new Set(
    [...lengths].filter(([, seconds]) => seconds > most).map(([bar]) => bar.split("\n").at(-1)!),
  );
  return [series.filter((name) => long.has(name)), series.filter((name) => !long.has(name))];
}

function stagePanel(key: StageKey, panel: StagePanel): object {
  const { keys, stages, colours, legend, left, title, width } = key;
  const { rows, totals, series, longest, hasNames } = panel;
  const y = {
    field: "series",
    type: "nominal",
    sort: null,
    scale: { domain: series },
    axis: hasNames
      ? { title: null, ticks: false, domain: false, minExtent: left - 4, labelLimit: left - 4 }
      : { title: null, ticks: false, domain: false, labels: false },
  };
  const bars = {
    data: {
      values: rows.filter((row) => row.seconds > 0)
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
  };
  const marks = {
    data: { values: totals },
    mark: { type: "tick", thickness: 1.5, size: ROW_HEIGHT, opacity: 1, color: "#000000" },
    encoding: { y, x: { field: "seconds", type: "quantitative" } },
  };
  return {
    ...(panel.title !== undefined && {
      title: { text: panel.title, frame: "group", limit: width },
    }),
    width,
    height: ROW_HEIGHT * series.length,
    layer: keys.length > stages.length ? [bars, marks] : [bars],
  };
}
