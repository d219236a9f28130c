import type { Configuration } from "../config/configuration.ts";
import { type KeptRun, withSeed } from "../experiment/sweep/mod.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import {
  figureOf,
  isSaturated,
  REPLICATION_RULE,
  type ReplicationRule,
  type Runner,
  unservedShare,
} from "./evaluate.ts";
import { withRateFactor } from "./load.ts";
import { missBy, type Objective } from "./objectives.ts";

/** A configuration whose capacity is looked for. */
export interface CapacityTask {
  readonly config: Configuration;
  /** Its own rate, requests per second, > 0. */
  readonly ratePerSecond: number;
  /** Where to look first, requests per second; default its own rate. */
  readonly guessPerSecond?: number;
  /** Capacities of seeds that are known from a coarser search, in the order of the seeds. */
  readonly known?: readonly number[];
}

/** How a capacity is looked for. */
export interface CapacityOptions {
  readonly objectives: readonly Objective[];
  readonly runner: Runner;
  readonly rule?: ReplicationRule;
  /** Ratio of the ends of a seed's bracket, less 1, at which its search ends; default 0.02. */
  readonly tolerance?: number;
  /** Seeds; default: from `rule.least` until the interval is within the tolerance, or `rule.most`. */
  readonly seeds?: number;
}

/** A rate that was run. */
export interface CapacityPoint {
  readonly seed: number;
  readonly ratePerSecond: number;
  readonly holds: boolean;
  readonly run: KeptRun;
}

/** The highest rate at which a configuration keeps its objectives. */
export interface Capacity {
  /**
   * Over the seeds: each has a capacity of its own, found with the same random numbers at all rates.
   * Undefined where no rate was found that holds, or none that does not.
   */
  readonly interval?: Interval;
  /** Of each seed, requests per second. */
  readonly bySeed: readonly number[];
  /** Every rate that was run, by rate and seed. */
  readonly points: readonly CapacityPoint[];
  /** Why there is no interval. */
  readonly reason?: string;
}

/** Factor from one rate to the next while a bracket is looked for. */
const STEP = 1.6;
/** Steps up or down before it is given up. */
const MOST_STEPS = 40;
/** Half the width of the bracket around what another seed or a coarser search has found. */
const NEAR = 0.06;

/** The search of one seed: a bracket of rates. */
interface SeedSearch {
  readonly task: number;
  readonly seed: number;
  /** Highest rate known to hold; 0: none yet. */
  low: number;
  /** Lowest rate known not to hold; Infinity: none yet. */
  high: number;
  next: number;
  /** Factor of the next step while one end of the bracket is not known. */
  step: number;
  steps: number;
}

/**
 * Finds the capacity of configurations: for each seed the highest rate at which its run keeps all
 * objectives, by steps up or down and then by halving the bracket. A saturated run does not hold. All
 * searches go on in step, so that their runs share the Workers.
 */
export async function findCapacities(
  tasks: readonly CapacityTask[],
  options: CapacityOptions,
): Promise<Capacity[]> {
  const { rule = REPLICATION_RULE, tolerance = 0.02, seeds } = options;
  const searches: SeedSearch[][] = tasks.map(() => []);
  const points: CapacityPoint[][] = tasks.map(() => []);
  const add = (task: number, count: number) => {
    const { config, ratePerSecond, guessPerSecond, known = [] } = tasks[task];
    for (let k = 0; k < count; k++) {
      const number = searches[task].length;
      // What the first seeds have found is near what others will find.
      const found = known.at(number) ?? known.at(0) ??
        (number > 0 ? searches[task].map(middle).find(Number.isFinite) : undefined);
      searches[task].push({
        task,
        seed: (config.simulation.random_seed + number) % 2 ** 32,
        low: 0,
        high: Infinity,
        next: found === undefined ? guessPerSecond ?? ratePerSecond : found * (1 - NEAR),
        step: found === undefined ? STEP : (1 + NEAR) / (1 - NEAR),
        steps: 0,
      });
    }
  };
  for (const [task] of tasks.entries()) add(task, seeds ?? rule.least);
  for (let open = tasks.map((_, i) => i); open.length > 0;) {
    await search(open.flatMap((task) => searches[task]), tasks, points, { ...options, tolerance });
    open = open.filter((task) => {
      const interval = intervalOf(searches[task], rule.level);
      const isPrecise = interval === undefined || searches[task].length >= (seeds ?? rule.most) ||
        interval.halfWidth <= tolerance * interval.estimate;
      if (!isPrecise) add(task, 1);
      return !isPrecise;
    });
  }
  return tasks.map((_, task) => capacityOf(searches[task], points[task], rule.level));
}

