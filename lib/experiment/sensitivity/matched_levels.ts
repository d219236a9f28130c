import type { ExperimentRow, Value } from "../experiment.ts";

/** The mean of a measure at a level of a factor. */
export interface LevelMean {
  readonly level: Value;
  readonly mean: number;
}

/** Sweeps of the fit at most, and the change at which it is done, a share of the greatest effect. */
const SWEEPS = 1000;
const DONE = 1e-12;

/**
 * What a measure is at each level of a factor, from cells that differ in that factor alone: the effects
 * of the levels in an additive model of the level and of what all other factors are (least squares by
 * backfitting), on the mean over all rows. A factor that changes nothing has equal values, whichever
 * cells were run. Levels that no such cells join with the most of the others are left out.
 *
 * @param others Names of the other factors.
 */
export function matchedLevels(
  rows: readonly ExperimentRow[],
  measure: string,
  factor: string,
  others: readonly string[],
): LevelMean[] {
  const groups = groupsOf(rows, measure, factor, others);
  const levels = largestComponent(groups);
  if (levels.size === 0) return [];
  const joined = groups.filter((group) => levels.has(group[0].level));
  const effects = new Map<Value, number>([...levels].map((level) => [level, 0]));
  const pointsAt = new Map<Value, { group: number; mean: number }[]>(
    [...levels].map((level) => [level, []]),
  );
  for (const [group, own] of joined.entries()) {
    for (const { level, mean } of own) pointsAt.get(level)!.push({ group, mean });
  }
  const bases = new Float64Array(joined.length);
  for (let sweep = 0, change = Infinity; sweep < SWEEPS; sweep++) {
    for (const [i, own] of joined.entries()) {
      bases[i] = meanOf(own.map(({ level, mean }) => mean - effects.get(level)!));
    }
    change = 0;
    let greatest = 0;
    for (const [level, points] of pointsAt) {
      const effect = meanOf(points.map(({ group, mean }) => mean - bases[group]));
      change = Math.max(change, Math.abs(effect - effects.get(level)!));
      greatest = Math.max(greatest, Math.abs(effect));
      effects.set(level, effect);
    }
    if (change <= DONE * greatest) break;
  }
  const all = rows.map((row) => row[measure]).filter((value) => typeof value === "number");
  const centre = meanOf(all) - meanOf([...effects.values()]);
  return [...effects].map(([level, effect]) => ({ level, mean: centre + effect }));
}

/** Cells with all other factors equal, two or more of different levels each. */
function groupsOf(
  rows: readonly ExperimentRow[],
  measure: string,
  factor: string,
  others: readonly string[],
): LevelMean[][] {
  const known = rows.filter((row) => typeof row[measure] === "number");
  const groups = Map.groupBy(known, (row) => JSON.stringify(others.map((name) => row[name])));
  return [...groups.values()].map((own) =>
    [...Map.groupBy(own, (row) => row[factor])].map(([level, same]) => ({
      level: level as Value,
      mean: meanOf(same.map((row) => row[measure] as number)),
    }))
  ).filter((group) => group.length > 1);
}

/** The levels that groups join with one another, of several such sets the largest. */
function largestComponent(groups: readonly (readonly LevelMean[])[]): ReadonlySet<Value> {
  let sets: Set<Value>[] = [];
  for (const group of groups) {
    const own = new Set(group.map(({ level }) => level));
    const touched = sets.filter((set) => !set.isDisjointFrom(own));
    sets = [
      ...sets.filter((set) => !touched.includes(set)),
      touched.reduce((all, set) => all.union(set), own),
    ];
  }
  return sets.reduce((best, set) => set.size > best.size ? set : best, new Set<Value>());
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
