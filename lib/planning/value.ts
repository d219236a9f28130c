import type { Configuration } from "../config/configuration.ts";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import type { CandidateFacts, PlanObjective } from "./candidates.ts";
import { isByCount, isFixedFleet } from "./fleet.ts";

/** What runs cost and use: intervals over the runs; undefined where no price is known. */
export interface RunValues {
  readonly usdPerHour?: Interval;
  readonly gpus?: Interval;
  readonly usdPerMillionTokens?: Interval;
  /** Power of GPUs, machines and the building, mean; undefined where energy is not counted. */
  readonly kilowatts?: Interval;
}

/**
 * What the runs of a configuration cost, by the length of each. Of a fleet of fixed size it is what goes
 * on for as long as the fleet is there: what its meters round up once, at the end of a run, is no part of
 * its price per hour. Of a fleet that scales the meters stop again and again, and what they round up is.
 */
export function valuesOf(
  config: Configuration,
  runs: readonly KeptRun[],
  level: number,
): RunValues {
  const hours = (run: KeptRun) =>
    Math.max(run.endAtSeconds, isByCount(config) ? 0 : config.simulation.duration) / 3600;
  const interval = (of: (run: KeptRun) => number | undefined): Interval | undefined => {
    const values = runs.map(of);
    if (values.length === 0 || values.some((value) => !Number.isFinite(value))) return undefined;
    const { estimate, ...rest } = meanInterval((values as number[]).map(withoutNoise), level);
    return { estimate: withoutNoise(estimate), ...rest };
  };
  const figure = ({ figures }: KeptRun, path: string) => {
    const value = figures[path];
    return typeof value === "number" ? value : undefined;
  };
  const isFixed = isFixedFleet(config);
  const cost = (run: KeptRun) => {
    const total = figure(run, "cost.total_usd");
    return total === undefined || !isFixed
      ? total
      : total - (figure(run, "cost.rounding_usd") ?? 0);
  };
  const perHour = (value: number | undefined, run: KeptRun) =>
    value === undefined ? undefined : value / hours(run);
  const usdPerHour = interval((run) => perHour(cost(run), run));
  const gpus = interval((run) => perHour(figure(run, "gpu_hours"), run));
  const usdPerMillionTokens = interval((run) => {
    const billed = figure(run, "cost.total_usd");
    const perMillion = figure(run, "cost.per_million_output_tokens_usd");
    if (perMillion === undefined || !(billed! > 0)) return perMillion;
    return perMillion * cost(run)! / billed!;
  });
  const kilowatts = interval((run) => perHour(figure(run, "energy.total_kwh"), run));
  return {
    ...(usdPerHour && { usdPerHour }),
    ...(gpus && { gpus }),
    ...(usdPerMillionTokens && { usdPerMillionTokens }),
    ...(kilowatts && { kilowatts }),
  };
}

/** A sum of products without the error of its last digits, so that equal prices are equal. */
function withoutNoise(value: number): number {
  return Number(value.toPrecision(10));
}

/** What a plan makes small, of runs; undefined where no price is known. */
export function valueIn(values: RunValues, objective: PlanObjective): number | undefined {
  switch (objective) {
    case "cost":
      return values.usdPerHour?.estimate;
    case "gpus":
      return values.gpus?.estimate;
    case "usd-per-mtok":
      return values.usdPerMillionTokens?.estimate;
    case "energy":
      return values.kilowatts?.estimate;
  }
}

/** The same at least, before any run; null where no price is known. */
export function valueAtLeast(facts: CandidateFacts, objective: PlanObjective): number | null {
  switch (objective) {
    case "cost":
      return facts.usdPerHourAtLeast;
    case "gpus":
      return facts.gpusAtLeast;
    case "usd-per-mtok":
      return facts.usdPerMillionAtLeast;
    case "energy":
      return facts.kilowattsAtLeast;
  }
}

/** A value with its unit, such as "27.5 USD/h". */
export function valueText(value: number, objective: PlanObjective): string {
  const shown = String(Number(value.toPrecision(value >= 1000 ? 5 : 4)));
  switch (objective) {
    case "cost":
      return `${shown} USD/h`;
    case "gpus":
      return `${shown} GPUs`;
    case "usd-per-mtok":
      return `${shown} USD per million output tokens`;
    case "energy":
      return `${shown} kW`;
  }
}
