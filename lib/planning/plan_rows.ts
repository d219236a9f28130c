import type { Interval } from "../stats/intervals.ts";
import type { Candidate } from "./candidates.ts";
import { type CheapestFound, FRESH_SEEDS } from "./cheapest.ts";
import { figureOf, isSaturated } from "./evaluate.ts";
import type { Capacity } from "./capacity.ts";
import { usdPerMillionRequests } from "./capacity_search.ts";
import { labelOf } from "./labels.ts";
import type { Objective } from "./objectives.ts";
import type { RunCandidate } from "./out.ts";
import { type RunValues, valuesOf } from "./value.ts";
import type { PlanInterval, PlanRow, PlanStatus, PlanValidation } from "./plan_result.ts";

/** An interval as files have it: ends that are not known are null. */
export function planInterval(interval: Interval | undefined): PlanInterval | null {
  if (interval === undefined) return null;
  const { estimate, lower, upper } = interval;
  const end = (value: number) => Number.isFinite(value) ? value : null;
  return { mean: estimate, lower: end(lower), upper: end(upper) };
}

/** The row of a candidate. */
export function planRow(
  candidate: Candidate,
  found: Pick<CheapestFound, "run" | "out" | "winner" | "runnerUp">,
  objectives: readonly Pick<Objective, "name" | "path">[],
  level: number,
): PlanRow {
  const { index, levels, facts } = candidate;
  const run = found.run.get(index);
  const out = found.out(candidate);
  const verdict = run?.evaluation.verdict;
  const status: PlanStatus = index === found.winner?.candidate.index
    ? "winner"
    : index === found.runnerUp?.candidate.index
    ? "runner-up"
    : out?.status ?? (verdict?.outcome === "close" ? "close" : "meets");
  const { usdPerHour, gpus, usdPerMillionTokens, kilowatts } = run?.values ?? {};
  return {
    index,
    label: labelOf(candidate),
    levels,
    status,
    reason: out?.reason ?? verdict?.reason ?? null,
    gpu: facts?.gpuName ?? null,
    gpus_per_instance: facts === undefined || Number.isNaN(facts.gpusPerInstance)
      ? null
      : facts.gpusPerInstance,
    instances: facts?.instances ?? null,
    is_fixed: facts?.isFixed ?? false,
    seeds: run?.evaluation.seeds.length ?? 0,
    usd_per_hour: planInterval(usdPerHour),
    gpus: planInterval(gpus),
    usd_per_million_output_tokens: planInterval(usdPerMillionTokens),
    kilowatts: planInterval(kilowatts),
    figures: Object.fromEntries(objectives.map(({ name, path }) => [
      name,
      run === undefined ? null : planInterval(figureOf(run.evaluation.runs, path, level)),
    ])),
    by_seed: run === undefined ? null : bySeed(run, objectives, level),
    capacity_rps: null,
    usd_per_million_requests: null,
    bound: facts === undefined ? null : {
      seconds_per_request: facts.secondsPerRequest,
      fewest_instances: facts.fewestInstances,
      usd_per_hour_at_least: facts.usdPerHourAtLeast,
      gpus_at_least: facts.gpusAtLeast,
    },
  };
}

/** What each run of a candidate gave. */
function bySeed(
  { candidate, evaluation: { seeds, runs } }: RunCandidate,
  objectives: readonly Pick<Objective, "name" | "path">[],
  level: number,
): PlanRow["by_seed"] {
  const costs = runs.map((run) => valuesOf(candidate.config!, [run], level));
  return {
    seeds,
    values: {
      usd_per_hour: costs.map(({ usdPerHour }) => usdPerHour?.estimate ?? null),
      gpus: costs.map(({ gpus }) => gpus?.estimate ?? null),
      usd_per_million_output_tokens: costs.map(({ usdPerMillionTokens }) =>
        usdPerMillionTokens?.estimate ?? null
      ),
      kilowatts: costs.map(({ kilowatts }) => kilowatts?.estimate ?? null),
      ...Object.fromEntries(objectives.map(({ name, path }) => [
        name,
        runs.map((run) => {
          const value = run.figures[path];
          return typeof value === "number" && !isSaturated(run) ? value : null;
        }),
      ])),
    },
  };
}

/** A row with the capacity of its candidate, and what that takes. */
export function capacityRow(row: PlanRow, capacity: Capacity, values: RunValues): PlanRow {
  return {
    ...row,
    seeds: Math.max(row.seeds, capacity.bySeed.length),
    usd_per_hour: row.usd_per_hour ?? planInterval(values.usdPerHour),
    gpus: row.gpus ?? planInterval(values.gpus),
    usd_per_million_output_tokens: row.usd_per_million_output_tokens ??
      planInterval(values.usdPerMillionTokens),
    kilowatts: row.kilowatts ?? planInterval(values.kilowatts),
    capacity_rps: planInterval(capacity.interval),
    usd_per_million_requests: usdPerMillionRequests(capacity.interval, values) ?? null,
  };
}

/** A row of a plan for a frontier. */
export function frontierRow(row: PlanRow, front: ReadonlySet<number>): PlanRow {
  if (front.has(row.index)) return { ...row, status: "frontier" };
  const isOff = row.status === "meets" || row.status === "close";
  return isOff ? { ...row, reason: "another one is cheaper and no slower" } : row;
}

/** What the winner does on fresh seeds beside what it did in the search; null without a winner. */
export function validationOf(
  { winner, validation, overturned }: CheapestFound,
  objectives: readonly Objective[],
  level: number,
): PlanValidation | null {
  if (winner === undefined || validation === undefined) return null;
  const figures = objectives.map(({ name, path }) => {
    const search = planInterval(figureOf(winner.evaluation.runs, path, level));
    const fresh = planInterval(figureOf(validation.runs, path, level));
    const change = search === null || fresh === null ? null : fresh.mean - search.mean;
    return [name, { search, fresh, change }] as const;
  });
  return {
    first_seed: (winner.candidate.config!.simulation.random_seed + FRESH_SEEDS) % 2 ** 32,
    seeds: validation.seeds.length,
    figures: Object.fromEntries(figures),
    outcome: validation.verdict.outcome,
    overturned: [...overturned].sort((a, b) => a - b),
  };
}
