/** How a request ended. The order is the code stored in the outcome column. */
export const OUTCOMES = [
  "unfinished",
  "completed",
  "rejected_window",
  "rejected_capacity",
  "rejected_queue_full",
  "rejected_rate_limit",
  "rejected_slo",
  "rejected_no_instance",
  "timed_out",
  "failed",
] as const;
/** How a request ended. */
export type Outcome = typeof OUTCOMES[number];

/** One row per request; instants in seconds since the start, NaN where the request never got there. */
export interface RequestColumns {
  readonly count: number;
  readonly arrivalAtSeconds: Float64Array;
  readonly promptTokens: Int32Array;
  readonly outputTokens: Int32Array;
  /** Function of each request, an index into `functionNames`. */
  readonly functionId: Uint16Array;
  readonly classId: Uint8Array;
  /** Instance that finished (or last held) the request; -1 for none. */
  readonly instanceId: Int32Array;
  readonly scheduledAtSeconds: Float64Array;
  readonly firstTokenAtSeconds: Float64Array;
  readonly completedAtSeconds: Float64Array;
  /** Longest gap between consecutive tokens, seconds; NaN below two tokens. */
  readonly maxTbtSeconds: Float64Array;
  /** Part of the scheduling delay before the serving instance was ready, seconds. */
  readonly coldStartWaitSeconds: Float64Array;
  readonly preemptions: Uint16Array;
  /** Prompt tokens served from the prefix cache. */
  readonly cachedTokens: Int32Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
}

/** One row per sampling interval. Each array has `count` entries. */
export interface TimeSeriesColumns {
  readonly count: number;
  /** End of the interval, seconds. */
  readonly timeSeconds: Float64Array;
  readonly arrivals: Int32Array;
  readonly completions: Int32Array;
  /** Requests queued (gateway and instances) and running at the end of the interval. */
  readonly queued: Int32Array;
  readonly running: Int32Array;
  /** Instances by state at the end of the interval. */
  readonly starting: Int32Array;
  readonly idle: Int32Array;
  readonly busy: Int32Array;
  readonly draining: Int32Array;
  /** Share of the up instances' KV blocks in use at the end of the interval, 0..1. */
  readonly kvUtilization: Float64Array;
  /** FLOP/s over the up instances' dense peak, mean over the interval, 0..1. */
  readonly mfu: Float64Array;
  /** Share of the up instances' time spent in steps, mean over the interval, 0..1. */
  readonly busyFraction: Float64Array;
  /** Prompt and output tokens processed per second, mean over the interval. */
  readonly promptTokensPerSecond: Float64Array;
  readonly outputTokensPerSecond: Float64Array;
}

/** One row per phase of an instance's life (a stage of its start, idle, busy, draining). */
export interface InstancePhases {
  readonly count: number;
  readonly instanceId: Int32Array;
  readonly functionId: Uint16Array;
  /** Index into `phaseNames`. */
  readonly phase: Uint16Array;
  readonly startAtSeconds: Float64Array;
  readonly endAtSeconds: Float64Array;
  /** Names of the phases: "starting" (the whole start), "ready", "draining", and stage names "start:container" ... */
  readonly phaseNames: readonly string[];
}

/** Mean and percentiles of one latency. Percentile keys as configured ("p50"); null when nothing was measured. */
export interface LatencySummary {
  readonly mean: number | null;
  readonly max: number | null;
  readonly [percentile: `p${number}`]: number | null;
}

/** Dollars by use. */
export interface CostSummary {
  readonly total_usd: number;
  readonly busy_usd: number;
  readonly idle_usd: number;
  readonly cold_start_usd: number;
  /** Billed beyond the time used, by granularity and minimum. */
  readonly rounding_usd: number;
  readonly per_request_usd: number | null;
  readonly per_million_output_tokens_usd: number | null;
}

/** The summary as written to summary.json. Times in seconds. */
export interface Summary {
  readonly requests: {
    readonly arrived: number;
    readonly completed: number;
    readonly rejected: number;
    readonly timed_out: number;
    readonly unfinished: number;
    /** Counts of each rejection or failure reason that occurred. */
    readonly reasons: Readonly<Record<string, number>>;
  };
  readonly ttft_s: LatencySummary;
  readonly tbt_s: LatencySummary;
  readonly tpot_s: LatencySummary;
  readonly e2e_s: LatencySummary;
  readonly normalized_latency_s: LatencySummary;
  readonly scheduling_delay_s: LatencySummary;
  readonly throughput_rps: number;
  readonly output_tokens_per_s: number;
  readonly total_tokens_per_s: number;
  readonly mfu: number;
  readonly mbu: number;
  readonly busy_fraction: number;
  readonly memory_utilization: number;
  readonly kv_utilization: number;
  readonly cold_starts: number;
  readonly cold_start_rate: number;
  readonly preemptions: number;
  readonly instance_seconds: number;
  readonly gpu_hours: number;
  readonly cost: CostSummary;
  readonly qps_per_usd: number | null;
  /** SHA-256 over the canonical request columns, hex. */
  readonly digest: string;
}

/** What a run returns: columns, series, phases and the summary. Nothing touches the disk. */
export interface RunResult {
  readonly requests: RequestColumns;
  readonly timeSeries: TimeSeriesColumns;
  readonly instances: InstancePhases;
  readonly summary: Summary;
  readonly functionNames: readonly string[];
  /** Facts for the manifest: stepping mode, steps leapt and taken singly, notices. */
  readonly engine: {
    readonly stepping: "leap" | "step";
    readonly stepsLeapt: number;
    readonly stepsSingle: number;
    readonly notices: readonly string[];
  };
  /** Token gaps, for figures: pairs of (upper edge seconds, cumulative share). */
  readonly tbtCdf: { readonly seconds: Float64Array; readonly share: Float64Array };
}
