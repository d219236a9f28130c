import { numberFormat } from "./number_format.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A stage of a start. */
export interface StartStageRow {
  /** Panel: one start. */
  readonly panel: string;
  /** Stage; the rows of a panel are in the order in which they stand in it. */
  readonly stage: string;
  /** Since the start began. */
  readonly startSeconds: number;
  /** When the stage ends, seconds since the start began. */
  readonly endSeconds: number;
  /** Whether the stage is on the critical path. */
  readonly critical: boolean;
  /** Stages of the panel that it waits for. */
  readonly after: readonly string[];
  /** What stands behind its time where there is room, such as "16.1 GB". */
  readonly note?: string;
}

/** Options of {@linkcode startGraph}. */
export interface StartGraphOptions {
  /** Columns of a page; default 2. */
  readonly column?: ColumnSpan;
}

/** Letters of a name that there is room for at least. */
const FEWEST_LETTERS = 12;
/** Room for names at most: longer ones are cut, points. */
const NAMES: Readonly<Record<ColumnSpan, number>> = { 1: 100, 2: 190 };
/** Width of a letter as Vega reckons where it cannot measure, points. */
const LETTER = 0.8 * FONT_SIZE;
/** Room right of the panels for the last number of an axis, points. */
const RIGHT = 12;
const ROW_HEIGHT = 14;
/** Half a bar, rows. */
const HALF_BAR = 0.32;
const PATH = "critical path";
const BESIDE = "beside it";
const COLOURS = { [PATH]: "#D55E00", [BESIDE]: "#A6CEE3" } as const;
const LINES = { [PATH]: "#222222", [BESIDE]: "#888888" } as const;

/**
 * What starts are made of: a bar for each stage from its beginning to its end, and lines from the
 * stages that it waits for. A line is dashed as far as who has ended is waited for by others; the
 * critical path stands out. One start above the other, each on a time axis of its own
 * that ends at a mark.
 */
export function startGraph(
  rows: readonly StartStageRow[],
  options: StartGraphOptions = {},
): FigureSpec {
  const { column = 2 } = options;
  const panels = [...new Set(rows.map((row) => row.panel))];
  const letters = Math.max(FEWEST_LETTERS, ...rows.map((row) => row.stage.length));
  const left = Math.min(LETTER * letters + 6, NAMES[column]);
  return figure({
    spacing: 10,
    vconcat: panels.map((panel, i) =>
      startPanel(rows.filter((row) => row.panel === panel), {
        left,
        width: FIGURE_WIDTH[column] - left - RIGHT,
        ...(panels.length > 1 && { title: panel }),
        isWide: column === 2,
        isFirst: i === 0,
        isLast: i === panels.length - 1,
      })
    ),
  });
}

