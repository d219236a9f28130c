import { axisValues, type OperatorTable } from "./operator_table.ts";

/**
 * Leaves out points of a table with one axis that linear interpolation between the kept ones gives
 * back within `tolerance` (relative). The first and the last point stay.
 */
export function thinTable(table: OperatorTable, tolerance: number): OperatorTable {
  const knots = axisValues(table, 0);
  const { seconds } = table;
  const keep = new Uint8Array(knots.length);
  keep[0] = 1;
  keep[knots.length - 1] = 1;
  const pending: [number, number][] = [[0, knots.length - 1]];
  while (pending.length > 0) {
    const [from, to] = pending.pop()!;
    let worst = tolerance;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const weight = (knots[i] - knots[from]) / (knots[to] - knots[from]);
      const line = seconds[from] + weight * (seconds[to] - seconds[from]);
      const error = Math.abs(line / seconds[i] - 1);
      if (error > worst) {
        worst = error;
        at = i;
      }
    }
    if (at < 0) continue;
    keep[at] = 1;
    pending.push([from, at], [at, to]);
  }
  const points = table.axes[0].points.filter((_, i) => keep[i] === 1);
  return {
    ...table,
    axes: [{ names: table.axes[0].names, points }],
    seconds: seconds.filter((_, i) => keep[i] === 1),
  };
}
