import { rowsOf } from "./rows/request_rows.ts";
import type { RunRecord } from "./run_record.ts";
import { hasLimits, meetsSlo, type SloLimits } from "./slo.ts";

/** How many requests kept their limits. */
export interface Attainment {
  /** Requests that arrived after the warm-up, by class. */
  readonly arrived: readonly number[];
  /** Those of them that met every limit of their class. */
  readonly attained: readonly number[];
  /** Attained over arrived of all classes; null without limits or without arrivals. */
  readonly share: number | null;
  /** Requests within their limits that completed after the warm-up, for the goodput. */
  readonly completedWithin: number;
}

/**
 * Counts the requests that met every limit among those that arrived, whatever became of them.
 *
 * @param limits Limits by class; one entry holds for all classes.
 * @param byFunction Limits by function and class where functions have their own.
 */
export function attainment(
  run: RunRecord,
  limits: readonly SloLimits[],
  warmupSeconds: number,
  byFunction?: readonly (readonly SloLimits[])[],
): Attainment {
  const { endAtSeconds } = run;
  const arrived = new Array<number>(limits.length).fill(0);
  const attained = new Array<number>(limits.length).fill(0);
  let completedWithin = 0;
  for (const columns of rowsOf(run).pieces()) {
    for (let i = 0; i < columns.count; i++) {
      const at = columns.arrivalAtSeconds[i];
      // Not a number: a completion that never came would have released it.
      if (!(at <= endAtSeconds)) continue;
      const classId = limits.length === 1 ? 0 : columns.classId[i];
      const own = byFunction === undefined ? limits : byFunction[columns.functionId[i]];
      const meets = meetsSlo(columns, i, own[classId]);
      if (meets && columns.completedAtSeconds[i] >= warmupSeconds) completedWithin++;
      if (at < warmupSeconds) continue;
      arrived[classId]++;
      if (meets) attained[classId]++;
    }
  }
  const all = arrived.reduce((sum, count) => sum + count, 0);
  const isLimited = all > 0 && (byFunction?.flat() ?? limits).some(hasLimits);
  return {
    arrived,
    attained,
    share: isLimited ? attained.reduce((sum, count) => sum + count, 0) / all : null,
    completedWithin,
  };
}
