import { figure, type FigureSpec } from "./spec.ts";
import { type ColumnSpan, FIGURE_WIDTH, PALETTE } from "./theme.ts";

/** What a factor does to a measure: a bar. */
export interface TornadoRow {
  /** Name of the factor; bars stand in the order of the rows. */
  readonly factor: string;
  /** Least value. */
  readonly least: number;
  /** Level of the factor at which it is. */
  readonly leastLevel: string;
  /** Greatest value, >= `least`. */
  readonly greatest: number;
  /** Level of the factor at which it is. */
  readonly greatestLevel: string;
}

/** Options of {@linkcode tornado}. */
export interface TornadoOptions {
  /** Title of the horizontal axis with its unit. */
  readonly xTitle: string;
  /** Value where nothing is varied, a line; absent: no line. */
  readonly reference?: number;
  /** Columns of a page; default 1. */
  readonly column?: ColumnSpan;
}

const ROW_HEIGHT = 16;
/** Of a letter, points: 0.8 of its size, as Vega takes it where it cannot measure; of the smaller levels. */
const LETTER = 6.4;
const SMALL_LETTER = 5;
const SMALL_SIZE = 7;
/** Letters of a level at most. */
const MOST_LETTERS: Readonly<Record<ColumnSpan, number>> = { 1: 10, 2: 24 };

/** Bars from the least to the greatest value of each factor, with the levels at their ends. */
export function tornado(rows: readonly TornadoRow[], options: TornadoOptions): FigureSpec {
  const { xTitle, reference, column = 1 } = options;
  const names = rows.map(({ factor }) => factor);
  const left = Math.min(
    0.4 * FIGURE_WIDTH[column],
    12 + LETTER * Math.max(0, ...names.map((name) => name.length)),
  );
  const width = FIGURE_WIDTH[column] - left - 8;
  const values = rows.map((row) => ({
    ...row,
    leastLevel: row.least === row.greatest ? "" : cut(row.leastLevel, column),
    greatestLevel: row.least === row.greatest ? "" : cut(row.greatestLevel, column),
    middle: Math.min(row.greatest, Math.max(row.least, reference ?? row.least)),
  }));
  const domain = domainOf(values, reference, width);
  const y = {
    field: "factor",
    type: "nominal",
    sort: null,
    scale: { domain: names, paddingInner: 0.3 },
    axis: { title: null, ticks: false, domain: false, labelLimit: left - 6, minExtent: left - 4 },
  };
  const x = {
    type: "quantitative",
    title: xTitle,
    scale: { domain, nice: false, zero: false },
    axis: { tickCount: 4, format: "~r", labelOverlap: true },
  };
  const bar = (from: string, to: string, color: string) => ({
    mark: { type: "bar", color },
    encoding: { y, x: { ...x, field: from }, x2: { field: to } },
  });
  const level = (field: string, value: string, isLeft: boolean) => ({
    mark: {
      type: "text",
      align: isLeft ? "right" : "left",
      dx: isLeft ? -3 : 3,
      fontSize: SMALL_SIZE,
    },
    encoding: { y, x: { ...x, field: value }, text: { field, type: "nominal" } },
  });
  return figure({
    width,
    height: ROW_HEIGHT * Math.max(1, rows.length),
    data: { values },
    layer: [
      bar("least", "middle", PALETTE[5]),
      bar("middle", "greatest", PALETTE[0]),
      level("leastLevel", "least", true),
      level("greatestLevel", "greatest", false),
      ...reference === undefined ? [] : [{
        data: { values: [{ reference }] },
        mark: { type: "rule" },
        encoding: { x: { ...x, field: "reference" } },
      }],
    ],
  });
}

/** The axis, no longer than the bars and the levels beside them want. */
function domainOf(
  rows: readonly TornadoRow[],
  reference: number | undefined,
  width: number,
): [number, number] {
  const ends = [
    ...rows.flatMap(({ least, greatest, leastLevel, greatestLevel }) => [
      { value: least, before: room(leastLevel), after: 0 },
      { value: greatest, before: 0, after: room(greatestLevel) },
    ]),
    ...reference === undefined ? [] : [{ value: reference, before: 0, after: 0 }],
  ];
  if (ends.length === 0) return [0, 1];
  const domainAt = (perPoint: number): [number, number] => [
    Math.min(...ends.map(({ value, before }) => value - before * perPoint)),
    Math.max(...ends.map(({ value, after }) => value + after * perPoint)),
  ];
  const values = ends.map(({ value }) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high > low ? high - low : Math.abs(high) || 1;
  // The points that all of it takes become fewer the more a point stands for.
  let [fine, coarse] = [span / width, 100 * span / width];
  for (let i = 0; i < 40; i++) {
    const perPoint = Math.sqrt(fine * coarse);
    const [from, to] = domainAt(perPoint);
    if ((to - from) / perPoint > width) fine = perPoint;
    else coarse = perPoint;
  }
  return domainAt(coarse);
}

/** Of a level beside its bar, points. */
function room(level: string): number {
  return 6 + SMALL_LETTER * level.length;
}

function cut(level: string, column: ColumnSpan): string {
  const most = MOST_LETTERS[column];
  return level.length > most ? `${level.slice(0, most - 1)}…` : level;
}
