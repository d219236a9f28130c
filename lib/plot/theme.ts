import type { Config } from "npm:vega-lite@6.5.0";

/** Columns of a page that a figure spans. */
export type ColumnSpan = 1 | 2;

/**
 * Width of a figure by the columns that it spans, points. One column of a two-column conference
 * page is 241 points wide, both are 506.
 *
 * @source ACM acmart and IEEEtran two-column layouts
 */
export const FIGURE_WIDTH: Readonly<Record<ColumnSpan, number>> = { 1: 240, 2: 504 };

/** The only font, embedded in every rendering. */
export const FONT = "DejaVu Sans";

/** Size of all text, points. */
export const FONT_SIZE = 8;

/**
 * Colours that readers with colour-blindness tell apart, alternating dark and light so that
 * neighbours differ in grey too.
 *
 * @source Okabe & Ito, Color Universal Design, 2008
 */
export const PALETTE = [
  "#0072B2",
  "#E69F00",
  "#009E73",
  "#CC79A7",
  "#D55E00",
  "#56B4E9",
  "#000000",
  "#F0E442",
] as const;

/** Dashes of lines in the order of the palette: series stay apart without colour. */
export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [4, 2],
  [1, 1.5],
  [6, 2, 1, 2],
  [2, 2],
  [8, 2],
  [1, 3],
  [3, 1, 1, 1],
];

const INK = "#222222";
const RULE = "#888888";
const GRID = "#E3E3E3";

/** Configuration of Vega-Lite for every figure; one unit of a figure is one point on paper. */
export const THEME: Config = {
  font: FONT,
  background: "white",
  padding: 2,
  view: { stroke: null },
  axis: {
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    domainColor: RULE,
    domainWidth: 0.5,
    tickColor: RULE,
    tickWidth: 0.5,
    tickSize: 3,
    labelPadding: 2,
    labelFlush: false,
    titlePadding: 4,
    gridColor: GRID,
    gridWidth: 0.5,
  },
  legend: {
    labelFontSize: FONT_SIZE,
    titleFontSize: FONT_SIZE,
    titleFontWeight: "normal",
    labelColor: INK,
    titleColor: INK,
    symbolStrokeWidth: 1.5,
    symbolSize: 40,
    orient: "top",
    direction: "horizontal",
    title: null,
    offset: 4,
    padding: 0,
    columnPadding: 8,
    labelOffset: 3,
  },
  title: { fontSize: FONT_SIZE, fontWeight: "normal", color: INK, anchor: "start", offset: 3 },
  text: { fontSize: FONT_SIZE, color: INK },
  line: { strokeWidth: 1.25 },
  rule: { color: INK, strokeWidth: 0.75 },
  range: { category: [...PALETTE] },
};
