import { withSeed } from "../experiment/sweep/mod.ts";
import type { RunInputs } from "../run/cluster.ts";
import type { Candidate } from "./candidates.ts";
import { type Capacity, findCapacities, holds } from "./capacity.ts";
import { figureOf, isSaturated } from "./evaluate.ts";
import { meanRate, withRateFactor } from "./load.ts";
import type { SearchOptions } from "./out.ts";
import { planInterval } from "./plan_rows.ts";
import type { PlanCurve } from "./plan_result.ts";
import { meanInterval } from "../stats/intervals.ts";

/** Rates of the curve, as shares of the capacity. */
const SHARES = [0.5, 0.7, 0.85, 0.95, 1.05, 1.15, 1.3];

/** What a candidate does at rates around its capacity; undefined where it has none. */
export async function rateCurve(
  { config, index }: Candidate,
  { interval }: Capacity,
  { objectives, runner, rule }: SearchOptions,
  inputs: RunInputs,
): Promise<PlanCurve | undefined> {
  if (interval === undefined) return undefined;
  const own = meanRate(config!, inputs);
  const rates = SHARES.map((share) => Number((share * interval.estimate).toPrecision(4)));
  const seeds = Array.from({ length: rule.least }, (_, k) => config!.simulation.random_seed + k);
  const runs = await runner.run(rates.flatMap((rate) => {
    const scaled = withRateFactor(config!, rate / own);
    return seeds.map((seed) => withSeed(scaled, seed % 2 ** 32));
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

/** The capacity of the cheapest candidate, and the curve around it; undefined without a rate to vary. */
export async function capacityOfWinner(
  candidate: Candidate,
  search: SearchOptions,
  inputs: RunInputs,
): Promise<{ readonly capacity: Capacity; readonly curve?: PlanCurve } | undefined> {
  const config = candidate.config!;
  if (config.workload.closed_loop.concurrency !== null || config.workload.all_at_once) {
    return undefined;
  }
  const ratePerSecond = meanRate(config, inputs);
  const [capacity] = await findCapacities([{ config, ratePerSecond }], search);
  const curve = await rateCurve(candidate, capacity, search, inputs);
  return { capacity, ...(curve && { curve }) };
}