interface Panel {
  readonly left: number;
  readonly width: number;
  readonly title?: string;
  /** Room for notes and long texts. */
  readonly isWide: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** Where a time axis ends: at one of its marks, so that all panels end alike. */
interface TimeEnd {
  readonly end: number;
  readonly ticks: readonly number[];
}

/** The first mark of an axis of four to ten steps at or after a time. */
function tickBeyond(time: number): TimeEnd {
  const power = Math.floor(Math.log10(time / 4));
  const step = [5, 2, 1].map((digit) => Number(`${digit}e${power}`))
    .find((one) => time / one >= 4) ?? Number(`1e${power}`);
  const steps = Math.ceil(time / step);
  // Rounded, so that the third step of 0.1 is 0.3.
  const ticks = Array.from(
    { length: steps + 1 },
    (_, i) => Number((i * step).toPrecision(12)),
  );
  return { end: ticks[steps], ticks };
}

/** Time, up to the given one, and the stages from top to bottom. */
function axesOf(rows: readonly StartStageRow[], { left, isWide, isLast }: Panel, longest: TimeEnd) {
  const x = {
    type: "quantitative",
    title: isLast ? isWide ? "Time since the start began (s)" : "Time (s)" : null,
    scale: { domain: [0, longest.end], nice: false },
    axis: { values: longest.ticks, format: numberFormat([longest.end]), titlePadding: 2 },
  };
  const y = {
    type: "quantitative",
    scale: { domain: [-0.6, rows.length - 0.4], reverse: true, nice: false, zero: false },
    axis: {
      title: null,
      values: rows.map((_, place) => place),
      labelExpr: `${JSON.stringify(rows.map((row) => row.stage))}[datum.value]`,
      grid: false,
      ticks: false,
      domain: false,
      minExtent: left - 4,
      labelLimit: left - 6,
    },
  };
  return { x, y };
}

/** The bar of each stage, with its label. */
function barsOf(rows: readonly StartStageRow[], isWide: boolean) {
  return rows.map((row, place) => ({
    place,
    top: place - HALF_BAR,
    bottom: place + HALF_BAR,
    start: row.startSeconds,
    end: row.endSeconds,
    path: row.critical ? PATH : BESIDE,
    label: row.note === undefined || !isWide
      ? seconds(row.endSeconds - row.startSeconds)
      : `${seconds(row.endSeconds - row.startSeconds)}, ${row.note}`,
  }));
}

/** What each stage waits for, those on the critical path last. */
function waitsOf(rows: readonly StartStageRow[]) {
  const placeOf = new Map(rows.map((row, place) => [row.stage, place]));
  return rows.flatMap((row, to) =>
    row.after.map((other) => {
      const from = placeOf.get(other)!;
      return {
        // Along the lower edge of its bar, below the label.
        from: from + HALF_BAR,
        to: to - HALF_BAR,
        ended: rows[from].endSeconds,
        start: row.startSeconds,
        path: row.critical && rows[from].critical ? PATH : BESIDE,
      };
    })
  ).sort((a, b) => Number(a.path === PATH) - Number(b.path === PATH));
}

/** Along the time that a stage has waited, and down to where it begins. */
function waitRules(
  waits: ReturnType<typeof waitsOf>,
  x: object,
  y: object,
  line: object,
): object[] {
  return [
    {
      data: { values: waits.filter((wait) => wait.start > wait.ended) },
      mark: { type: "rule", strokeDash: [2, 2], strokeWidth: 0.75 },
      encoding: {
        x: { field: "ended", ...x },
        x2: { field: "start" },
        y: { field: "from", ...y },
        ...line,
      },
    },
    {
      data: { values: waits },
      mark: { type: "rule", strokeWidth: 0.9 },
      encoding: {
        x: { field: "start", ...x },
        y: { field: "from", ...y },
        y2: { field: "to" },
        ...line,
      },
    },
  ];
}

function startPanel(rows: readonly StartStageRow[], panel: Panel): object {
  const { width, title, isWide, isFirst } = panel;
  const bars = barsOf(rows, isWide);
  const waits = waitsOf(rows);
  // So wide that the labels at the ends of the bars fit.
  const latest = Math.max(
    ...bars.map(({ end, label }) => end * width / Math.max(6, width - 6 - LETTER * label.length)),
  );
  const longest = tickBeyond(latest > 0 ? latest : 1);
  const { x, y } = axesOf(rows, panel, longest);
  const ready = seconds(rows.reduce((end, row) => Math.max(end, row.endSeconds), 0));
  const ofPath = (colours: typeof COLOURS | typeof LINES) => ({
    field: "path",
    type: "nominal",
    scale: { domain: [PATH, BESIDE], range: Object.values(colours) },
  });
  const line = { color: { ...ofPath(LINES), legend: null } };
  return {
    ...(title === undefined
      ? {}
      : { title: { text: `${title}: ready after ${ready}`, frame: "group", limit: width } }),
    width,
    height: ROW_HEIGHT * rows.length,
    resolve: { scale: { color: "independent" } },
    layer: [
      ...waitRules(waits, x, y, line),
      {
        data: { values: bars },
        mark: { type: "rect", strokeWidth: 1 },
        encoding: {
          x: { field: "start", ...x },
          x2: { field: "end" },
          y: { field: "top", ...y },
          y2: { field: "bottom" },
          color: {
            ...ofPath(COLOURS),
            legend: isFirst ? { symbolType: "square", columns: isWide ? 2 : 1 } : null,
          },
          stroke: { ...ofPath(COLOURS), legend: null },
        },
      },
      {
        data: { values: waits },
        mark: {
          type: "point",
          shape: "triangle-down",
          filled: true,
          size: 14,
          opacity: 1,
          yOffset: -2,
        },
        encoding: { x: { field: "start", ...x }, y: { field: "to", ...y }, ...line },
      },
      {
        data: { values: bars },
        mark: { type: "text", align: "left", dx: 4 },
        encoding: {
          x: { field: "end", ...x },
          y: { field: "place", ...y },
          text: { field: "label" },
        },
      },
    ],
  };
}

/** Two digits behind the point, or as many as tell a short time from none. */
function seconds(value: number): string {
  if (value === 0) return "0 s";
  return `${value >= 0.095 ? value.toFixed(value < 10 ? 2 : 1) : value.toPrecision(1)} s`;
}
