import { log } from "../../stats/elementary/mod.ts";
import type { ExecutionTimeModel } from "../execution_time_model.ts";
import { type GemmSeconds, gemmSecondsByRows } from "./gemm_times.ts";
import type { OperatorProfile, ProfileDtype } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import { requireTable } from "./require_table.ts";

/** Times of a model's matrix products from a profile. */
export interface ProductTimes {
  /** Products with weights of `n` columns and `k` rows in the model's format. */
  gemm(n: number, k: number): GemmSeconds;
  /** The same in 16 bits. */
  gemm16(n: number, k: number): GemmSeconds;
  /**
   * A model with a notice about the products that were asked for so far and not measured. Tables of many
   * shapes are made to be interpolated, those of single models (attribute `shapes`) are not.
   */
  noted(model: ExecutionTimeModel, name: string): ExecutionTimeModel;
}

/** @throws {RangeError} If the profile has no products in that format. */
export function productTimes(profile: OperatorProfile, dtype: ProfileDtype): ProductTimes {
  const own = requireTable(profile, "gemm", { dtype });
  const wide = requireTable(profile, "gemm", { dtype: "bf16" });
  const guessed = new Set<string>();
  const times = (table: OperatorTable) => (n: number, k: number) => {
    if (table.attributes.shapes === undefined || isMeasured(table, n, k)) {
      return gemmSecondsByRows(table, n, k, profile.peaks);
    }
    guessed.add(`${n} x ${k}`);
    return gemmSecondsByRows(nearestAlone(table, n, k), n, k, profile.peaks);
  };
  return {
    gemm: times(own),
    gemm16: times(wide),
    noted(model, name) {
      if (guessed.size === 0) return model;
      const notice = `${name}: weights of ${[...guessed].join(", ")} were not measured on ` +
        `${profile.gpu}: times follow the measured matrix that is nearest in size`;
      return { ...model, notices: [...model.notices ?? [], notice] };
    },
  };
}

function isMeasured(table: OperatorTable, n: number, k: number): boolean {
  const [columns, rows] = [axisValues(table, 0).indexOf(n), axisValues(table, 1).indexOf(k)];
  return columns >= 0 && rows >= 0 && rowOf(table, columns, rows).some((seconds) => seconds > 0);
}

/** Times of one matrix by its place on the axes. */
function rowOf(table: OperatorTable, columns: number, rows: number): Float64Array {
  const [, ks, ms] = table.axes.map(({ points }) => points.length);
  const first = (columns * ks + rows) * ms;
  return table.seconds.subarray(first, first + ms);
}

/** The table with the measured matrix alone that is nearest in the logarithms of both sizes. */
function nearestAlone(table: OperatorTable, n: number, k: number): OperatorTable {
  const [ns, ks] = [axisValues(table, 0), axisValues(table, 1)];
  let nearest = { columns: 0, rows: 0 };
  let least = Infinity;
  ns.forEach((own, columns) =>
    ks.forEach((other, rows) => {
      const distance = Math.abs(log(own / n)) + Math.abs(log(other / k));
      if (distance >= least || !rowOf(table, columns, rows).some((seconds) => seconds > 0)) return;
      least = distance;
      nearest = { columns, rows };
    })
  );
  const { columns, rows } = nearest;
  const [ofN, ofK, ofM] = table.axes;
  return {
    ...table,
    axes: [
      { ...ofN, points: [ofN.points[columns]] },
      { ...ofK, points: [ofK.points[rows]] },
      ofM,
    ],
    seconds: rowOf(table, columns, rows).slice(),
  };
}
