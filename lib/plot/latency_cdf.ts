import { flowKey } from "./flow_key.ts";
import { logTicks } from "./log_ticks.ts";
import { numberFormat } from "./number_format.ts";
import { type Box, placeLabels, textWidth } from "./place_labels.ts";
import { seriesKey } from "./series_key.ts";
import { shortText } from "./short_text.ts";
import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** A point of the distribution of one series, such as TTFT. */
export interface CdfRow {
  /** Curve that the point is on. */
  readonly series: string;
  /** Latency, seconds. */
  readonly seconds: number;
  /** Share of the values that are at most `seconds`, 0..1. */
  readonly share: number;
}

/** A limit drawn as a vertical line. */
export interface SloLine {
  /** Curve that the limit is of. */
  readonly series: string;
  /** Limit, seconds. */
  readonly seconds: number;
}

/** Options of {@linkcode latencyCdf}. */
export interface LatencyCdfOptions {
  /** Limits that are drawn as vertical lines. */
  readonly slo?: readonly SloLine[];
  /**
   * Draws the share of values above each latency on a logarithmic axis, which shows the tails that
   * are flat at 100 % otherwise; default false.
   */
  readonly tail?: boolean;
  /** What the values are, without a unit; default "Latency". */
  readonly title?: string;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

/** Height of the frame, and the room around it, points. */
const HEIGHT = 112;
const LEFT = 42;
const RIGHT = 10;
/** Letters of a limit's name that fit along half its line. */
const LIMIT_LETTERS = 6;
/** Curves up to which each has its name beside it in a figure of tails. */
const MOST_NAMED = 6;
/** Least share of values above a latency that is drawn. */
const LEAST_SHARE = 1e-6;

/** What is drawn, in the units of the axes. */
interface Drawn {
  readonly rows: readonly { readonly series: string; latency: number; share: number }[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly inMs: boolean;
}

/**
 * Cumulative distributions of latencies on a logarithmic axis, or their tails, with limits as vertical
 * lines.
 */
export function latencyCdf(rows: readonly CdfRow[], options: LatencyCdfOptions = {}): FigureSpec {
  const { slo = [], column = 1, tail = false, title = "Latency" } = options;
  const drawn = drawnOf(rows, tail);
  const series = [...new Set(drawn.rows.map((row) => row.series))];
  const key = seriesKey(series, column);
  const { color, dash } = key;
  const width = FIGURE_WIDTH[column] - LEFT - RIGHT;
  const colourOf = (name: string) => String(color.scale.range[series.indexOf(name)]);
  const x = axisOfLatency(drawn, title);
  const position = {
    x: { ...x, field: "latency" },
    y: tail ? axisOfTail(drawn) : AXIS_OF_SHARE,
  };
  const limits = slo.filter((line) => series.includes(line.series)).map((line) => ({
    series: line.series,
    latency: drawn.inMs ? line.seconds * 1000 : line.seconds,
  })).filter(({ latency }) => latency >= drawn.x[0] && latency <= drawn.x[1]);
  const rules = {
    data: { values: limits },
    mark: { type: "rule", strokeDash: [2, 1] },
    encoding: { x: position.x, color },
  };
  const at = (latency: number) =>
    width * Math.log(latency / drawn.x[0]) / Math.log(drawn.x[1] / drawn.x[0]);
  const words = limitLabels(
    limits.map((one) => ({ ...one, at: at(one.latency), colour: colourOf(one.series) })),
    tail ? "top" : "bottom",
  );
  const taken = words.map(({ box }) => box);
  const names = tail && series.length <= MOST_NAMED
    ? namesOf(series, drawn, { at, width, colourOf, taken })
    : undefined;
  // Vega's own key sets long names in columns, one below the other.
  const flowing = names === undefined && key.lines > 1
    ? flowKey(key, { left: 20 - LEFT, width: FIGURE_WIDTH[column] - 24, isOfLines: true }).layers
    : [];
  const legend = names !== undefined || flowing.length > 0 ? null : { symbolType: "stroke" };
  const curves = {
    data: { values: drawn.rows },
    mark: { type: "line", interpolate: "step-after", clip: true },
    encoding: {
      ...position,
      color: { ...color, legend },
      strokeDash: { ...dash, ...(legend === null && { legend }) },
      detail: { field: "series" },
    },
  };
  return figure({
    width,
    height: HEIGHT,
    layer: [
      curves,
      ...(limits.length > 0 ? [rules, ...words.flatMap(({ layers }) => layers)] : []),
      ...(names ?? []),
      ...flowing,
    ],
  });
}

function drawnOf(rows: readonly CdfRow[], tail: boolean): Drawn {
  const positive = rows.filter((row) => row.seconds > 0);
  const inMs = positive.every((row) => row.seconds < 1);
  const drawn = positive.map(({ series, seconds, share }) => ({
    series,
    latency: inMs ? seconds * 1000 : seconds,
    share: tail ? 1 - share : share,
  })).filter(({ share }) => !tail || share >= LEAST_SHARE);
  const values = drawn.map(({ latency }) => latency);
  const least = values.reduce((a, b) => Math.min(a, b), Infinity);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const share = drawn.reduce((a, b) => Math.min(a, b.share), 1);
  return {
    rows: drawn,
    // No curve lies on the frame.
    x: drawn.length === 0 ? [1, 10] : [least / 1.25, most * 1.25],
    y: tail ? [Math.min(0.1, share) / 1.1, 1] : [0, 1],
    inMs,
  };
}

function axisOfLatency({ x, inMs }: Drawn, title: string) {
  return {
    type: "quantitative",
    title: `${title} (${inMs ? "ms" : "s"})`,
    scale: { type: "log", nice: false, domain: x },
    axis: { values: logTicks(x), format: numberFormat(x), labelOverlap: true },
  } as const;
}

const AXIS_OF_SHARE = {
  field: "share",
  type: "quantitative",
  title: "Cumulative share (%)",
  scale: { domain: [0, 1] },
  axis: {
    values: [0, 0.25, 0.5, 0.75, 1],
    labelExpr: "round(datum.value * 100)",
    minExtent: LEFT - 20,
  },
} as const;

function axisOfTail({ y }: Drawn) {
  return {
    field: "share",
    type: "quantitative",
    title: "Share above (%)",
    scale: { type: "log", nice: false, domain: y },
    axis: {
      values: logTicks(y).filter((tick) => /^1|\.0*1$/.test(String(Number(tick.toPrecision(1))))),
      labelExpr: "format(datum.value * 100, '~r')",
      minExtent: LEFT - 20,
    },
  } as const;
}

interface Limit {
  readonly series: string;
  /** Where its line is, points from the left edge of the frame. */
  readonly at: number;
  readonly colour: string;
}

/**
 * The names of limits beside their lines: those of lines that lie close together in two places, one
 * above the other; where three are close, the third has none but its colour.
 */
function limitLabels(
  limits: readonly Limit[],
  from: "top" | "bottom",
): { readonly layers: readonly object[]; readonly box: Box }[] {
  const nearest = FONT_SIZE + 2;
  const taken: [number[], number[]] = [[], []];
  return limits.flatMap(({ series, at, colour }) => {
    // On the other side where the frame ends.
    const x = at < FONT_SIZE + 4 ? at + FONT_SIZE : at - 4;
    const place = taken.findIndex((others) => others.every((one) => Math.abs(one - x) >= nearest));
    if (place < 0) return [];
    taken[place].push(x);
    const half = HEIGHT / 2;
    const y = from === "bottom" ? HEIGHT - 4 - place * half : half - 4 + place * half;
    const text = `${shortText(series, LIMIT_LETTERS)} SLO`;
    const label = {
      type: "text",
      align: "left",
      angle: 270,
      x,
      y,
      text,
    };
    const data = { values: [{}] };
    // A white edge keeps the letters apart from curves that cross them.
    return [{
      layers: [
        { data, mark: { ...label, stroke: "white", strokeWidth: 2 } },
        { data, mark: { ...label, color: colour } },
      ],
      box: { left: x - FONT_SIZE, right: x + 2, top: y - 0.7 * FONT_SIZE * text.length, bottom: y },
    }];
  });
}

/** Where a curve can have its name, as shares of its points from its end: the tail first. */
const PLACES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/** Size of names at curves, points. */
const SMALL = FONT_SIZE - 1;
/** Points of a curve that names keep away from. */
const POINTS = 60;

/**
 * The names of curves beside them, each at the first place where it lies on no curve, no other name and
 * no name of a limit; undefined if one finds no room.
 */
function namesOf(
  series: readonly string[],
  drawn: Drawn,
  { at, width, colourOf, taken }: {
    readonly at: (latency: number) => number;
    readonly width: number;
    readonly colourOf: (series: string) => string;
    readonly taken: readonly Box[];
  },
): object[] | undefined {
  const down = (share: number) =>
    HEIGHT * Math.log(share / drawn.y[1]) / Math.log(drawn.y[0] / drawn.y[1]);
  const curves = series.map((name) =>
    drawn.rows.filter((row) => row.series === name)
      .map((row) => ({ x: at(row.latency), y: down(row.share) }))
  );
  const boxes = [...taken, ...curves.flatMap(curveBoxes)];
  const layers: object[] = [];
  for (const [i, name] of series.entries()) {
    const [placed] = PLACES.flatMap((share) => {
      const point = curves[i][Math.floor(curves[i].length * (1 - share))];
      const own = { ...point, label: shortText(name, 16) };
      return placeLabels([own], {
        width,
        height: HEIGHT,
        points: [],
        fontSize: SMALL,
        taken: boxes,
      })
        // A name at the end of a line of its own would look like one more curve.
        .filter(({ lead }) => lead === undefined);
    });
    if (placed === undefined) return undefined;
    const { label, left, middle } = placed;
    boxes.push({
      ...{ left, right: left + textWidth(label, SMALL) },
      ...{ top: middle - SMALL / 2, bottom: middle + SMALL / 2 },
    });
    layers.push({
      data: { values: [{ label }] },
      mark: {
        ...{ type: "text", align: "left", baseline: "middle", fontSize: SMALL },
        ...{ x: left, y: middle, color: colourOf(name), clip: true },
      },
      encoding: { text: { field: "label" } },
    });
  }
  return layers;
}

/** Boxes along a curve of steps, some points of it long. */
function curveBoxes(curve: readonly { readonly x: number; readonly y: number }[]): Box[] {
  const every = Math.max(1, Math.ceil(curve.length / POINTS));
  const points = curve.filter((_, i) => i % every === 0 || i === curve.length - 1);
  return points.slice(1).map((point, i) => ({
    left: points[i].x,
    right: point.x + 0.5,
    top: Math.min(points[i].y, point.y) - 0.5,
    bottom: Math.max(points[i].y, point.y) + 0.5,
  }));
}