/** Goes on with searches until all are over. */
async function search(
  searches: readonly SeedSearch[],
  tasks: readonly CapacityTask[],
  points: CapacityPoint[][],
  { objectives, runner, tolerance }: CapacityOptions & { readonly tolerance: number },
): Promise<void> {
  const isOpen = ({ low, high, steps }: SeedSearch) =>
    steps < MOST_STEPS && !(low > 0 && high <= low * (1 + tolerance));
  for (let open = searches.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    const runs = await runner.run(open.map(({ task, seed, next }) => {
      const { config, ratePerSecond } = tasks[task];
      return withSeed(withRateFactor(config, next / ratePerSecond), seed);
    }));
    for (const [i, one] of open.entries()) {
      const held = holds(runs[i], objectives);
      points[one.task].push({
        seed: one.seed,
        ratePerSecond: one.next,
        holds: held,
        run: runs[i],
      });
      advance(one, held);
    }
  }
}

/** Notes what a rate did, and says which comes next. */
function advance(search: SeedSearch, held: boolean): void {
  const { next } = search;
  if (held) search.low = Math.max(search.low, next);
  else search.high = Math.min(search.high, next);
  search.steps++;
  if (search.low === 0) {
    search.next = next / search.step;
    search.step = Math.max(STEP, search.step);
  } else if (search.high === Infinity) {
    search.next = next * search.step;
    search.step = Math.max(STEP, search.step);
  } else {
    search.next = Math.sqrt(search.low * search.high);
  }
  search.next = Number(search.next.toPrecision(6));
}

/** Whether a run keeps all objectives: served what arrived, and no limit missed. */
export function holds(run: KeptRun, objectives: readonly Objective[]): boolean {
  if (run.error !== undefined || isSaturated(run)) return false;
  const strictest = Math.max(0, ...objectives.map(({ percentile }) => percentile ?? 0));
  if (unservedShare(run) > 1 - strictest / 100 + 1e-12) return false;
  return objectives.every((objective) => {
    const value = figureOf([run], objective.path, 0.95)?.estimate;
    return value !== undefined && missBy(objective, value) <= 0;
  });
}

/** The rate in the middle of a bracket; NaN where an end is not known. */
function middle({ low, high }: SeedSearch): number {
  return low > 0 && high < Infinity ? Math.sqrt(low * high) : NaN;
}

function intervalOf(searches: readonly SeedSearch[], level: number): Interval | undefined {
  const rates = searches.map(middle);
  return rates.some(Number.isNaN) ? undefined : meanInterval(rates, level);
}

function capacityOf(
  searches: readonly SeedSearch[],
  points: readonly CapacityPoint[],
  level: number,
): Capacity {
  const interval = intervalOf(searches, level);
  const sorted = points.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond || a.seed - b.seed);
  const rest = { bySeed: searches.map(middle), points: sorted };
  if (interval !== undefined) return { interval, ...rest };
  const open = searches.find((one) => Number.isNaN(middle(one)))!;
  const failed = sorted.find(({ run }) => run.error !== undefined)?.run.error;
  const reason = failed ??
    (open.low === 0
      ? `no rate keeps the limits, down to ${sorted[0].ratePerSecond} requests/s`
      : `every rate keeps the limits, up to ${sorted.at(-1)!.ratePerSecond} requests/s`);
  return { ...rest, reason };
}
