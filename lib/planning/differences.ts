import { type Interval, meanInterval, pairedInterval } from "../stats/intervals.ts";
import { studentQuantile } from "../stats/student.ts";

/** Values of figures by path, a value for each run; null where a run has none. */
export type FigureValues = Readonly<Record<string, readonly (number | null)[]>>;

/** How a figure differs between two sets of runs. */
export interface FigureDifference {
  readonly path: string;
  /** Means. */
  readonly before: number;
  readonly after: number;
  /** Of the mean difference; unbounded where a set has one run only and they are not pairs. */
  readonly difference: Interval;
  /** Whether run by run, on the same random numbers. */
  readonly isPaired: boolean;
}

/** Figures that are compared unless all are. */
export const COMPARED_FIGURES = [
  ...["ttft_s.mean", "ttft_s.p50", "ttft_s.p99", "tpot_s.p50", "tpot_s.p99", "e2e_s.p50"],
  ...["e2e_s.p99", "throughput_rps", "slo_attainment", "goodput_rps", "requests.completed"],
  ...["requests.rejected", "requests.timed_out", "requests.unfinished", "busy_fraction"],
  ...["kv_utilization", "preemptions", "cold_starts", "cold_start_rate", "gpu_hours"],
  ...["cost.total_usd", "cost.per_million_output_tokens_usd"],
  ...["energy.total_kwh", "energy.per_output_token_j", "energy.per_request_j"],
  ...["energy.carbon_kg", "energy.saved_kwh"],
];

/**
 * The differences of figures between two sets of runs, with the interval of each: of the differences run
 * by run where both sets have the same random numbers, else Welch's.
 *
 * @param paths Figures; those that a run of either set lacks are left out.
 * @source Welch 1947, Biometrika 34(1/2)
 */
export function figureDifferences(
  before: FigureValues,
  after: FigureValues,
  { paths = COMPARED_FIGURES, isPaired, level = 0.95 }: {
    readonly paths?: readonly string[];
    readonly isPaired: boolean;
    readonly level?: number;
  },
): FigureDifference[] {
  return paths.flatMap((path): FigureDifference[] => {
    const [one, other] = [before[path] ?? [], after[path] ?? []];
    if (one.length === 0 || other.length === 0) return [];
    if ([...one, ...other].some((value) => typeof value !== "number")) return [];
    const [x, y] = [one as readonly number[], other as readonly number[]];
    return [{
      path,
      before: meanInterval(x, level).estimate,
      after: meanInterval(y, level).estimate,
      difference: isPaired ? pairedInterval(x, y, level) : welchInterval(x, y, level),
      isPaired,
    }];
  });
}

/** The interval of the difference of two means of independent values of unequal variances. */
export function welchInterval(
  before: readonly number[],
  after: readonly number[],
  level = 0.95,
): Interval {
  const [one, other] = [before, after].map((values) => meanInterval(values, level));
  const estimate = other.estimate - one.estimate;
  const halfWidth = before.length < 2 || after.length < 2 ? Infinity : welchHalfWidth(
    [squaredError(before), before.length],
    [squaredError(after), after.length],
    level,
  );
  return { estimate, lower: estimate - halfWidth, upper: estimate + halfWidth, halfWidth, level };
}

/** Half the width of Welch's interval, from squared standard errors and the values behind each. */
export function welchHalfWidth(
  [one, first]: readonly [number, number],
  [other, second]: readonly [number, number],
  level: number,
): number {
  const sum = one + other;
  if (sum === 0) return 0;
  const freedom = sum ** 2 / (one ** 2 / (first - 1) + other ** 2 / (second - 1));
  return studentQuantile(0.5 + level / 2, freedom) * Math.sqrt(sum);
}

/** Squared standard error of a mean. */
function squaredError(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

/** A setting that two configurations have otherwise. */
export interface SettingDifference {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Settings in which two configurations differ, whole ones as manifests have them. */
export function settingDifferences(
  before: unknown,
  after: unknown,
  path = "",
): SettingDifference[] {
  if (isSection(before) && isSection(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      settingDifferences(before[key], after[key], path === "" ? key : `${path}.${key}`)
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
