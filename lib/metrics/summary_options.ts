import type { RentedMachine } from "./unused_gpus.ts";
import type { WeightCacheCounts } from "../serverless/cold_start/weight_cache.ts";
import type { EnergyTerms } from "./energy_summary.ts";
import type { FunctionFacts } from "./function_facts.ts";
import type { ColdStartWaits } from "./run_tables.ts";
import { hasLimits, type SloLimits } from "./slo.ts";
import type { StoredWeights } from "./storage_summary.ts";

/** A service class: its name and what its requests have to keep. */
export interface ClassFacts {
  /** Name in the results. */
  readonly name: string;
  /** Limits of its requests. */
  readonly slo: SloLimits;
}

/** Settings of the summary. */
export interface SummaryOptions {
  /** Facts by function id. */
  readonly functions: readonly FunctionFacts[];
  /** How starts found their weights; absent without machines that keep any. */
  readonly weightCache?: WeightCacheCounts;
  /** Weights kept, and their price; absent: none. */
  readonly stored?: StoredWeights;
  /** Machines that are paid for whole, by node id; absent: each GPU by itself. */
  readonly rentedMachines?: readonly RentedMachine[];
  /** How energy is counted; absent: it is not. */
  readonly energy?: EnergyTerms;
  /** The run's waits for starts, where they have been split already. */
  readonly coldStartWaits?: ColdStartWaits;
  /** Names by function id; absent: no rows by function. */
  readonly functionNames?: readonly string[];
  /** Percentiles of each latency, 0..100. */
  readonly percentiles: readonly number[];
  /** Requests that arrive before are left out of latencies and rates, seconds. */
  readonly warmupSeconds: number;
  /** Limits of all requests when there are no classes; absent: none. */
  readonly slo?: SloLimits;
  /** Service classes by id; absent or empty: all requests are alike. */
  readonly classes?: readonly ClassFacts[];
}

const NO_LIMITS: SloLimits = {
  ttftSeconds: Infinity,
  tpotSeconds: Infinity,
  e2eSeconds: Infinity,
};

/** Limits by class of functions without limits of their own; one entry holds for all classes. */
export function commonLimits(
  { classes = [], slo = NO_LIMITS }: Pick<SummaryOptions, "classes" | "slo">,
): SloLimits[] {
  return classes.length > 0 ? classes.map((facts) => facts.slo) : [slo];
}

/** Whether any request could have limits. */
export function isLimited(options: SummaryOptions): boolean {
  const common = commonLimits(options);
  return options.functions.some((facts) => (facts.limits ?? common).some(hasLimits));
}

/** Limits of the requests by function and class. */
export function requestLimits(options: SummaryOptions) {
  const common = commonLimits(options);
  return (functionId: number, classId: number): SloLimits => {
    const limits = options.functions[functionId].limits ?? common;
    return limits[limits.length === 1 ? 0 : classId];
  };
}
