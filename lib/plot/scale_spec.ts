import type { FigureSpec } from "./spec.ts";

/** Names of lengths, wherever they stand. */
const LENGTHS = new Set([
  ...["width", "height", "step", "x", "x2", "y", "y2", "dx", "dy", "xOffset", "yOffset"],
  ...["fontSize", "labelFontSize", "titleFontSize", "subtitleFontSize", "lineHeight"],
  ...["strokeWidth", "domainWidth", "tickWidth", "gridWidth", "symbolStrokeWidth", "thickness"],
  ...["tickSize", "tickOffset", "labelOffset", "labelPadding", "titlePadding", "subtitlePadding"],
  ...[
    "titleX",
    "titleY",
    "legendX",
    "legendY",
    "minExtent",
    "maxExtent",
    "labelLimit",
    "titleLimit",
    "limit",
  ],
  ...["offset", "padding", "columnPadding", "rowPadding", "spacing", "labelSeparation"],
  ...["bandSize", "continuousBandSize", "discreteBandSize", "minBandSize", "clipHeight"],
  ...["cornerRadius", "cornerRadiusEnd", "gradientLength", "gradientThickness", "radius"],
  ...["innerRadius", "outerRadius", "left", "right", "top", "bottom", "row", "column"],
  ...["continuousWidth", "continuousHeight", "discreteWidth", "discreteHeight"],
]);
/** Names of areas. */
const AREAS = new Set(["size", "symbolSize"]);
/** Names of lists of lengths. */
const DASHES = new Set(["strokeDash", "domainDash", "tickDash", "gridDash", "symbolDash"]);
/** What holds no lengths of the drawing: data, and values of the data. */
const NO_LENGTHS = new Set([
  ...["data", "datasets", "transform", "domain", "values", "value", "datum", "params", "test"],
  ...["$schema", "usermeta", "tickCount", "columns", "format"],
]);
/** Marks whose size is a length: the width of a bar. */
const LONG_MARKS = /^(bar|tick|rule|text|trail)$/;
/** Channels whose fixed values are lengths, and those whose fixed values are areas. */
const LENGTH_CHANNELS = /^(x2?|y2?|[xy]Offset|strokeWidth)$/;

/**
 * A figure drawn larger: every length of its drawing times a factor, text included; data as they are.
 * Lengths within expressions stay.
 *
 * @param factor Above 0: pixels of a screen for each point of a page, as a rule.
 */
export function scaleSpec(spec: FigureSpec, factor: number): FigureSpec {
  return scaled(spec, "", factor) as FigureSpec;
}

function scaled(value: unknown, key: string, factor: number): unknown {
  if (typeof value === "number") {
    if (LENGTHS.has(key)) return value * factor;
    return AREAS.has(key) ? value * factor ** 2 : value;
  }
  if (Array.isArray(value)) {
    if (DASHES.has(key)) return value.map((part) => part * factor);
    return value.map((part) => scaled(part, key === "range" ? key : "", factor));
  }
  if (typeof value !== "object" || value === null) return value;
  if (key === "scale") return scaledScale(value, factor);
  const isLong = LONG_MARKS.test(String((value as { type?: unknown }).type)) && key !== "legend";
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      if (name === "value" && typeof part === "number") return [name, fixed(part, key, factor)];
      if (NO_LENGTHS.has(name)) return [name, part];
      // Fields of the data and of themes may have names of lengths: those are texts and objects.
      if (name === "size" && isLong && typeof part === "number") return [name, part * factor];
      return [name, scaled(part, name, factor)];
    }),
  );
}

/** A fixed value of a channel. */
function fixed(value: number, channel: string, factor: number): number {
  if (LENGTH_CHANNELS.test(channel)) return value * factor;
  return channel === "size" ? value * factor ** 2 : value;
}

/** A scale: room at the ends of numbers is a length, between bands it is a share of them. */
function scaledScale(scale: object, factor: number): object {
  return Object.fromEntries(
    Object.entries(scale).map(([name, part]) => {
      const isBand = "type" in scale && /^(band|point)$/.test(String(scale.type));
      if (name === "padding" && typeof part === "number") {
        return [name, isBand ? part : part * factor];
      }
      const areDashes = name === "range" && Array.isArray(part) && part.every(Array.isArray);
      if (areDashes) return [name, part.map((dash: number[]) => dash.map((one) => one * factor))];
      return [name, part];
    }),
  );
}
