import { log } from "../../stats/elementary/mod.ts";
import type { GpuPeaks } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";
import type { ReferenceTime } from "./reference_time.ts";
import { referenceSeconds, workOfCell } from "./reference_times.ts";
import { forEachCell } from "./for_each_cell.ts";

/** Cells looked at; more do not move the constants. */
const MAX_CELLS = 3000;

/**
 * Fits the four constants of a reference time to a table by coordinate search on the mean absolute
 * log error. Both efficiencies stay within (0, 1].
 */
export function fitReference(table: OperatorTable, peaks: GpuPeaks): ReferenceTime {
  const flops: number[] = [];
  const bytes: number[] = [];
  const logSeconds: number[] = [];
  const stride = Math.max(1, Math.floor(table.seconds.length / MAX_CELLS)) | 1;
  forEachCell(table, (cell, at) => {
    if (cell % stride !== 0 || Number.isNaN(table.seconds[cell])) return;
    const work = workOfCell(table, at);
    flops.push(work.flops);
    bytes.push(work.bytes);
    logSeconds.push(log(table.seconds[cell]));
  });
  const peak = table.attributes.dtype === "fp8"
    ? peaks.fp8FlopsPerSecond
    : peaks.bf16FlopsPerSecond;
  const error = (x: readonly number[]) => {
    const reference = referenceOf(x);
    let sum = 0;
    for (let i = 0; i < flops.length; i++) {
      const seconds = referenceSeconds(
        reference,
        flops[i],
        bytes[i],
        peak,
        peaks.memoryBytesPerSecond,
      );
      sum += Math.abs(log(seconds) - logSeconds[i]);
    }
    return sum / flops.length;
  };
  const fitted = coordinateSearch(error, [0.7, 0.8, 2, 5], [0.1, 0.1, 0.5, 2]);
  return referenceOf(fitted);
}

/** Constants in four significant digits, so that a written profile holds what was used. */
function referenceOf(x: readonly number[]): ReferenceTime {
  const digits = (value: number) => Number(value.toPrecision(4));
  return {
    computeEfficiency: digits(Math.min(1, Math.max(0.01, x[0]))),
    memoryEfficiency: digits(Math.min(1, Math.max(0.01, x[1]))),
    sharpness: digits(Math.min(10, Math.max(0.5, x[2]))),
    constantSeconds: digits(Math.max(0, x[3]) * 1e-6),
  };
}

function coordinateSearch(
  error: (x: readonly number[]) => number,
  start: readonly number[],
  firstSteps: readonly number[],
): number[] {
  const x = [...start];
  const steps = [...firstSteps];
  let best = error(x);
  for (let round = 0; round < 60; round++) {
    for (let i = 0; i < x.length; i++) {
      const before = x[i];
      let improved = false;
      for (const sign of [1, -1]) {
        x[i] = before + sign * steps[i];
        const value = error(x);
        if (value < best) {
          best = value;
          improved = true;
          break;
        }
        x[i] = before;
      }
      steps[i] *= improved ? 1.3 : 0.6;
    }
  }
  return x;
}
