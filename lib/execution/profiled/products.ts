import { powerLimited } from "../power_limit.ts";
import { type GemmSeconds, gemmSecondsByRows } from "./gemm_times.ts";
import type { ProfiledOptions } from "./profiled_options.ts";
import { requireTable } from "./require_table.ts";

/** Products with weights of n columns and k rows, by their rows. */
export interface Products {
  /** In the format of the weights. */
  gemm(n: number, k: number): GemmSeconds;
  /** At 16 bits, as the LM head stays. */
  gemm16(n: number, k: number): GemmSeconds;
}

/** Matrix products from the tables of a profile, on a card at its power limit where the options say so. */
export function productsOf(
  { profile, weightDtype = "bf16", isPowerLimited }: ProfiledOptions,
): Products {
  const productsIn = (dtype: string) => {
    const table = requireTable(profile, "gemm", { dtype });
    return (n: number, k: number) =>
      powerLimited(isPowerLimited, gemmSecondsByRows(table, n, k, profile.peaks));
  };
  return { gemm: productsIn(weightDtype), gemm16: productsIn("bf16") };
}
