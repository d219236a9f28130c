import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "../theme.ts";
import { thinCdf } from "../thin_cdf.ts";
import {
  type Channel,
  type ChartTable,
  checkParts,
  plainValue,
  type ResolvedField,
  resolveField,
} from "./chart_data.ts";
import { axisEncoding, nameEncodings, tooltips, zoom } from "./encodings.ts";
import { type Band, type ChartPoint, HIGH, intervalPoints, LOW } from "./interval_rows.ts";

/** Channels that every chart has. */
export interface CommonParts {
  /** Column whose names are told apart by colour. */
  readonly color?: Channel;
  /** Column whose names have a panel each. */
  readonly facet?: Channel;
  /** A line above the chart. */
  readonly title?: string;
  /** Height of the plot, points. */
  readonly height?: number;
  /** Columns of a page that it spans; default 1. */
  readonly column?: ColumnSpan;
}

/** Parts of a chart of lines. */
export interface LineParts extends CommonParts {
  /** Horizontal axis. */
  readonly x: Channel;
  /** Vertical axis: one value at each x, color and facet, or several with `band`. */
  readonly y: Channel;
  /** Whether intervals are drawn: from the columns `y`_low and `y`_high, or of the mean over rows. */
  readonly band?: Band;
  /** Whether points are marked; default where a line has 30 at most. */
  readonly points?: boolean;
}

/** Parts of a chart of bars. */
export interface BarParts extends CommonParts {
  /** What has a bar each. */
  readonly x: Channel;
  /** Length of the bars. */
  readonly y: Channel;
  /** Whether intervals are drawn, as in {@linkcode LineParts}. */
  readonly band?: Band;
  /** Whether bars of different colours stand one on the other, rather than side by side. */
  readonly stack?: boolean;
}

/** Parts of a chart of points. */
export interface PointParts extends CommonParts {
  /** Horizontal axis. */
  readonly x: Channel;
  /** Vertical axis. */
  readonly y: Channel;
  /** Column whose texts stand beside the points. */
  readonly label?: string;
}

/** Parts of a chart of cumulative distributions. */
export interface CdfParts extends CommonParts {
  /** Column of the values; its axis is logarithmic where they spread over more than a factor of 30. */
  readonly x: Channel;
}

/** Layers of a chart over one table of points, with what the frame around them needs to know. */
export interface ChartLayers {
  readonly points: readonly ChartPoint[];
  readonly layers: readonly object[];
  readonly facet: ResolvedField | undefined;
  readonly keyHeight: number;
  readonly parts: CommonParts;
}

const COMMON = ["color", "facet", "title", "height", "column"];
/** A spread of values from which on a distribution has a logarithmic axis. */
const LOG_SPREAD = 30;
/** Points of a line that are marked. */
const MOST_MARKED = 30;

/** Lines, one for each colour, with bands around them. */
export function lineLayers(table: ChartTable, parts: LineParts): ChartLayers {
  checkParts(table, "line", parts, ["x", "y", "band", "points", ...COMMON], ["x", "y"]);
  const { x, y, color, facet, others } = channels(table, parts);
  const { points, hasBand } = intervalPoints(table, y, others, parts.band ?? false);
  const names = nameEncodings(table, color, parts.column ?? 1, "stroke");
  const ends = hasBand ? [LOW, HIGH] : [];
  const axes = {
    x: axisEncoding(x, points, { zero: false, isX: true }),
    y: axisEncoding(y, points, { zero: true, isX: false, ends }),
  };
  const paint = names.color && { color: names.color };
  const isMarked = parts.points ??
    new Set(points.map((point) => point[x.key])).size <= MOST_MARKED;
  const tooltip = tooltips([x, y, ...(color ? [color] : [])], hasBand);
  const line = {
    mark: { type: "line", color: PALETTE[0] },
    encoding: { ...axes, ...paint, ...(names.dash && { strokeDash: names.dash }), tooltip },
  };
  const band = {
    mark: { type: "area", opacity: 0.2, color: PALETTE[0] },
    encoding: { ...axes, y: { ...axes.y, field: LOW }, y2: { field: HIGH }, ...paint },
  };
  const marks = {
    mark: { type: "point", filled: true, size: 16, opacity: 1, color: PALETTE[0] },
    encoding: { ...axes, ...paint, tooltip },
  };
  return {
    points,
    facet,
    parts,
    keyHeight: names.keyHeight,
    layers: [
      { ...line, params: zoom(x, y) },
      ...(hasBand ? [band] : []),
      ...(isMarked ? [marks] : []),
    ],
  };
}

/** Bars, side by side or one on the other, with intervals at their ends. */
export function barLayers(table: ChartTable, parts: BarParts): ChartLayers {
  checkParts(table, "bar", parts, ["x", "y", "band", "stack", ...COMMON], ["x", "y"]);
  const { stack = false } = parts;
  const { x, y, color, facet, others } = channels(table, parts, "nominal");
  const { points, hasBand } = intervalPoints(table, y, others, parts.band ?? false);
  if (stack && hasBand) {
    throw new RangeError(
      "Cannot draw intervals of bars that stand on one another: current value is stack and band",
    );
  }
  const names = nameEncodings(table, color, parts.column ?? 1, "square");
  const ends = hasBand ? [LOW, HIGH] : [];
  const beside = color !== undefined && !stack && color.field !== x.field
    ? { xOffset: { field: color.key, type: "nominal", sort: null } }
    : {};
  const width = FIGURE_WIDTH[parts.column ?? 1] - 40;
  const common = { x: axisEncoding(x, points, { zero: false, isX: true, width }), ...beside };
  const axis = axisEncoding(y, points, { zero: true, isX: false, ends });
  const tooltip = tooltips([x, y, ...(color && color.field !== x.field ? [color] : [])], hasBand);
  const bar = {
    mark: { type: "bar", color: PALETTE[0] },
    encoding: {
      ...common,
      y: { ...axis, stack: stack ? "zero" : null },
      ...(names.color
        ? { color: color!.field === x.field ? { ...names.color, legend: null } : names.color }
        : {}),
      tooltip,
    },
  };
  const interval = {
    mark: { type: "rule", strokeWidth: 1 },
    encoding: { ...common, y: { ...axis, field: LOW }, y2: { field: HIGH }, tooltip },
  };
  return {
    points,
    facet,
    parts,
    keyHeight: color?.field === x.field ? 0 : names.keyHeight,
    layers: [bar, ...(hasBand ? [interval] : [])],
  };
}

