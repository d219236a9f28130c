import { exp, log } from "../../stats/elementary/mod.ts";
import { fillMissing } from "./fill_missing.ts";
import { type KnotPlace, placeAmong } from "./interpolate.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";

/** Measured over predicted time at two coordinates. */
export type MeasuredRatio = (x: number, y: number) => number;

/**
 * What a law has to be multiplied with to give the times of one row of a table's first axis: the
 * logarithm of measured over predicted is interpolated over the logarithms of the two other axes (of
 * one, where there is only one), and holds beyond the table's edge as it is there.
 *
 * @param row Point of the first axis.
 * @param law Seconds at the points of the other axes.
 */
export function measuredRatio(
  table: OperatorTable,
  row: number,
  law: (x: number, y: number) => number,
): MeasuredRatio {
  const xs = axisValues(table, 1);
  const ys = table.axes.length > 2 ? axisValues(table, 2) : [1];
  const size = xs.length * ys.length;
  const [logXs, logYs] = [xs.map(log), ys.map(log)];
  const ratios = fillMissing(
    table.seconds.slice(row * size, (row + 1) * size).map((seconds, cell) =>
      log(seconds / law(xs[Math.floor(cell / ys.length)], ys[cell % ys.length]))
    ),
    logXs,
    logYs,
  );
  fillOutwards(ratios, ys.length);
  const first: KnotPlace = { index: 0, weight: 0 };
  const second: KnotPlace = { index: 0, weight: 0 };
  return (x, y) => {
    placeAmong(logXs, log(x), first);
    placeAmong(logYs, log(y), second);
    const along = (i: number) => {
      const low = ratios[i * ys.length + second.index];
      const high = ratios[i * ys.length + Math.min(second.index + 1, ys.length - 1)];
      return low + second.weight * (high - low);
    };
    const low = along(first.index);
    const high = along(Math.min(first.index + 1, xs.length - 1));
    return exp(low + first.weight * (high - low));
  };
}

/** Cells that nothing brackets take the nearest of their line, else of the line before or after. */
function fillOutwards(ratios: Float64Array, width: number): void {
  const take = (cell: number, from: number) => {
    if (Number.isNaN(ratios[cell])) ratios[cell] = ratios[from];
  };
  for (let cell = 0; cell < ratios.length; cell++) if (cell % width > 0) take(cell, cell - 1);
  for (let cell = ratios.length - 1; cell >= 0; cell--) {
    if (cell % width < width - 1) take(cell, cell + 1);
  }
  for (let cell = width; cell < ratios.length; cell++) take(cell, cell - width);
  for (let cell = ratios.length - 1 - width; cell >= 0; cell--) take(cell, cell + width);
  // A table without a time for these heads leaves the law as it is.
  for (let cell = 0; cell < ratios.length; cell++) if (Number.isNaN(ratios[cell])) ratios[cell] = 0;
}
