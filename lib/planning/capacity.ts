import type { Configuration } from "../config/configuration.ts";
import { type KeptRun, withSeed } from "../experiment/sweep/mod.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import {
  figureOf,
  isSaturated,
  REPLICATION_RULE,
  type ReplicationRule,
  type Runner,
  servesEnough,
} from "./evaluate.ts";
import { withRateFactor } from "./load.ts";
import { missBy, type Objective } from "./objectives.ts";
import {
  fillSeconds,
  LONGEST_TIMES,
  spanNeeded,
  type SteadyNeed,
  steadyNeed,
  type SteadyWorkload,
  steadyWorkload,
} from "./steady.ts";

/** A configuration whose capacity is looked for. */
export interface CapacityTask {
  readonly config: Configuration;
  /** Its own rate, requests per second, > 0. */
  readonly ratePerSecond: number;
  /** Where to look first, requests per second; default its own rate. */
  readonly guessPerSecond?: number;
  /** A rate that is known not to hold, by a bound, requests per second; default none. */
  readonly mostPerSecond?: number;
  /** Time in which the requests of a trace arrive that is replayed, seconds; default: none is. */
  readonly replaySeconds?: number;
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
  /** What the workload of its runs was like. */
  readonly need: SteadyNeed;
  /** Why the capacity may be that of a burst; absent: arrivals lasted long enough. */
  readonly notice?: string;
  /** Why there is no interval. */
  readonly reason?: string;
}

/** Factor from one rate to the next while a bracket is looked for. */
const STEP = 1.6;
/** Steps up or down before it is given up. */
const MOST_STEPS = 40;
/** Times that a run at one rate is lengthened. */
const MOST_GROWTHS = 4;
/** Factor by which arrivals are lengthened beyond what a run has shown to be needed. */
const SPARE = 1.2;
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
  /** Whether a run has shown it, rather than a bound. */
  isHighRun: boolean;
  next: number;
  /** Factor of the next step while one end of the bracket is not known. */
  step: number;
  steps: number;
  /** Least time in which requests arrive, seconds; grows with the longest request that was seen. */
  spanSeconds: number;
  /** How often the run at the rate that is next was lengthened. */
  growths: number;
  /** Time in which the requests of the last run arrived, over what it needed; 1 or more: enough. */
  lastingOfRun: number;
  /** The same of the run at `low`. */
  lasting: number;
}

/**
 * Finds the capacity of configurations: for each seed the highest rate at which its run keeps all
 * objectives, by steps up or down and then by halving the bracket. A run is one of a steady load: its
 * arrivals last until the tolerance would show, and five times its longest request, which is what the
 * first fifth leaves out (see `steadyWorkload`). A saturated run does not hold. All searches go on in
 * step, so that their runs share the Workers.
 */
export async function findCapacities(
  tasks: readonly CapacityTask[],
  options: CapacityOptions,
): Promise<Capacity[]> {
  const { rule = REPLICATION_RULE, tolerance = 0.02, seeds, objectives } = options;
  const need = steadyNeed(objectives, tolerance);
  const searches: SeedSearch[][] = tasks.map(() => []);
  const points: CapacityPoint[][] = tasks.map(() => []);
  const add = (task: number, count: number) => {
    const { config, ratePerSecond, guessPerSecond, mostPerSecond, known = [] } = tasks[task];
    for (let k = 0; k < count; k++) {
      const number = searches[task].length;
      // What the first seeds have found is near what others will find.
      const found = known.at(number) ?? known.at(0) ??
        (number > 0 ? searches[task].map(middle).find(Number.isFinite) : undefined);
      searches[task].push({
        task,
        seed: (config.simulation.random_seed + number) % 2 ** 32,
        low: 0,
        high: mostPerSecond ?? Infinity,
        isHighRun: false,
        next: Math.min(
          found === undefined ? guessPerSecond ?? ratePerSecond : found * (1 - NEAR),
          (mostPerSecond ?? Infinity) / STEP,
        ),
        step: found === undefined ? STEP : (1 + NEAR) / (1 - NEAR),
        steps: 0,
        spanSeconds: Math.max(need.spanSeconds, ...searches[task].map((one) => one.spanSeconds)),
        growths: 0,
        lastingOfRun: 1,
        lasting: 1,
      });
    }
  };
  for (const [task] of tasks.entries()) add(task, seeds ?? rule.least);
  const context = { ...options, tolerance, need };
  for (let open = tasks.map((_, i) => i); open.length > 0;) {
    await search(open.flatMap((task) => searches[task]), tasks, points, context);
    open = open.filter((task) => {
      const interval = intervalOf(searches[task], rule.level);
      const isPrecise = interval === undefined || searches[task].length >= (seeds ?? rule.most) ||
        interval.halfWidth <= tolerance * interval.estimate;
      if (!isPrecise) add(task, 1);
      return !isPrecise;
    });
  }
  return tasks.map((_, task) => capacityOf(searches[task], points[task], rule.level, need));
}

interface SearchContext extends CapacityOptions {
  readonly tolerance: number;
  readonly need: SteadyNeed;
}

