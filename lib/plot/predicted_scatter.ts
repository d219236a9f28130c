import { flowKey } from "./flow_key.ts";
import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { type SeriesKey, seriesKey } from "./series_key.ts";
import { seriesPoints } from "./series_points.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A measured value and the predicted one. */
export interface ScatterRow {
  /** Group that the point is of. */
  readonly series: string;
  /** Measured value. */
  readonly measured: number;
  /** Predicted value, in the same unit. */
  readonly predicted: number;
  /** Panel with axes of its own; absent: there is one. */
  readonly panel?: string;
}

/** Options of {@linkcode predictedScatter}. */
export interface PredictedScatterOptions {
  /** Name and unit of the value, such as "TTFT (ms)". */
  readonly title: string;
  /** Error that the outer lines show, relative; default 0.2. */
  readonly within?: number;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Heights of the frames of values and of errors, points. */
const HEIGHTS = { values: 132, errors: 56 } as const;
/** What the title of a vertical axis and the margins take, points. */
const TITLE_ROOM = 24;
/** Room between panels, points. */
const SPACING = 8;
/** Panels beside one another at most, by the columns of the page. */
const BESIDE: Readonly<Record<ColumnSpan, number>> = { 1: 1, 2: 3 };
/** Errors up to so many times those of the dashed lines have their place; others lie on the frame. */
const MOST_ERROR = 3;

/**
 * Predicted against measured values on logarithmic axes: on the line they are equal. Below it stand the
 * relative errors, which decades would hide. Points are hollow, so that none covers another; those
 * beyond the dashed lines are filled, and triangles are errors beyond the frame.
 */
export function predictedScatter(
  rows: readonly ScatterRow[],
  options: PredictedScatterOptions,
): FigureSpec {
  const { column = 1 } = options;
  const drawn = rows.filter((row) => row.measured > 0 && row.predicted > 0);
  const key = seriesKey([...new Set(drawn.map((row) => row.series))], column);
  const panels = [...new Set(drawn.map((row) => row.panel ?? ""))];
  if (panels.length === 0) panels.push("");
  const beside = Math.min(BESIDE[column], panels.length);
  const views = panels.map((panel, i) =>
    scatterPanel(drawn.filter((row) => (row.panel ?? "") === panel), {
      ...{ options, key, panel, isFirst: i === 0 },
      room: (FIGURE_WIDTH[column] - SPACING * (beside - 1)) / beside,
    })
  );
  return figure(
    views.length === 1 ? views[0] : { columns: beside, spacing: SPACING, concat: views },
  );
}

interface ScatterPanel {
  readonly options: PredictedScatterOptions;
  readonly key: SeriesKey;
  readonly panel: string;
  /** Whether the key stands above it. */
  readonly isFirst: boolean;
  /** Width with its axis, points. */
  readonly room: number;
}

/** The values of a panel, and below them their errors. */
function scatterPanel(
  rows: readonly ScatterRow[],
  own: ScatterPanel,
): { readonly spacing: number; readonly vconcat: object[] } {
  const { options: { title, within = 0.2 }, key, panel, isFirst, room } = own;
  const values = rows.flatMap((row) => [row.measured, row.predicted]);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity) / 1.25;
  const most = values.reduce((a, b) => Math.max(a, b), 0) * 1.25;
  const domain = rows.length > 0 ? [least, most] : [1, 10];
  const format = numberFormat(domain);
  const ticks = ticksOf(domain);
  const letters = Math.max(3, ...ticks.map((tick) => format === "~r" ? String(tick).length : 4));
  const extent = Math.ceil(letters * 0.66 * FONT_SIZE + 5);
  const width = room - extent - TITLE_ROOM;
  const axis = (field: string, axisTitle: string | readonly string[] | null, more: object) => ({
    field,
    type: "quantitative",
    title: axisTitle,
    scale: { type: "log", nice: false, domain },
    axis: { format, values: ticks, labelOverlap: true, ...more },
  });
  const errors = errorsOf(rows, within);
  const xTitle = [`Measured ${title}`];
  if (errors.some(({ isOut }) => isOut)) {
    xTitle.push(`at the edge: beyond ±${percent(MOST_ERROR * within)}`);
  }
  const position = {
    x: axis("measured", null, { labels: false }),
    y: axis("predicted", `Predicted ${title}`, { minExtent: extent }),
  };
  const line = (factor: number, dash: readonly number[]) => ({
    data: {
      values: domain.map((value) => ({ measured: value, predicted: value * factor })),
    },
    mark: { type: "line", clip: true, color: "#888888", strokeWidth: 0.75, strokeDash: dash },
    encoding: position,
  });
  const points = (some: readonly ScatterRow[], isHollow: boolean) =>
    seriesPoints(some, { key, position, size: 18, isHollow, legend: null });
  const note = {
    data: { values: [{}] },
    mark: {
      ...{ type: "text", align: "left", baseline: "top", x: 4, y: 4, fontSize: FONT_SIZE - 1 },
      text: [`dashed: ±${percent(within)}`, "filled: beyond"],
    },
  };
  return {
    spacing: SPACING,
    vconcat: [
      {
        ...(panel !== "" && { title: { text: panel, frame: "group", limit: width } }),
        width,
        height: HEIGHTS.values,
        layer: [
          line(1, [1, 0]),
          line(1 + within, [2, 2]),
          line(1 - within, [2, 2]),
          points(rows, true),
          points(rows.filter((row) => isBeyond(row, within)), false),
          note,
          ...(isFirst
            ? flowKey(key, { left: -extent, width: width + extent, isHollow: true }).layers
            : []),
        ],
      },
      {
        width,
        height: HEIGHTS.errors,
        layer: errorLayers(errors, {
          ...{ key, within, extent },
          x: axis("measured", xTitle, {}),
        }),
      },
    ],
  };
}

