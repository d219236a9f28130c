import { exp, log } from "../../stats/elementary/mod.ts";
import { cellOrNeighbours } from "./fill_missing.ts";
import { blend, type KnotPlace, placeAmong } from "./interpolate.ts";
import { makeNonDecreasing } from "./non_decreasing.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import { axisValues, type OperatorTable } from "./operator_table.ts";
import type { ReferenceTime } from "./reference_time.ts";
import { gemmRoofline, gemmWork, referenceSeconds } from "./reference_times.ts";

/** Seconds of an m x k by k x n product as a function of m (rows, tokens). */
export type GemmSeconds = (m: number) => number;

/**
 * Times of one weight matrix, from a table of many: the ratio of measured to reference time is
 * interpolated linearly over log n, log k and log m, multiplied back, and kept above the roofline.
 * Outside the table the ratio of its edge holds.
 *
 * More rows never take less time: weights that were not measured are put together from four that were,
 * whose kernels change at different numbers of rows, which makes falls that none of them has. At the
 * measured numbers of rows the times are the nearest ones that do not fall ({@link makeNonDecreasing}),
 * which keeps the rises, and between two of them a time is within theirs.
 *
 * @param table of operator "gemm" with a reference time.
 * @param n Columns of the weight matrix on one GPU.
 * @param k Rows of the weight matrix on one GPU.
 */
export function gemmSecondsByRows(
  table: OperatorTable,
  n: number,
  k: number,
  peaks: GpuPeaks,
): GemmSeconds {
  const reference = table.reference as ReferenceTime;
  const { dtype } = table.attributes;
  const peak = dtype === "fp8" ? peaks.fp8FlopsPerSecond : peaks.bf16FlopsPerSecond;
  const smoothSeconds = (m: number, columns: number, rows: number) => {
    const { flops, bytes } = gemmWork(m, columns, rows, dtype);
    return referenceSeconds(reference, flops, bytes, peak, peaks.memoryBytesPerSecond);
  };
  const [ns, ks, ms] = [axisValues(table, 0), axisValues(table, 1), axisValues(table, 2)];
  const place: KnotPlace = { index: 0, weight: 0 };
  const [logNs, logKs] = [ns.map(log), ks.map(log)];
  placeAmong(logNs, log(n), place);
  const [n0, n1, nWeight] = [place.index, Math.min(place.index + 1, ns.length - 1), place.weight];
  placeAmong(logKs, log(k), place);
  const [k0, k1, kWeight] = [place.index, Math.min(place.index + 1, ks.length - 1), place.weight];
  const measuredRatio = (i: number, j: number, l: number) =>
    log(
      table.seconds[(i * ks.length + j) * ms.length + l] / smoothSeconds(ms[l], ns[i], ks[j]),
    );
  const logRatio = (i: number, j: number, l: number) =>
    cellOrNeighbours((x, y) => measuredRatio(x, y, l), i, j, logNs, logKs);
  const rows: number[] = [];
  const known: number[] = [];
  for (let l = 0; l < ms.length; l++) {
    const low = blend(logRatio(n0, k0, l), logRatio(n0, k1, l), kWeight);
    const high = blend(logRatio(n1, k0, l), logRatio(n1, k1, l), kWeight);
    const ratio = blend(low, high, nWeight);
    if (Number.isNaN(ratio)) continue;
    rows.push(ms[l]);
    known.push(smoothSeconds(ms[l], n, k) * exp(ratio));
  }
  if (rows.length === 0) {
    throw new RangeError(`Cannot find GEMM times near n = ${n}, k = ${k} in the profile`);
  }
  const seconds = Float64Array.from(known);
  makeNonDecreasing(seconds);
  const logRows = rows.map(log);
  const ratios = rows.map((m, i) => log(seconds[i] / smoothSeconds(m, n, k)));
  const inner: KnotPlace = { index: 0, weight: 0 };
  return (m) => {
    placeAmong(logRows, log(m), inner);
    const { index, weight } = inner;
    const next = Math.min(index + 1, ratios.length - 1);
    const between = smoothSeconds(m, n, k) * exp(blend(ratios[index], ratios[next], weight));
    const isInside = weight > 0 && weight < 1;
    const measured = isInside
      ? Math.min(Math.max(between, seconds[index]), seconds[next])
      : between;
    return Math.max(measured, gemmRoofline(m, n, k, dtype, peaks));
  };
}
