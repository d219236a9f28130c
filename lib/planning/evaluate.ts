import type { Configuration } from "../config/configuration.ts";
import {
  type KeptRun,
  openRunWorkers,
  runKept,
  type RunKeptOptions,
  withSeed,
} from "../experiment/sweep/mod.ts";
import { type Interval, meanInterval } from "../stats/intervals.ts";
import type { InputsOf } from "./inputs.ts";
import { isUpperLimit, missBy, type Objective } from "./objectives.ts";

/** How often a configuration is run before its verdict. */
export interface ReplicationRule {
  /** Seeds before intervals are looked at, >= 2; a clear miss needs one. */
  readonly least: number;
  /** Seeds at most, >= least. */
  readonly most: number;
  /** Confidence of intervals, between 0 and 1. */
  readonly level: number;
}

/** Default of {@link ReplicationRule}. */
export const REPLICATION_RULE: ReplicationRule = { least: 3, most: 10, level: 0.95 };

/** Share of its limit by which a figure of a single run misses or keeps it clearly. */
const CLEAR = 0.5;

/** What a configuration's runs say of its objectives. */
export interface Verdict {
  /**
   * `meets` and `misses` where the intervals lie on one side of every limit; `close` where they still
   * straddle one after the most seeds, `isMet` saying on which side the means are.
   */
  readonly outcome: "meets" | "misses" | "close";
  /** Whether the configuration counts as one that keeps its objectives. */
  readonly isMet: boolean;
  /** What is missed, or straddled, in words; absent: nothing. */
  readonly reason?: string;
  /** By how much the worst objective is missed, a share of its limit; Infinity: saturated. */
  readonly worstMiss: number;
}

/** The runs of one configuration. */
export interface Evaluation {
  readonly seeds: readonly number[];
  readonly runs: readonly KeptRun[];
  readonly verdict: Verdict;
  /** The error of a run that failed. */
  readonly error?: string;
}

/** What an evaluation needs to know of its configuration. */
export interface Evaluated {
  readonly config: Configuration;
  readonly objectives: readonly Objective[];
  /** Runs of its first seeds, made before. */
  readonly runs?: readonly KeptRun[];
}

/** Runs configurations, and counts what was run. */
export interface Runner {
  run(configs: readonly Configuration[]): Promise<KeptRun[]>;
  /** Runs asked for so far, kept ones included. */
  readonly runs: number;
  /** Requests of theirs. */
  readonly requests: number;
  /** Ends its Workers. */
  close(): void;
}

/** Options of {@link makeRunner}. */
export interface RunnerOptions extends RunKeptOptions {
  /** Inputs of each configuration, in place of the texts that hold for all. */
  readonly inputsOf?: InputsOf;
}

/** A runner on the store and the Workers of sweeps. */
export function makeRunner(options: RunnerOptions): Runner {
  let runs = 0, requests = 0, before = 0, keptBefore = 0;
  const pool = openRunWorkers();
  /** Runs of one trace go together: what they are given is the same. */
  const runAlike = async (configs: readonly Configuration[]): Promise<KeptRun[]> => {
    const { traceSha256, ...texts } = options.inputsOf?.(configs[0]) ?? {};
    let kept = 0;
    const ended = await runKept(configs, {
      ...options,
      ...(options.inputsOf && { texts }),
      ...(traceSha256 !== undefined && { traceSha256 }),
      pool,
      onProgress: (done, total, own) => {
        kept = own;
        options.onProgress?.(before + done, before + total, keptBefore + own);
      },
    });
    before += configs.length;
    keptBefore += kept;
    return ended;
  };
  return {
    close: () => pool.close(),
    get runs() {
      return runs;
    },
    get requests() {
      return requests;
    },
    async run(configs) {
      const groups = Map.groupBy(
        configs.map((config, i) => ({ config, i })),
        ({ config }) => options.inputsOf?.(config),
      );
      const ended = new Array<KeptRun>(configs.length);
      for (const group of groups.values()) {
        const own = await runAlike(group.map(({ config }) => config));
        for (const [k, { i }] of group.entries()) ended[i] = own[k];
      }
      runs += configs.length;
      for (const { figures } of ended) requests += Number(figures["requests.arrived"] ?? 0);
      return ended;
    },
  };
}

