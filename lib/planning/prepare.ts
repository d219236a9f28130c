import { loadConfig, type LoadOptions } from "../config/load.ts";
import type { Overrides } from "../config/overrides.ts";
import type { ConfiguredTexts } from "../run/cluster.ts";
import { type Candidate, makeCandidates, type PlanObjective } from "./candidates.ts";
import { makeRunner, REPLICATION_RULE, type ReplicationRule, type Runner } from "./evaluate.ts";
import { combinations, type Factor, type FactorsByPath, readFactors } from "./factors.ts";
import type { InputsOf } from "./inputs.ts";
import { checkLevels, checkNames } from "./levels.ts";
import { type NamedLatency, type Objective, readLatency, readObjectives } from "./objectives.ts";
import { checkOwners } from "./owners.ts";
import type { SearchOptions } from "./out.ts";

/** What is planned, and with what. */
export interface PlanOptions {
  /** The configuration: YAML, or texts of YAML over one another. */
  readonly config: string | readonly string[];
  /** Settings over the texts. */
  readonly set?: Overrides;
  /** Names of the texts for messages. */
  readonly fileNames?: readonly string[];
  /** Limits that have to be kept, such as `ttft_p99<2s,tpot_p99<50ms`: see `readObjectives`. */
  readonly slo: string;
  /** Settings that are varied: see `readFactors`; default none, the configuration alone. */
  readonly over?: string | FactorsByPath;
  /** Requests per second; default as the configuration has it. */
  readonly ratePerSecond?: number;
  /** Asks for the highest rate at which each candidate keeps the limits, in place of the cheapest. */
  readonly maxRate?: boolean;
  /** Asks for the candidates worth considering where this latency is worth money: "ttft_p99". */
  readonly frontier?: string;
  /** Leaves out the rate up to which the cheapest one keeps the limits, which takes runs of its own. */
  readonly quick?: boolean;
  /** Dollars per hour at most; default no bound. */
  readonly budgetUsdPerHour?: number;
  /** What is made small; default "cost", dollars per hour. */
  readonly objective?: PlanObjective;
  /** How often configurations are run; what is left out is as in `REPLICATION_RULE`. */
  readonly replications?: Partial<ReplicationRule>;
  /** Folder in which the figures of finished runs are kept: that of sweeps. */
  readonly store: string;
  /** Workers at most; 1 runs everything in this thread. The plan is the same for any number. */
  readonly workers: number;
  /** Texts of the files that the configurations name, traces of factors' levels too. */
  readonly texts?: ConfiguredTexts;
  /** SHA-256 of the file of a trace that was read. */
  readonly traceSha256?: string;
  /** Stops the plan when it is aborted; runs that have ended are kept, and the next plan goes on. */
  readonly signal?: AbortSignal;
  /** Called when another run has ended: those that have, those asked for so far, those kept before. */
  readonly onProgress?: (done: number, asked: number, kept: number) => void;
}

/** Most candidates of a plan. */
const MOST_CANDIDATES = 20_000;

/** What a plan has before anything is run. */
export interface PreparedPlan {
  readonly objectives: readonly Objective[];
  readonly factors: readonly Factor[];
  readonly objective: PlanObjective;
  readonly candidates: readonly Candidate[];
  readonly rule: ReplicationRule;
  readonly runner: Runner;
  readonly inputsOf: InputsOf;
  /** What a search needs to know. */
  readonly search: SearchOptions;
  /** The latency of a frontier. */
  readonly latency?: NamedLatency;
}

