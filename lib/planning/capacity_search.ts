import { type Interval } from "../stats/intervals.ts";
import type { Candidate } from "./candidates.ts";
import { type Capacity, type CapacityPoint, findCapacities } from "./capacity.ts";
import { capacityTask } from "./capacity_task.ts";
import { type Out, type SearchOptions, staticOut } from "./out.ts";
import { type RunValues, valueIn, valuesOf, valueText } from "./value.ts";
import type { InputsOf } from "./inputs.ts";

/** The capacity of a candidate, and what it takes there. */
export interface CandidateCapacity {
  readonly candidate: Candidate;
  readonly capacity: Capacity;
  /** Whether one seed and a wide bracket were enough: it is not among the best. */
  readonly isCoarse: boolean;
  /** Of the runs at the highest rates that hold. */
  readonly values: RunValues;
}

/** What the search for capacities found. */
export interface CapacitiesFound {
  readonly byCandidate: ReadonlyMap<number, CandidateCapacity>;
  readonly winner?: CandidateCapacity;
  readonly runnerUp?: CandidateCapacity;
  out(candidate: Candidate): Out | undefined;
}

/** Options of {@link searchCapacities}. */
export interface CapacitySearchOptions extends SearchOptions {
  readonly inputsOf: InputsOf;
  /** Ratio of the ends of a bracket, less 1; default 0.02. */
  readonly tolerance?: number;
}

/** Candidates of a round, whatever the number of Workers. */
const ROUND = 4;
/** Tolerance of the first look at a candidate. */
const COARSE = 0.1;
/** Candidates within this factor of the second best are looked at closely. */
const NEAR_BEST = 1.2;

/**
 * Finds the highest rate at which each candidate keeps the objectives; the best is the one that takes the
 * least per request at its capacity or, under a budget, that with the highest capacity. One seed and a
 * wide bracket first, those with the best bounds before others; then all seeds for those near the best.
 */
export async function searchCapacities(
  candidates: readonly Candidate[],
  options: CapacitySearchOptions,
): Promise<CapacitiesFound> {
  const { objectives, runner, rule, inputsOf, tolerance = 0.02 } = options;
  const byCandidate = new Map<number, CandidateCapacity>();
  const look = async (some: readonly Candidate[], isCoarse: boolean) => {
    const tasks = some.map((candidate) => {
      const known = byCandidate.get(candidate.index)?.capacity.bySeed;
      const isKnown = known !== undefined && known.every(Number.isFinite);
      return { ...capacityTask(candidate, inputsOf), ...(isKnown && { known }) };
    });
    const found = await findCapacities(tasks, {
      objectives,
      runner,
      rule,
      tolerance: isCoarse ? COARSE : tolerance,
      ...(isCoarse && { seeds: 1 }),
    });
    for (const [i, candidate] of some.entries()) {
      const values = valuesAt(candidate, found[i], rule.level);
      byCandidate.set(candidate.index, { candidate, capacity: found[i], isCoarse, values });
    }
  };
  const score = (one: CandidateCapacity) => scoreOf(one, options);
  const ranked = () =>
    [...byCandidate.values()].filter((one) => capacityOut(one, options) === undefined)
      .sort((a, b) => score(a) - score(b) || a.candidate.index - b.candidate.index);
  const least = (one: Candidate) => leastScore(one, options);
  const out = (candidate: Candidate): Out | undefined => {
    const own = byCandidate.get(candidate.index);
    if (own !== undefined) return capacityOut(own, options);
    const known = staticOut(candidate, options, false);
    if (known !== undefined) return known;
    const [, second] = ranked();
    return second === undefined || least(candidate) < score(second)
      ? undefined
      : { status: "dearer", reason: "by the bound on its work, no better than the next best" };
  };
  while (true) {
    const open = candidates.filter((one) => !byCandidate.has(one.index) && out(one) === undefined)
      .sort((a, b) => least(a) - least(b) || a.index - b.index);
    if (open.length > 0) {
      await look(open.slice(0, ROUND), true);
      continue;
    }
    const best = ranked();
    const bar = best.length < 2 ? Infinity : score(best[1]);
    const near = best.filter((one, i) => one.isCoarse && (i < 2 || isNear(score(one), bar)));
    if (near.length === 0) {
      const [winner, runnerUp] = best;
      return { byCandidate, ...(winner && { winner }), ...(runnerUp && { runnerUp }), out };
    }
    await look(near.map(({ candidate }) => candidate), false);
  }
}

function isNear(score: number, bar: number): boolean {
  return score < 0 ? score * NEAR_BEST <= bar : score <= bar * NEAR_BEST;
}

/** What runs at the highest rates that hold take, of each seed one. */
function valuesAt({ config }: Candidate, { points }: Capacity, level: number): RunValues {
  const best = new Map<number, CapacityPoint>();
  for (const point of points) if (point.holds) best.set(point.seed, point);
  if (best.size === 0) return {};
  // Each lasts as long as its rate needs, whatever the configuration's duration.
  const simulation = { ...config!.simulation, duration: 0 };
  return valuesOf({ ...config!, simulation }, [...best.values()].map(({ run }) => run), level);
}

/** Less is better: what a request takes at the capacity, or the capacity itself under a budget. */
function scoreOf({ capacity, values }: CandidateCapacity, options: SearchOptions): number {
  const rate = capacity.interval?.estimate;
  if (rate === undefined) return Infinity;
  if (options.budgetUsdPerHour !== undefined) return -rate;
  const value = valueIn(values, options.objective);
  return value === undefined
    ? Infinity
    : options.objective === "usd-per-mtok"
    ? value
    : value / rate;
}

/** The same at best, before any run. */
function leastScore({ facts }: Candidate, options: SearchOptions): number {
  const { secondsPerRequest, instances, isFixed, usdPerHourAtLeast, gpusAtLeast } = facts!;
  const { kilowattsAtLeast } = facts!;
  if (!isFixed || secondsPerRequest === 0) return -Infinity;
  const rate = instances / secondsPerRequest;
  if (options.budgetUsdPerHour !== undefined) return -rate;
  switch (options.objective) {
    case "cost":
      return (usdPerHourAtLeast ?? Infinity) / rate;
    case "gpus":
      return gpusAtLeast / rate;
    case "energy":
      return kilowattsAtLeast / rate;
    case "usd-per-mtok":
      return -Infinity;
  }
}

function capacityOut(
  { capacity, values }: CandidateCapacity,
  { objective, budgetUsdPerHour: budget = Infinity }: SearchOptions,
): Out | undefined {
  if (capacity.interval === undefined) {
    return { status: "misses", reason: capacity.reason ?? "no rate keeps the limits" };
  }
  const cost = values.usdPerHour?.estimate;
  if (valueIn(values, objective) === undefined || (budget < Infinity && cost === undefined)) {
    return { status: "unpriced", reason: "no price is known" };
  }
  if (cost === undefined || cost <= budget) return undefined;
  const reason = `${valueText(cost, "cost")} at its capacity, over the budget of ${
    valueText(budget, "cost")
  }`;
  return { status: "over-budget", reason };
}

/** Dollars per million requests at a capacity; undefined without a price. */
export function usdPerMillionRequests(
  capacity: Interval | undefined,
  { usdPerHour }: RunValues,
): number | undefined {
  if (capacity === undefined || usdPerHour === undefined) return undefined;
  return usdPerHour.estimate / 3600 / capacity.estimate * 1e6;
}
