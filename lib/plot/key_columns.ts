import { type ColumnSpan, FIGURE_WIDTH, FONT_SIZE } from "./theme.ts";

/** Room left of a key for the axis, and for a symbol and the gap beside each label, points. */
const AXIS = 40;
const SYMBOL = 20;

/**
 * Columns of a key above a figure: as many as fit. A letter is taken as 0.8 of its size wide, as Vega
 * does where it cannot measure.
 */
export function keyColumns(labels: readonly string[], column: ColumnSpan): number {
  const room = FIGURE_WIDTH[column] - AXIS;
  for (let columns = labels.length; columns > 1; columns--) {
    let width = 0;
    for (let i = 0; i < columns; i++) {
      const own = labels.filter((_, label) => label % columns === i).map((label) => label.length);
      width += SYMBOL + 0.8 * FONT_SIZE * Math.max(...own);
    }
    if (width <= room) return columns;
  }
  return 1;
}
