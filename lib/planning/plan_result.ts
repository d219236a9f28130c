import type { FactorLevel } from "./factors.ts";
import type { PlanObjective } from "./candidates.ts";

/** A mean over runs and its interval; the ends are null where a single run has none. */
export interface PlanInterval {
  /** Mean over the runs. */
  readonly mean: number;
  /** Lower end of its 95 % interval. */
  readonly lower: number | null;
  /** Upper end. */
  readonly upper: number | null;
}

/** What became of a candidate. */
export type PlanStatus =
  | "winner"
  | "runner-up"
  | "frontier"
  | "meets"
  | "close"
  | "misses"
  | "cannot"
  | "over-budget"
  | "dearer"
  | "unpriced"
  | "refused";

/** A candidate of a plan: a row of plan.parquet, an entry of `rows` in plan.json. */
export interface PlanRow {
  /** Index of the candidate. */
  readonly index: number;
  /** In words, such as "4 x H100 TP1, vllm". */
  readonly label: string;
  /** By the path of each factor its level. */
  readonly levels: Readonly<Record<string, FactorLevel>>;
  /** What became of it. */
  readonly status: PlanStatus;
  /** Why it was not run, does not count or is close; null: it keeps the limits. */
  readonly reason: string | null;
  /** Name of its GPU; null where it was refused. */
  readonly gpu: string | null;
  /** GPUs of an instance; null where they differ or it was refused. */
  readonly gpus_per_instance: number | null;
  /** Instances at most. */
  readonly instances: number | null;
  /** Whether the number of instances never changes. */
  readonly is_fixed: boolean;
  /** Seeds that it was run with; 0: it was not run. */
  readonly seeds: number;
  /** Dollars per hour of the run; null without a price or a run. */
  readonly usd_per_hour: PlanInterval | null;
  /** GPUs held, mean over the run. */
  readonly gpus: PlanInterval | null;
  /** Dollars per million output tokens. */
  readonly usd_per_million_output_tokens: PlanInterval | null;
  /** Power, kW; null or absent (plans of earlier versions) where energy is not counted. */
  readonly kilowatts?: PlanInterval | null;
  /** By the name of each limited figure its mean; null where it was not run or has no value. */
  readonly figures: Readonly<Record<string, PlanInterval | null>>;
  /**
   * The same of each run, for comparisons in pairs: by the name of a cost or a figure a value for each
   * seed, null where a run has none or was saturated; null where it was not run, or for its capacity
   * alone. Absent from plans of earlier versions.
   */
  readonly by_seed?: {
    /** Seeds of the runs. */
    readonly seeds: readonly number[];
    /** In the order of the seeds. */
    readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  } | null;
  /** Highest rate at which the limits hold, requests per second; null where it was not asked for. */
  readonly capacity_rps: PlanInterval | null;
  /** Dollars per million requests at that rate. */
  readonly usd_per_million_requests: number | null;
  /** What the bound says; null where there is none. */
  readonly bound: {
    /** Least time of an instance that a request takes, seconds; 0: not bounded. */
    readonly seconds_per_request: number;
    /** 0: not bounded. */
    readonly fewest_instances: number;
    readonly usd_per_hour_at_least: number | null;
    readonly gpus_at_least: number;
  } | null;
}

/** A limit, in the figure's unit. */
export interface PlanLimit {
  /** Name as written, such as "ttft_p99". */
  readonly name: string;
  /** Path in the configuration or the summary. */
  readonly path: string;
  /** "<", "<=", ">" or ">=". */
  readonly comparison: string;
  /** In the unit of the figure. */
  readonly limit: number;
  /** Unit of the figure: "s", "share", "USD" ... */
  readonly unit: string;
}

/** What the chosen configuration does on seeds that have chosen nothing. */
export interface PlanValidation {
  /** Seed of the first run. */
  readonly first_seed: number;
  /** Seeds that it was run with. */
  readonly seeds: number;
  /** By the name of each limited figure: in the search, on fresh seeds, and the difference. */
  readonly figures: Readonly<
    Record<
      string,
      {
        readonly search: PlanInterval | null;
        readonly fresh: PlanInterval | null;
        readonly change: number | null;
      }
    >
  >;
  /** "meets" or "close". */
  readonly outcome: string;
  /** Candidates that kept the limits in the search and not on fresh seeds, by index. */
  readonly overturned: readonly number[];
}

