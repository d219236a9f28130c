import type { Candidate, PlanObjective } from "./candidates.ts";
import type { CheapestFound } from "./cheapest.ts";
import type { Factor } from "./factors.ts";
import type { PlanSensitivity } from "./plan_result.ts";
import { valueAtLeast, valueIn } from "./value.ts";

/**
 * What each factor does to the least value that keeps the limits: for each level the least value of the
 * candidates with that level, all other factors free. A level of which no candidate was run has none: a
 * bound says no more of it than that something else is cheaper. Factors by their swing, the greatest first.
 */
export function sensitivityOf(
  factors: readonly Factor[],
  candidates: readonly Candidate[],
  found: CheapestFound,
  objective: PlanObjective,
): PlanSensitivity[] {
  const known = candidates.map((candidate) => valueKnown(candidate, found, objective));
  return factors.map(({ path, levels }) => {
    const rows = levels.map((level) => {
      const own = candidates.flatMap((one, i) => one.levels[path] === level ? i : []);
      const least = own.flatMap((i) => known[i] ?? []).sort((a, b) =>
        a.value - b.value || Number(a.isBound) - Number(b.isBound)
      );
      const isRun = own.some((i) => found.run.has(candidates[i].index));
      return !isRun || least.length === 0
        ? { level, value: null, is_bound: false, is_run: isRun }
        : { level, value: least[0].value, is_bound: least[0].isBound, is_run: true };
    });
    const values = rows.flatMap(({ value }) => value ?? []);
    const swing = values.length === 0 ? null : Math.max(...values) - Math.min(...values);
    return { path, swing, levels: rows };
  }).sort((a, b) => (b.swing ?? -1) - (a.swing ?? -1));
}

/** What a candidate that keeps the limits takes, or one that may keep them takes at least. */
function valueKnown(
  candidate: Candidate,
  found: CheapestFound,
  objective: PlanObjective,
): { readonly value: number; readonly isBound: boolean } | undefined {
  const out = found.out(candidate);
  const run = found.run.get(candidate.index);
  if (out === undefined && run !== undefined) {
    const value = valueIn(run.values, objective);
    return value === undefined ? undefined : { value, isBound: false };
  }
  if (out?.status !== "dearer" || candidate.facts === undefined) return undefined;
  const value = valueAtLeast(candidate.facts, objective);
  // Of a fleet of fixed size the bound is the cost itself; whether it keeps the limits is open.
  return value === null ? undefined : { value, isBound: true };
}
