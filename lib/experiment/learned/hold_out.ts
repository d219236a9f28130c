import { forEachCell } from "../../execution/profiled/for_each_cell.ts";
import { axisValues, type OperatorTable } from "../../execution/profiled/operator_table.ts";

/** A table without some of its measurements, and those: what a predictor has to tell. */
export interface HoldOut {
  /** The table; NaN where a measurement was taken out. */
  readonly rest: OperatorTable;
  /** Indices of the cells taken out, ascending. */
  readonly cells: readonly number[];
}

/** Least columns and rows of a matrix that is held out: below, launches are all there is to time. */
const LEAST_WIDTH = 1024;
/** One in so many is held out. */
const FOLDS = 5;

/**
 * Takes a scattered fifth out of a table. Of matrix products it takes whole matrices (n, k), since that
 * is what a new model brings; of attention single points. Nothing at the edge of the grid: to predict
 * that is to extrapolate.
 *
 * @param table of operator "gemm", "context_attention" or "generation_attention".
 * @param fold Which fifth, 0..4: the five share no cell.
 */
export function holdOut(table: OperatorTable, fold: number): HoldOut {
  const sizes = table.axes.map((axis) => axis.points.length);
  const isInner = (index: number, axis: number) => index > 0 && index + 1 < sizes[axis];
  const isGemm = table.operator === "gemm";
  const [ns, ks] = [axisValues(table, 0), axisValues(table, 1)];
  const seconds = table.seconds.slice();
  const cells: number[] = [];
  forEachCell(table, (cell) => {
    if (Number.isNaN(seconds[cell])) return;
    const inner = cell % sizes[2];
    const middle = Math.floor(cell / sizes[2]) % sizes[1];
    const outer = Math.floor(cell / sizes[2] / sizes[1]);
    const group = isGemm ? outer * sizes[1] + middle : cell;
    if (scatter(group) !== fold) return;
    const mayGo = isGemm
      ? isInner(outer, 0) && isInner(middle, 1) && ns[outer] >= LEAST_WIDTH &&
        ks[middle] >= LEAST_WIDTH
      : isInner(middle, 1) && isInner(inner, 2);
    if (!mayGo) return;
    cells.push(cell);
    seconds[cell] = NaN;
  });
  return { rest: { ...table, seconds }, cells };
}

/** A fixed scatter of numbers over the folds, by a multiplicative hash. */
function scatter(group: number): number {
  return (Math.imul(group + 1, 2654435761) >>> 0) % FOLDS;
}