/** What the levels of a factor do to the least value that keeps the limits. */
export interface PlanSensitivity {
  /** Path in the configuration or the summary. */
  readonly path: string;
  /** Greatest value of a level minus the least one, of the levels with one; null: none has. */
  readonly swing: number | null;
  /** A level each. */
  readonly levels: readonly {
    readonly level: FactorLevel;
    /** Least value with this level; null: none was run, or none of those keeps the limits. */
    readonly value: number | null;
    /** Whether a candidate with this level was run. */
    readonly is_run: boolean;
    /** Whether `value` is a lower bound: what is cheaper elsewhere made a run needless. */
    readonly is_bound: boolean;
  }[];
}

/** What a candidate does at several rates. */
export interface PlanCurve {
  /** Index of the candidate. */
  readonly index: number;
  /** By rate. */
  readonly points: readonly {
    readonly rate_rps: number;
    readonly seeds: number;
    /** Share of the seeds whose run keeps all limits. */
    readonly holds: number;
    /** Seeds whose run was saturated: figures are of the others. */
    readonly saturated: number;
    /** Share of requests that keep the section `slo`; null without limits there. */
    readonly attainment: PlanInterval | null;
    /** By the name of each limited figure its mean; null where all runs were saturated. */
    readonly figures: Readonly<Record<string, PlanInterval | null>>;
  }[];
}

/** A plan, as plan.json has it. Fields are added with time; those that are here keep their meaning. */
export interface Plan {
  /** Kind and version of the file. */
  readonly format: "simfaasinfer-plan/1";
  /** What was asked. */
  readonly question: "cheapest" | "capacity" | "frontier";
  /** What is made small. */
  readonly objective: PlanObjective;
  /** What has to be kept. */
  readonly slo: readonly PlanLimit[];
  /** The latency of the frontier that was asked for; null: the first limited one. */
  readonly frontier: Pick<PlanLimit, "name" | "path" | "unit"> | null;
  /** What was varied. */
  readonly factors: readonly { readonly path: string; readonly levels: readonly FactorLevel[] }[];
  /** Requests per second that were asked for; null: the configuration's workload. */
  readonly rate_rps: number | null;
  /** Dollars per hour at most; null: no bound. */
  readonly budget_usd_per_hour: number | null;
  /** The answer in a line. */
  readonly answer: string;
  /** Index of the chosen candidate; null: none keeps the limits. */
  readonly winner: number | null;
  /** Index of the next best candidate of another kind. */
  readonly runner_up: number | null;
  /** The chosen candidate on fresh seeds; null without one, or where that was not asked. */
  readonly validation: PlanValidation | null;
  /** Where none keeps the limits: the candidate that misses them least, and what breaks it. */
  readonly nearest_miss: { readonly index: number; readonly reason: string } | null;
  /** Factors by what they move, the greatest first. */
  readonly sensitivity: readonly PlanSensitivity[];
  /** The chosen candidate at rates around its capacity; null where there is none. */
  readonly curve: PlanCurve | null;
  /** A row for each candidate, by its index. */
  readonly rows: readonly PlanRow[];
  /** How much was simulated. */
  readonly counts: {
    readonly candidates: number;
    /** Candidates that were run at least once. */
    readonly simulated: number;
    /** Candidates that a bound, a price or another candidate made needless. */
    readonly pruned: number;
    readonly refused: number;
    /** Runs of all kinds, those kept from earlier plans included. */
    readonly runs: number;
    /** Requests of these runs. */
    readonly requests: number;
  };
  /** What was assumed, ignored or could not be priced. */
  readonly notices: readonly string[];
  /** The whole configuration of the chosen candidate; null without one. */
  readonly configuration: Readonly<Record<string, unknown>> | null;
}
