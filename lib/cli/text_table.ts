import { shownName } from "../std/safe_text.ts";

/** Longest cell: a list of stages is longer than a name. */
const MOST_CHARACTERS = 500;

/**
 * A table as lines, its columns as wide as their longest cell and two spaces apart.
 *
 * @param rows The head, then the rows; all of the same number of cells.
 * @param left Columns whose cells stand at the left, as names do; the others stand at the right.
 */
export function textTable(
  rows: readonly (readonly string[])[],
  left: readonly number[] = [0],
): string[] {
  const shown = rows.map((row) => row.map((cell) => shownName(cell, MOST_CHARACTERS)));
  const widths = rows[0].map((_, i) =>
    shown.reduce((width, row) => Math.max(width, row[i].length), 0)
  );
  return shown.map((row) =>
    row.map((cell, i) => left.includes(i) ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))
      .join("  ").trimEnd()
  );
}