/** Marks of an axis: all digits where those of {@linkcode logTicks} are too few to read it by. */
function ticksOf(domain: readonly number[]): number[] {
  const few = logTicks(domain);
  if (few.length > 2) return few;
  const power = Math.floor(Math.log10(domain[0]));
  return [power, power + 1].flatMap((own) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => Number(`${digit}e${own}`))
  ).filter((tick) => tick >= domain[0] && tick <= domain[1]);
}

/** A relative error as it is drawn: at most so large that it is on the frame. */
interface ErrorRow {
  readonly series: string;
  readonly measured: number;
  readonly error: number;
  readonly isBeyond: boolean;
  /** Whether it lies beyond the frame. */
  readonly isOut: boolean;
}

function errorsOf(rows: readonly ScatterRow[], within: number): ErrorRow[] {
  const most = MOST_ERROR * within;
  return rows.map((row) => {
    const error = row.predicted / row.measured - 1;
    return {
      series: row.series,
      measured: row.measured,
      error: Math.max(-most, Math.min(most, error)),
      isBeyond: isBeyond(row, within),
      isOut: Math.abs(error) > most,
    };
  });
}

function errorLayers(
  errors: readonly ErrorRow[],
  { key, within, extent, x }: {
    readonly key: SeriesKey;
    readonly within: number;
    readonly extent: number;
    readonly x: object;
  },
): object[] {
  const most = MOST_ERROR * within;
  const y = {
    field: "error",
    type: "quantitative",
    title: "Error (%)",
    scale: { domain: [-1.1 * most, 1.1 * most], nice: false, zero: false },
    axis: {
      values: [-most, -within, 0, within, most],
      labelExpr: "format(100 * datum.value, '~r')",
      grid: false,
      minExtent: extent,
    },
  };
  const position = { x, y };
  const rule = (error: number, strokeDash: readonly number[]) => ({
    data: { values: [{ error }] },
    mark: { type: "rule", color: "#888888", strokeDash },
    encoding: { y },
  });
  const points = (some: readonly ErrorRow[], isHollow: boolean) =>
    seriesPoints(some, { key, position, size: 16, isHollow, legend: null });
  const out = errors.filter(({ isOut }) => isOut);
  return [
    rule(0, [1, 0]),
    rule(within, [2, 2]),
    rule(-within, [2, 2]),
    points(errors.filter((row) => !row.isBeyond), true),
    points(errors.filter((row) => row.isBeyond && !row.isOut), false),
    ...[1, -1].map((sign) => ({
      data: { values: out.filter(({ error }) => Math.sign(error) === sign) },
      mark: {
        ...{ type: "point", filled: true, size: 30, opacity: 1 },
        shape: sign > 0 ? "triangle-up" : "triangle-down",
      },
      encoding: { ...position, color: { ...key.color, legend: null } },
    })),
  ];
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** Whether a prediction is further off than the dashed lines show. */
function isBeyond({ measured, predicted }: ScatterRow, within: number): boolean {
  return Math.abs(predicted / measured - 1) > within;
}