/** Reads what a plan is asked, and makes its candidates. @throws {RangeError} If something is wrong. */
export async function preparePlan(
  options: PlanOptions,
  inputsOf: InputsOf,
): Promise<PreparedPlan> {
  const { config, fileNames, set, over = {}, ratePerSecond } = options;
  const { objective = "cost", budgetUsdPerHour } = options;
  checkQuestion(options);
  const objectives = readObjectives(options.slo);
  const latency = options.frontier === undefined ? undefined : readLatency(options.frontier);
  const factors = readFactors(over);
  checkOwners(factors, set, options.maxRate === true ? "highest" : ratePerSecond);
  checkLevels(factors);
  requirePositive("rate", ratePerSecond, "requests per second");
  requirePositive("budget", options.budgetUsdPerHour, "dollars per hour");
  const yaml = typeof config === "string" ? [config] : config;
  const settings = objective === "energy" ? counted(set) : set;
  const loadOptions = {
    ...(settings !== undefined && { set: settings }),
    ...(fileNames && { fileNames }),
  };
  const levels = combinations(factors);
  if (levels.length > MOST_CANDIDATES) {
    throw new RangeError(
      `Cannot plan over at most ${MOST_CANDIDATES} combinations: current value is ${levels.length}`,
    );
  }
  const candidates = await makeCandidates(levels, {
    texts: yaml,
    options: loadOptions,
    objectives,
    ...(latency && { latency }),
    ...(ratePerSecond !== undefined && { ratePerSecond }),
    inputs: {},
    inputsOf,
  });
  requireSome(candidates, yaml, loadOptions);
  await checkNames(factors, candidates);
  requirePrices(candidates, objective, budgetUsdPerHour);
  const rule = { ...REPLICATION_RULE, ...options.replications };
  if (!(rule.least >= 2 && rule.most >= rule.least)) {
    throw new RangeError(
      `Cannot replicate as from 2 seeds or more to at most as many or more: current value is ` +
        `${rule.least} to ${rule.most}`,
    );
  }
  const { store, workers, signal, onProgress } = options;
  const runner = makeRunner({
    ...{ store, workers, inputsOf },
    ...(signal && { signal }),
    ...(onProgress && { onProgress }),
  });
  return {
    ...{ objectives, factors, objective, candidates, rule, runner, inputsOf },
    search: {
      ...{ objectives, objective, runner, rule },
      ...(budgetUsdPerHour !== undefined && { budgetUsdPerHour }),
    },
    ...(latency && { latency }),
  };
}

/** What energy is planned for has to count it. */
function counted(set: LoadOptions["set"]): LoadOptions["set"] {
  return Array.isArray(set)
    ? [...set, "energy.enabled=true"]
    : { ...(set as Readonly<Record<string, unknown>>), "energy.enabled": true };
}

/** A plan asks one question. */
function checkQuestion({ maxRate = false, frontier, ratePerSecond }: PlanOptions): void {
  if (!maxRate || (ratePerSecond === undefined && frontier === undefined)) return;
  const other = frontier === undefined ? `a rate, ${ratePerSecond}` : `a frontier, "${frontier}"`;
  throw new RangeError(
    `Cannot plan for the highest rate and for another question at once: current value is ${other}`,
  );
}

/** A mistake of the configuration itself is no matter of a candidate. */
function requireSome(
  candidates: readonly Candidate[],
  texts: readonly string[],
  options: LoadOptions,
): void {
  if (candidates.every(({ config }) => config === undefined)) loadConfig(texts, options);
}

/** Refuses candidates none of which has a price, where prices are what is asked for. */
function requirePrices(
  candidates: readonly Candidate[],
  objective: PlanObjective,
  budgetUsdPerHour: number | undefined,
): void {
  const needsPrice = objective !== "gpus" && objective !== "energy";
  if (!needsPrice && budgetUsdPerHour === undefined) return;
  const known = candidates.flatMap(({ facts }) => facts ?? []);
  if (known.length === 0 || known.some(({ unpriced }) => unpriced === undefined)) return;
  const [{ gpuName, unpriced }] = known;
  throw new RangeError(
    `Cannot rank candidates by cost as ones with a price: current value is ${unpriced} (give one ` +
      `as cost.gpu_cost_per_hour.${gpuName}=DOLLARS, or rank by GPUs: objective gpus)`,
  );
}

function requirePositive(name: string, value: number | undefined, unit: string): void {
  if (value === undefined || (value > 0 && value < Infinity)) return;
  throw new RangeError(
    `Cannot plan for a ${name} in ${unit} as above 0: current value is ${value}`,
  );
}
