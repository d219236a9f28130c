import { deepEqual, equal, ok } from "#assert";
import type { RunRecord } from "../../lib/metrics/run_record.ts";
import { partsAddUp, sameParts } from "./latency_laws.ts";

/** Bound on the relative difference of an instant. */
const TOLERANCE = 1e-9;

let worst = 0;

/** The greatest relative difference that was found. */
export function worstDifference(): number {
  return worst;
}

function close(actual: number, expected: number, what: string, tolerance = TOLERANCE): void {
  if (Number.isNaN(actual) && Number.isNaN(expected)) return;
  const difference = Math.abs(actual - expected) / Math.max(Math.abs(expected), 1e-3);
  if (difference > worst && tolerance === TOLERANCE) worst = difference;
  ok(difference <= tolerance, `${what}: leap ${actual}, step ${expected}`);
}

/** Both stepping modes have done the same, to the rounding of sums. */
export function sameRuns(leap: RunRecord, step: RunRecord): void {
  // Bit by bit: what the digest is made of does not depend on the mode.
  deepEqual(leap.columns, step.columns);
  equal(leap.peakBlocks, step.peakBlocks);
  equal(leap.stepsLeapt + leap.stepsSingle, step.stepsLeapt + step.stepsSingle);
  equal(step.stepsLeapt, 0);
  equal(leap.gaps.count, step.gaps.count);
  close(leap.gaps.mean, step.gaps.mean, "mean gap");
  close(leap.gaps.max, step.gaps.max, "longest gap");
  for (const q of [0.5, 0.9, 0.99]) {
    const [a, b] = [leap.gaps.quantile(q), step.gaps.quantile(q)];
    ok(Number.isNaN(a) === Number.isNaN(b) && !(Math.abs(a - b) > 0.0101 * b), `p${q}: ${a}, ${b}`);
  }
  partsAddUp(leap);
  sameParts(leap, step);
  equal(leap.lives.length, step.lives.length);
  leap.totals.list().forEach((totals, id) => {
    for (const key of Object.keys(totals) as (keyof typeof totals)[]) {
      close(totals[key], step.totals.at(id)[key], `${key} of instance ${id}`);
    }
  });
  const { count: rows, ...series } = leap.timeSeries;
  equal(rows, step.timeSeries.count);
  for (const key of Object.keys(series) as (keyof typeof series)[]) {
    for (let row = 0; row < rows; row++) {
      // A rate is off by the clock's tick over the interval, of which the last may be a sliver.
      const length = series.timeSeconds[row] - (row > 0 ? series.timeSeconds[row - 1] : 0);
      const tolerance = key === "timeSeconds" ? TOLERANCE : Math.max(1e-6, 1e-10 / length);
      close(series[key][row], step.timeSeries[key][row], `${key} in interval ${row}`, tolerance);
    }
  }
}
