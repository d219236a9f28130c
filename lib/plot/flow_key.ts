import { textWidth } from "./place_labels.ts";
import type { SeriesKey } from "./series_key.ts";
import { shortText } from "./short_text.ts";
import { FONT_SIZE } from "./theme.ts";

/** Height of a line of the key, and its distance from the frame, points. */
const LINE_HEIGHT = 11;
const OFFSET = 8;
/** Room of a symbol before its name, of a piece of a line before it, and behind the name, points. */
const SYMBOL = 9;
const STROKE = 18;
const GAP = 9;

/** A key of series above a frame, set like the words of a line. */
export interface FlowKey {
  /** What is drawn, for a figure of layers whose frame begins at (0, 0). */
  readonly layers: readonly object[];
  /** What the key takes above the frame, points. */
  readonly height: number;
}

/**
 * A key whose entries follow one another as words do, in as few lines as they need. Vega's own sets them
 * in columns of equal entries and takes letters to be wider than they are.
 *
 * @param left Where the lines begin, points from the left edge of the frame; negative: beside the axis.
 * @param width How long a line is, points.
 */
export function flowKey(
  { color, shape, dash }: SeriesKey,
  { left = 0, width, isHollow = false, isOfLines = false }: {
    readonly left?: number;
    readonly width: number;
    /** Whether symbols are outlines, as the points of the figure are. */
    readonly isHollow?: boolean;
    /** Whether symbols are pieces of lines, in their dashes; else they are points. */
    readonly isOfLines?: boolean;
  },
): FlowKey {
  const series = color.scale.domain;
  if (series.length < 2) return { layers: [], height: 0 };
  const symbol = isOfLines ? STROKE : SYMBOL;
  const letters = Math.floor((width - symbol) / (0.76 * FONT_SIZE));
  const placed: { label: string; x: number; line: number }[] = [];
  let x = 0;
  let line = 0;
  for (const name of series) {
    const label = shortText(name, letters);
    const wide = symbol + textWidth(label, FONT_SIZE);
    if (x > 0 && x + wide > width) [x, line] = [0, line + 1];
    placed.push({ label, x, line });
    x += wide + GAP;
  }
  const yOf = (own: number) => -OFFSET - LINE_HEIGHT * (line - own);
  const layers = placed.flatMap(({ label, ...at }, i) => {
    const data = { values: [{ label }] };
    const paint = String(color.scale.range[i]);
    return [
      isOfLines
        ? {
          data,
          mark: { type: "rule", strokeDash: dash.scale.range[i], strokeWidth: 1.25, color: paint },
          encoding: {
            x: { value: left + at.x },
            x2: { value: left + at.x + STROKE - 4 },
            y: { value: yOf(at.line) },
          },
        }
        : {
          data,
          mark: {
            ...{ type: "point", shape: shape.scale.range[i], size: 28, opacity: 1 },
            ...{ filled: !isHollow, strokeWidth: 1.25, x: left + at.x + 3, y: yOf(at.line) },
            color: paint,
          },
        },
      {
        data,
        mark: {
          ...{ type: "text", align: "left", baseline: "middle", fontSize: FONT_SIZE },
          ...{ x: left + at.x + symbol, y: yOf(at.line) },
        },
        encoding: { text: { field: "label" } },
      },
    ];
  });
  return { layers, height: OFFSET + LINE_HEIGHT * (line + 0.5) };
}
