import type { Configuration } from "../config/configuration.ts";
import type { KeptRun } from "../experiment/sweep/mod.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import type { CandidateFacts, PlanObjective } from "./candidates.ts";

/** What runs cost and use: intervals over the runs; undefined where no price is known. */
export interface RunValues {
  readonly usdPerHour?: Interval;
  readonly gpus?: Interval;
  readonly usdPerMillionTokens?: Interval;
}

/** What the runs of a configuration cost, by the length of each. */
export function valuesOf(
  config: Configuration,
  runs: readonly KeptRun[],
  level: number,
): RunValues {
  const { workload, simulation } = config;
  const isByCount = workload.num_requests !== null || workload.type === "trace" ||
    workload.closed_loop.concurrency !== null;
  const hours = (run: KeptRun) =>
    Math.max(run.endAtSeconds, isByCount ? 0 : simulation.duration) / 3600;
  const interval = (of: (run: KeptRun) => number | undefined): Interval | undefined => {
    const values = runs.map(of);
    return values.length === 0 || values.some((value) => !Number.isFinite(value))
      ? undefined
      : meanInterval(values as number[], level);
  };
  const figure = ({ figures }: KeptRun, path: string) => {
    const value = figures[path];
    return typeof value === "number" ? value : undefined;
  };
  const perHour = (path: string) => (run: KeptRun) => {
    const value = figure(run, path);
    return value === undefined ? undefined : value / hours(run);
  };
  const usdPerHour = interval(perHour("cost.total_usd"));
  const gpus = interval(perHour("gpu_hours"));
  const usdPerMillionTokens = interval((run) => figure(run, "cost.per_million_output_tokens_usd"));
  return {
    ...(usdPerHour && { usdPerHour }),
    ...(gpus && { gpus }),
    ...(usdPerMillionTokens && { usdPerMillionTokens }),
  };
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
  }
}