/** Options of {@link evaluateAll}. */
export interface EvaluateOptions {
  readonly rule: ReplicationRule;
  /** Whether one run whose figures are far below all limits is enough for now. */
  readonly isScreening?: boolean;
  /** Whether the least number of seeds is run at once, so that no single run decides. */
  readonly isThorough?: boolean;
  /** First seed; default that of the configuration. */
  readonly firstSeed?: (config: Configuration) => number;
}

/**
 * Runs configurations until the intervals of their figures lie on one side of every limit: one seed
 * each, which a clear miss ends; then the least number of seeds, then one more at a time while a limit
 * is straddled. All of a round run together, the same seeds for all: common random numbers.
 */
export async function evaluateAll(
  evaluated: readonly Evaluated[],
  runner: Runner,
  options: EvaluateOptions,
): Promise<Evaluation[]> {
  const { rule, isScreening = false, isThorough = false } = options;
  const { firstSeed = (config: Configuration) => config.simulation.random_seed } = options;
  const runs: KeptRun[][] = evaluated.map((one) => [...one.runs ?? []]);
  const verdicts = new Array<Verdict | undefined>(evaluated.length).fill(undefined);
  const seedOf = (i: number, k: number) => (firstSeed(evaluated[i].config) + k) % 2 ** 32;
  for (let open = evaluated.map((_, i) => i); open.length > 0;) {
    const wanted = open.flatMap((i) => {
      const have = runs[i].length;
      const count = have === 0 && !isThorough ? 1 : Math.max(1, rule.least - have);
      return Array.from({ length: count }, (_, k) => ({ i, seed: seedOf(i, have + k) }));
    });
    const ended = await runner.run(
      wanted.map(({ i, seed }) => withSeed(evaluated[i].config, seed)),
    );
    for (const [k, { i }] of wanted.entries()) runs[i].push(ended[k]);
    for (const i of open) {
      verdicts[i] = verdictOf(runs[i], evaluated[i].objectives, rule, isScreening);
    }
    open = open.filter((i) => verdicts[i] === undefined);
  }
  return evaluated.map((_, i) => {
    const error = runs[i].find((run) => run.error !== undefined)?.error;
    return {
      seeds: runs[i].map((_, k) => seedOf(i, k)),
      runs: runs[i],
      verdict: verdicts[i]!,
      ...(error !== undefined && { error }),
    };
  });
}

/** Whether a run was saturated: more arrived than was served. */
export function isSaturated({ figures }: KeptRun): boolean {
  return typeof figures["saturation.arrivals_rps"] === "number";
}

/** A figure of runs: its interval over those that are not saturated; undefined without a value. */
export function figureOf(
  runs: readonly KeptRun[],
  path: string,
  level: number,
): Interval | undefined {
  const values = runs.filter((run) => !isSaturated(run)).map(({ figures }) => figures[path]);
  if (values.length === 0 || values.some((value) => typeof value !== "number")) return undefined;
  return meanInterval(values as number[], level);
}

/** Share of the requests of a run that were not served; percentiles are of those that were. */
export function unservedShare({ figures }: KeptRun): number {
  const arrived = Number(figures["requests.arrived"] ?? 0);
  const completed = Number(figures["requests.completed"] ?? 0);
  return arrived > 0 ? 1 - completed / arrived : 0;
}

/** Whether no more requests were not served than objectives of latencies leave out. */
export function servesEnough(runs: readonly KeptRun[], objectives: readonly Objective[]): boolean {
  return meanUnserved(runs) <= allowedUnserved(objectives) + 1e-12;
}

function meanUnserved(runs: readonly KeptRun[]): number {
  return runs.reduce((sum, run) => sum + unservedShare(run), 0) / runs.length;
}

/** A percentile leaves out some requests, a mean or a greatest latency none; other figures all. */
function allowedUnserved(objectives: readonly Objective[]): number {
  const shares = objectives.flatMap(({ percentile, path }) =>
    percentile ?? (/^(ttft|tpot|tbt|e2e)_s\./.test(path) ? 100 : [])
  );
  return 1 - Math.max(0, ...shares) / 100;
}

