import type { ReachedPrecision } from "../../experiment/replicate.ts";
import type { ReplicatedFigure } from "../../experiment/replication_figures.ts";
import { percent } from "../readable_numbers.ts";
import { inUnit, withUnit } from "../unit_text.ts";

/** Figures that few read: the table stays on one screen. */
const LEFT_OUT = /^normalized_latency_(?!mean|p99)/;

/**
 * Means and intervals of replications as lines of a table: the figures that vary, in the order of the
 * summary, and how many do not.
 */
export function showReplications(
  figures: readonly ReplicatedFigure[],
  replications: number,
  precision?: ReachedPrecision,
): string[] {
  let same = 0;
  const rows = figures.flatMap(({ name, unit, values, interval }) => {
    if (interval === undefined || LEFT_OUT.test(name)) return [];
    const present = values.filter((value) => !Number.isNaN(value));
    if (present.every((value) => value === present[0])) {
      same++;
      return [];
    }
    const show = (value: number) => inUnit(value, unit);
    return [[
      name,
      withUnit(interval.estimate, unit),
      `${show(interval.lower)} to ${show(interval.upper)}`,
      `${show(Math.min(...present))} to ${show(Math.max(...present))}`,
    ]];
  });
  const table = [["figure", "mean", "95 % interval of the mean", "range"], ...rows];
  const widths = table[0].map((_, i) => Math.max(...table.map((row) => row[i].length)));
  return [
    `${replications} replications; the interval is Student's t`,
    ...(precision === undefined ? [] : [reached(precision, replications)]),
    "",
    ...table.map((row) =>
      row.map((cell, i) => i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i])).join("  ")
    ),
    ...(same === 0 ? [] : ["", `${same} more figures are the same in every replication`]),
  ];
}

/** "ttft_s.p99 is known to 1.8 %, after 24 replications". */
function reached({ of, interval, precise }: ReachedPrecision, replications: number): string {
  // A figure that is 0 in every replication is known exactly.
  const width = percent(
    interval.halfWidth === 0 ? 0 : interval.halfWidth / Math.abs(interval.estimate),
  );
  const after = `after ${replications} replications`;
  return precise
    ? `${of} is known to ${width} ${after}`
    : `${of} is known to ${width} only ${after}, the most that simulation.replications allows`;
}