/** Points, one for each row. */
export function pointLayers(table: ChartTable, parts: PointParts): ChartLayers {
  checkParts(table, "point", parts, ["x", "y", "label", ...COMMON], ["x", "y"]);
  const { x, y, color, facet, others } = channels(table, parts);
  const label = parts.label === undefined
    ? undefined
    : resolveField(table, "label", parts.label, "nominal");
  const shown = [...others, y, ...(label ? [label] : [])];
  const points = table.rows.map((row) =>
    Object.fromEntries(shown.map(({ key, field }) => [key, plainValue(row[field])]))
  );
  const names = nameEncodings(table, color, parts.column ?? 1);
  const axes = {
    x: axisEncoding(x, points, { zero: false, isX: true }),
    y: axisEncoding(y, points, { zero: true, isX: false }),
  };
  const tooltip = tooltips([x, y, ...(color ? [color] : []), ...(label ? [label] : [])]);
  const marks = {
    mark: { type: "point", filled: true, size: 24, opacity: 0.85, color: PALETTE[0] },
    encoding: {
      ...axes,
      ...(names.color && { color: names.color, shape: names.shape }),
      tooltip,
    },
    params: zoom(x, y),
  };
  const texts = label && {
    mark: { type: "text", align: "left", dx: 5, dy: -4 },
    encoding: { ...axes, text: { field: label.key, type: "nominal" } },
  };
  return {
    points,
    facet,
    parts,
    keyHeight: names.keyHeight,
    layers: [marks, ...(texts ? [texts] : [])],
  };
}

/** Cumulative distributions of a column, one curve for each colour, thinned to what is seen. */
export function cdfLayers(table: ChartTable, parts: CdfParts): ChartLayers {
  checkParts(table, "cdf", parts, ["x", ...COMMON], ["x"]);
  const { x, color, facet } = channels(table, { ...parts, y: parts.x }, "quantitative");
  const groups = [...(color ? [color] : []), ...(facet ? [facet] : [])];
  const curves = Map.groupBy(
    table.rows,
    (row) => JSON.stringify(groups.map(({ field }) => plainValue(row[field]))),
  );
  let count = 0;
  const points = [...curves.values()].flatMap((rows): ChartPoint[] => {
    const values = Float64Array.from(
      rows.map((row) => plainValue(row[x.field])).filter((value) => typeof value === "number"),
    ).sort();
    count += values.length;
    const own = Object.fromEntries(
      groups.map(({ key, field }) => [key, plainValue(rows[0][field])]),
    );
    return thinCdf(values).map(({ value, share }) => ({ ...own, [x.key]: value, share }));
  });
  const all = points.map((point) => point[x.key] as number).filter((value) => value > 0);
  const spread = all.reduce((most, value) => Math.max(most, value), 0) /
    all.reduce((least, value) => Math.min(least, value), Infinity);
  const log = x.log ?? (all.length === points.length && spread > LOG_SPREAD);
  const missing = table.rows.length - count;
  const share: ResolvedField = {
    field: "share",
    key: "share",
    type: "quantitative",
    // Values that are not there are no part of the whole: the axis says so.
    title: missing === 0
      ? "Cumulative share (%)"
      : `Share of ${count} of ${table.rows.length} rows (%)`,
  };
  const names = nameEncodings(table, color, parts.column ?? 1, "stroke");
  const y = {
    field: "share",
    type: "quantitative",
    title: share.title,
    // No curve lies on the frame, which would cut it in half.
    scale: { domain: [-0.02, 1.02], nice: false },
    axis: { values: [0, 0.25, 0.5, 0.75, 1], labelExpr: "round(datum.value * 100)" },
  };
  return {
    points,
    facet,
    parts,
    keyHeight: names.keyHeight,
    layers: [{
      mark: { type: "line", interpolate: "step-after", color: PALETTE[0] },
      encoding: {
        x: axisEncoding({ ...x, log }, points, { zero: false, isX: true }),
        y,
        ...(names.color && { color: names.color, strokeDash: names.dash }),
        tooltip: tooltips([x, share, ...(color ? [color] : [])]),
      },
      params: zoom(x, share),
    }],
  };
}

/** The channels of a chart, and those that tell its points apart. */
function channels(
  table: ChartTable,
  { x, y, color, facet }: CommonParts & { readonly x: Channel; readonly y: Channel },
  xType?: "quantitative" | "nominal",
) {
  const resolved = {
    x: resolveField(table, "x", x, xType),
    y: resolveField(table, "y", y, "quantitative"),
    color: color === undefined ? undefined : resolveField(table, "color", color, "nominal"),
    facet: facet === undefined ? undefined : resolveField(table, "facet", facet, "nominal"),
  };
  const others = [resolved.x, resolved.color, resolved.facet].filter((one) => one !== undefined);
  return { ...resolved, others };
}
