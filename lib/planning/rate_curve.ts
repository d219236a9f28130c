import { withSeed } from "../experiment/sweep/mod.ts";
import type { Candidate } from "./candidates.ts";
import { type Capacity, findCapacities, holds } from "./capacity.ts";
import { figureOf, isSaturated } from "./evaluate.ts";
import { capacityTask } from "./capacity_task.ts";
import type { InputsOf } from "./inputs.ts";
import { withRateFactor } from "./load.ts";
import type { SearchOptions } from "./out.ts";
import { planInterval } from "./plan_rows.ts";
import type { PlanCurve } from "./plan_result.ts";
import { steadyWorkload } from "./steady.ts";
import { meanInterval } from "../stats/intervals.ts";

/** Rates of the curve, as shares of the capacity. */
const SHARES = [0.5, 0.7, 0.85, 0.95, 1.05, 1.15, 1.3];

/** What a candidate does at rates around its capacity; undefined where it has none. */
export async function rateCurve(
  candidate: Candidate,
  { interval, need }: Capacity,
  { objectives, runner, rule }: SearchOptions,
  inputsOf: InputsOf,
): Promise<PlanCurve | undefined> {
  if (interval === undefined) return undefined;
  const { index } = candidate;
  const { config, ratePerSecond: own, replaySeconds } = capacityTask(candidate, inputsOf);
  const rates = SHARES.map((share) => Number((share * interval.estimate).toPrecision(4)));
  const seeds = Array.from({ length: rule.least }, (_, k) => config.simulation.random_seed + k);
  const runs = await runner.run(rates.flatMap((rate) => {
    const scaled = withRateFactor(config, rate / own);
    const { config: steady } = steadyWorkload(scaled, rate, need, replaySeconds);
    return seeds.map((seed) => withSeed(steady, seed % 2 ** 32));
  }));
  return {
    index,
    points: rates.map((rate, i) => {
      const at = runs.slice(i * seeds.length, (i + 1) * seeds.length);
      const shares = at.map(({ figures }) => figures["slo_attainment"]);
      const areShares = shares.every((share) => typeof share === "number");
      return {
        rate_rps: rate,
        seeds: seeds.length,
        holds: at.filter((run) => holds(run, objectives)).length / seeds.length,
        saturated: at.filter(isSaturated).length,
        attainment: areShares ? planInterval(meanInterval(shares as number[], rule.level)) : null,
        figures: Object.fromEntries(
          objectives.map(({ name, path }) => [name, planInterval(figureOf(at, path, rule.level))]),
        ),
      };
    }),
  };
}

/** What is known of the rate up to which the choice keeps the limits. */
export interface OwnCapacity {
  readonly capacity: Capacity;
  readonly curve?: PlanCurve;
  /** What a reader of the capacity should know. */
  readonly notices: readonly string[];
}

/** A workload whose rate is beyond what the choice can do for long: it is short enough to be kept. */
function beyondNotice(ratePerSecond: number, { interval }: Capacity): string | undefined {
  if (interval === undefined || !(ratePerSecond > interval.upper)) return undefined;
  const shown = (value: number) => value.toPrecision(3);
  return `the choice keeps the limits for the requests of the workload, which come at ` +
    `${shown(ratePerSecond)} requests/s; a load that goes on it serves up to ` +
    `${shown(interval.estimate)} requests/s (with --rate the load goes on)`;
}

/** The capacity of the cheapest candidate, and the curve around it; undefined without a rate to vary. */
export async function capacityOfWinner(
  candidate: Candidate,
  search: SearchOptions,
  inputsOf: InputsOf,
): Promise<OwnCapacity | undefined> {
  const { workload } = candidate.config!;
  if (workload.closed_loop.concurrency !== null || workload.all_at_once) {
    return undefined;
  }
  const task = capacityTask(candidate, inputsOf);
  const [capacity] = await findCapacities([task], search);
  const curve = await rateCurve(candidate, capacity, search, inputsOf);
  const notices = [capacity.notice ?? [], beyondNotice(task.ratePerSecond, capacity) ?? []].flat();
  return { capacity, notices, ...(curve && { curve }) };
}