/** The verdict on runs; undefined where more are needed. */
export function verdictOf(
  runs: readonly KeptRun[],
  objectives: readonly Objective[],
  rule: ReplicationRule,
  isScreening = false,
): Verdict | undefined {
  const failed = runs.find((run) => run.error !== undefined);
  if (failed !== undefined) return missed(failed.error!, Infinity);
  const saturated = runs.filter(isSaturated);
  if (saturated.length * 2 > runs.length || saturated.length > 1) {
    if (runs.length > 1 || objectives.some((one) => !keepsAt(runs[0], one))) {
      return missed(saturation(saturated[0], saturated.length, runs.length), Infinity);
    }
  }
  const lost = unserved(runs, objectives);
  if (lost !== undefined) return lost;
  return runs.length < rule.least
    ? clearVerdict(runs, objectives, isScreening)
    : byIntervals(runs, objectives, rule);
}

function keepsAt({ figures }: KeptRun, objective: Objective): boolean {
  const value = figures[objective.path];
  return typeof value === "number" && missBy(objective, value) <= 0;
}

function missed(reason: string, worstMiss: number): Verdict {
  return { outcome: "misses", isMet: false, reason, worstMiss };
}

function saturation({ figures }: KeptRun, count: number, of: number): string {
  const rate = (path: string) => Number(figures[`saturation.${path}`]).toPrecision(3);
  return `saturated in ${count} of ${of} runs: ${rate("arrivals_rps")} requests/s arrive, ` +
    `${rate("served_rps")} are served`;
}

/** More requests were not served than a percentile leaves out: it speaks of the others alone. */
function unserved(runs: readonly KeptRun[], objectives: readonly Objective[]): Verdict | undefined {
  if (servesEnough(runs, objectives)) return undefined;
  const share = meanUnserved(runs);
  return missed(
    `${(100 * share).toPrecision(3)} % of the requests were not served`,
    share / Math.max(allowedUnserved(objectives), 1e-3) - 1,
  );
}

/** What few runs show clearly; undefined where more runs are needed to tell. */
function clearVerdict(
  runs: readonly KeptRun[],
  objectives: readonly Objective[],
  isScreening: boolean,
): Verdict | undefined {
  let worst: { miss: number; reason: string } | undefined;
  for (const objective of objectives) {
    const value = figureOf(runs, objective.path, 0.95)?.estimate;
    if (value === undefined) return undefined;
    const miss = missBy(objective, value);
    if (miss > (worst?.miss ?? -Infinity)) worst = { miss, reason: missText(objective, value) };
  }
  if (worst === undefined) return undefined;
  if (worst.miss > CLEAR) return missed(worst.reason, worst.miss);
  // Far below a limit; of a floor, such as attainment, nothing lies far above it.
  const isFar = worst.miss < -CLEAR && objectives.every(isUpperLimit);
  return isScreening && isFar && !runs.some(isSaturated)
    ? { outcome: "meets", isMet: true, worstMiss: worst.miss }
    : undefined;
}

function byIntervals(
  runs: readonly KeptRun[],
  objectives: readonly Objective[],
  rule: ReplicationRule,
): Verdict | undefined {
  let isClose = false, isMet = true, worstMiss = -Infinity;
  const reasons: string[] = [];
  for (const objective of objectives) {
    const interval = figureOf(runs, objective.path, rule.level);
    if (interval === undefined) {
      return missed(`${objective.name} has no value`, Infinity);
    }
    const { estimate, lower, upper } = interval;
    const [better, worse] = isUpperLimit(objective) ? [lower, upper] : [upper, lower];
    const miss = missBy(objective, estimate);
    worstMiss = Math.max(worstMiss, miss);
    // Clear of the limit on the wrong side, or on both.
    if (missBy(objective, better) > 0) return missed(missText(objective, estimate), miss);
    if (missBy(objective, worse) > 0) {
      isClose = true;
      reasons.push(`${objective.name} is within its interval of the limit`);
    }
    if (miss > 0) isMet = false;
  }
  if (!isClose) return { outcome: "meets", isMet: true, worstMiss };
  if (runs.length < rule.most) return undefined;
  return { outcome: "close", isMet, reason: reasons.join(", "), worstMiss };
}

function missText(objective: Objective, value: number): string {
  return `${objective.name} is ${figureText(objective.unit, value)}, the limit ${
    figureText(objective.unit, objective.limit)
  }`;
}

/** A figure with its unit, to three digits. */
export function figureText(unit: string, value: number): string {
  if (unit === "share") return `${Number((100 * value).toPrecision(4))} %`;
  const digits = value !== 0 && Math.abs(value) < 1e6
    ? String(Number(value.toPrecision(3)))
    : String(value);
  return unit === "s" ? `${digits} s` : digits;
}
