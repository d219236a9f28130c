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
   * What was asked for so far and not measured, in a sentence; undefined: nothing. Tables of many shapes
   * are made to be interpolated, those of single models (attribute `shapes`) are not.
   */
  notice(model: string): string | undefined;
}

/** @throws {RangeError} If the profile has no products in that format. */
export function productTimes(profile: OperatorProfile, dtype: ProfileDtype): ProductTimes {
  const own = requireTable(profile, "gemm", { dtype });
  const wide = requireTable(profile, "gemm", { dtype: "bf16" });
  const guessed = new Set<string>();
  const times = (table: OperatorTable) => (n: number, k: number) => {
    if (table.attributes.shapes !== undefined && !isMeasured(table, n, k)) {
      guessed.add(`${n} x ${k}`);
    }
    return gemmSecondsByRows(table, n, k, profile.peaks);
  };
  return {
    gemm: times(own),
    gemm16: times(wide),
    notice: (model) =>
      guessed.size === 0
        ? undefined
        : `${model}: weights of ${
          [...guessed].join(", ")
        } were not measured on ${profile.gpu}: their ` +
          "times are put together from those that were",
  };
}

function isMeasured(table: OperatorTable, n: number, k: number): boolean {
  const [columns, rows] = [axisValues(table, 0).indexOf(n), axisValues(table, 1).indexOf(k)];
  if (columns < 0 || rows < 0) return false;
  const [, ks, ms] = table.axes.map(({ points }) => points.length);
  const first = (columns * ks + rows) * ms;
  return table.seconds.subarray(first, first + ms).some((seconds) => seconds > 0);
}
