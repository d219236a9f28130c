import { forEachCell } from "./for_each_cell.ts";
import type { OperatorProfile } from "./operator_profile.ts";
import type { OperatorTable } from "./operator_table.ts";
import { referenceSeconds, workOfCell } from "./reference_times.ts";

/** What one table covers. */
export interface TableCoverage {
  /** What was timed. */
  readonly operator: string;
  /** What is fixed in the table, such as "dtype bf16". */
  readonly attributes: string;
  /** Measured cells. */
  readonly cells: number;
  /** Axes with their number of points and range, such as "m 45: 1 to 16384". */
  readonly axes: readonly string[];
  /** Shortest measured time, seconds. */
  readonly leastSeconds: number;
  /** Longest measured time, seconds. */
  readonly greatestSeconds: number;
  /** Mean absolute relative error of the fitted reference time; null where there is none. */
  readonly referenceError: number | null;
}

/** Coverage of every table of a profile, in its order. */
export function profileCoverage(profile: OperatorProfile): TableCoverage[] {
  return profile.tables.map((table) => {
    let cells = 0;
    let least = Infinity;
    let greatest = 0;
    for (const seconds of table.seconds) {
      if (Number.isNaN(seconds)) continue;
      cells++;
      least = Math.min(least, seconds);
      greatest = Math.max(greatest, seconds);
    }
    const axes = table.axes.map(({ names, points }) => {
      const [first, last] = [points[0], points[points.length - 1]].map((point) => point.join("/"));
      return `${names.join("/")} ${points.length}: ${first} to ${last}`;
    });
    const attributes = Object.entries(table.attributes).map(([key, value]) => `${key} ${value}`);
    return {
      operator: table.operator,
      attributes: attributes.join(", "),
      cells,
      axes,
      leastSeconds: least,
      greatestSeconds: greatest,
      referenceError: table.reference === undefined ? null : referenceError(table, profile),
    };
  });
}

function referenceError(table: OperatorTable, profile: OperatorProfile): number {
  const { fp8FlopsPerSecond, bf16FlopsPerSecond, memoryBytesPerSecond } = profile.peaks;
  const peak = table.attributes.dtype === "fp8" ? fp8FlopsPerSecond : bf16FlopsPerSecond;
  let sum = 0;
  let count = 0;
  forEachCell(table, (cell, at) => {
    const seconds = table.seconds[cell];
    if (Number.isNaN(seconds)) return;
    const { flops, bytes } = workOfCell(table, at);
    const smooth = referenceSeconds(table.reference!, flops, bytes, peak, memoryBytesPerSecond);
    sum += Math.abs(smooth / seconds - 1);
    count++;
  });
  return sum / count;
}