/** Goes on with searches until all are over. */
async function search(
  searches: readonly SeedSearch[],
  tasks: readonly CapacityTask[],
  points: CapacityPoint[][],
  { objectives, runner, tolerance, need }: SearchContext,
): Promise<void> {
  const isOpen = ({ low, high, steps }: SeedSearch) =>
    steps < MOST_STEPS && !(low > 0 && high <= low * (1 + tolerance));
  for (let open = searches.filter(isOpen); open.length > 0; open = open.filter(isOpen)) {
    const workloads = open.map((one) => workloadAt(one, tasks[one.task], need));
    const runs = await runner.run(workloads.map(({ config }, i) => withSeed(config, open[i].seed)));
    for (const [i, one] of open.entries()) {
      const held = heldBy(one, runs[i], workloads[i], { objectives, need });
      if (held === undefined) continue;
      one.growths = 0;
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

/** The workload of a search at the rate that is next. */
function workloadAt(
  { next, spanSeconds }: SeedSearch,
  { config, ratePerSecond, replaySeconds }: CapacityTask,
  { requests }: SteadyNeed,
): SteadyWorkload {
  const scaled = withRateFactor(config, next / ratePerSecond);
  return steadyWorkload(scaled, next, { requests, spanSeconds }, replaySeconds);
}

/**
 * What a run says of its rate: that it holds or does not, or undefined where requests have to arrive for
 * longer. What is saturated is so however long it lasts, and what never lasts long enough is as well.
 */
function heldBy(
  one: SeedSearch,
  run: KeptRun,
  { spanSeconds, canGrow }: Pick<SteadyWorkload, "spanSeconds" | "canGrow">,
  { objectives, need }: Pick<SearchContext, "objectives" | "need">,
): boolean | undefined {
  const isOver = run.error !== undefined || isSaturated(run);
  const needed = isOver ? 0 : spanNeeded(run, need);
  const fill = isOver ? 0 : fillSeconds(run);
  one.lastingOfRun = fill > 0 ? spanSeconds / fill : 1;
  if (needed <= spanSeconds || !canGrow) return holds(run, objectives);
  if (one.growths >= MOST_GROWTHS) return false;
  one.spanSeconds = SPARE * needed;
  one.growths++;
  return undefined;
}

/** Notes what a rate did, and says which comes next. */
function advance(search: SeedSearch, held: boolean): void {
  const { next } = search;
  if (held && next > search.low) {
    search.low = next;
    search.lasting = search.lastingOfRun;
  } else if (!held && next < search.high) {
    search.high = next;
    search.isHighRun = true;
  }
  search.steps++;
  const { low, high } = search;
  const middle = Math.sqrt(low * high);
  if (low > 0 && search.isHighRun) {
    search.next = middle;
  } else {
    // What a bound rules out is further off than what a run has shown.
    search.next = low === 0 ? next / search.step : Math.min(next * search.step, middle);
    search.step = Math.max(STEP, search.step);
  }
  search.next = Number(search.next.toPrecision(6));
}

/** Whether a run keeps all objectives: served what arrived, and no limit missed. */
export function holds(run: KeptRun, objectives: readonly Objective[]): boolean {
  if (run.error !== undefined || isSaturated(run) || !servesEnough([run], objectives)) return false;
  return objectives.every((objective) => {
    const value = figureOf([run], objective.path, 0.95)?.estimate;
    return value !== undefined && missBy(objective, value) <= 0;
  });
}

/** The rate in the middle of a bracket; NaN where an end is not known. */
function middle({ low, high }: SeedSearch): number {
  return low > 0 && high < Infinity ? Math.sqrt(low * high) : NaN;
}

/** The interval of the mean over seeds, from the lower ends of their brackets to the upper ones. */
function intervalOf(searches: readonly SeedSearch[], level: number): Interval | undefined {
  if (searches.some((one) => Number.isNaN(middle(one)))) return undefined;
  const between = meanInterval(searches.map(middle), level);
  const { lower } = meanInterval(searches.map(({ low }) => low), level);
  const { upper } = meanInterval(searches.map(({ high }) => high), level);
  return { ...between, lower, upper, halfWidth: (upper - lower) / 2 };
}

function capacityOf(
  searches: readonly SeedSearch[],
  points: readonly CapacityPoint[],
  level: number,
  need: SteadyNeed,
): Capacity {
  const interval = intervalOf(searches, level);
  const sorted = points.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond || a.seed - b.seed);
  const spanSeconds = Math.max(...searches.map((one) => one.spanSeconds));
  const rest = {
    bySeed: searches.map(middle),
    points: sorted,
    need: { ...need, spanSeconds },
  };
  if (interval !== undefined) {
    const shortest = Math.min(...searches.map(({ lasting }) => lasting));
    const notice = shortest < 1 ? burstNotice(shortest) : undefined;
    return { interval, ...rest, ...(notice !== undefined && { notice }) };
  }
  const open = searches.find((one) => Number.isNaN(middle(one)))!;
  const failed = sorted.find(({ run }) => run.error !== undefined)?.run.error;
  const reason = failed ??
    (open.low === 0
      ? `no rate keeps the limits, down to ${sorted[0].ratePerSecond} requests/s`
      : `every rate keeps the limits, up to ${sorted.at(-1)!.ratePerSecond} requests/s`);
  return { ...rest, reason };
}

function burstNotice(lasting: number): string {
  return `requests arrive for ${(LONGEST_TIMES * lasting).toPrecision(2)} times their longest ` +
    `end-to-end time only, where a steady load takes ${LONGEST_TIMES}: the capacity is that of ` +
    `a burst`;
}
