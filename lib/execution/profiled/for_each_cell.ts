import type { OperatorTable } from "./operator_table.ts";

/**
 * Visits the cells of a table in the order of its values.
 * The coordinate array is reused between calls.
 */
export function forEachCell(
  table: Pick<OperatorTable, "axes" | "seconds">,
  visit: (cell: number, at: readonly (readonly number[])[]) => void,
): void {
  const { axes } = table;
  const index = new Int32Array(axes.length);
  const at = axes.map((axis) => axis.points[0]);
  for (let cell = 0; cell < table.seconds.length; cell++) {
    visit(cell, at);
    for (let axis = axes.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] + 1) % axes[axis].points.length;
      at[axis] = axes[axis].points[index[axis]];
      if (index[axis] !== 0) break;
    }
  }
}
