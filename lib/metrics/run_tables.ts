import type { Summary } from "./run_summary.ts";

export * from "./run_summary.ts";

/** How a request ended. The order is the code stored in the outcome column. */
export const OUTCOMES = [
  "unfinished",
  "completed",
  "rejected_length",
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
  /** Rows. */
  readonly count: number;
  /** Arrival at the gateway. */
  readonly arrivalAtSeconds: Float64Array;
  /** Prompt length, tokens. */
  readonly promptTokens: Int32Array;
  /** Output length, tokens. */
  readonly outputTokens: Int32Array;
  /** Function of each request, an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /** Service class of each request, an index into the configured classes. */
  readonly classId: Uint8Array;
  /** Instance that finished (or last held) the request; -1 for none. */
  readonly instanceId: Int32Array;
  /** Start of the first step that worked on the request. */
  readonly scheduledAtSeconds: Float64Array;
  /** End of the step that yielded the first output token. */
  readonly firstTokenAtSeconds: Float64Array;
  /** End of the step that yielded the last output token. */
  readonly completedAtSeconds: Float64Array;
  /** Longest gap between consecutive tokens, seconds; NaN below two tokens. */
  readonly maxTbtSeconds: Float64Array;
  /** Part of the scheduling delay before the serving instance was ready, seconds. */
  readonly coldStartWaitSeconds: Float64Array;
  /** How often the request lost its KV blocks while running. */
  readonly preemptions: Uint16Array;
  /** Prompt tokens served from the prefix cache. */
  readonly cachedTokens: Int32Array;
  /** Index into OUTCOMES. */
  readonly outcome: Uint8Array;
}

/** One row per sampling interval. Each array has `count` entries. */
export interface TimeSeriesColumns {
  /** Rows. */
  readonly count: number;
  /** End of the interval, seconds. */
  readonly timeSeconds: Float64Array;
  /** Length of the interval, seconds, > 0; the last one may be shorter than the others. */
  readonly intervalSeconds: Float64Array;
  /** Requests that arrived in the interval. */
  readonly arrivals: Int32Array;
  /** Requests that completed in the interval. */
  readonly completions: Int32Array;
  /** Requests that wait, at the gateway and in instances, mean over the interval. */
  readonly queued: Float64Array;
  /** Requests in batches, mean over the interval. */
  readonly running: Float64Array;
  /** Instances on their way up, mean over the interval. */
  readonly starting: Float64Array;
  /** Ready instances without requests, mean over the interval. */
  readonly idle: Float64Array;
  /** Ready instances with requests, mean over the interval. */
  readonly busy: Float64Array;
  /** Instances that finish their last requests, mean over the interval. */
  readonly draining: Float64Array;
  /** Share of the up instances' KV blocks in use, mean over the interval, 0..1. */
  readonly kvUtilization: Float64Array;
  /** FLOP/s over the up instances' dense peak, mean over the interval, 0..1. */
  readonly mfu: Float64Array;
  /** Share of the up instances' time spent in steps, mean over the interval, 0..1. */
  readonly busyFraction: Float64Array;
  /** Prompt and output tokens processed per second, mean over the interval. */
  readonly promptTokensPerSecond: Float64Array;
  /** Output tokens produced per second, mean over the interval. */
  readonly outputTokensPerSecond: Float64Array;
}

/** One row per phase of the life of an instance or of a pool's member. */
export interface InstancePhases {
  /** Rows. */
  readonly count: number;
  /** Instance of each phase; -1 for those of a pool's member that none was made of. */
  readonly instanceId: Int32Array;
  /** Function of each phase, an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /** Index into `phaseNames`. */
  readonly phase: Uint16Array;
  /** Start of the phase, seconds. */
  readonly startAtSeconds: Float64Array;
  /** End of the phase, seconds. */
  readonly endAtSeconds: Float64Array;
  /**
   * Names of the phases: "starting" or "waking" (the whole start), "ready", "draining", "asleep",
   * "warming" and "pooled" (a pool's member), and stage names "start:container" ...
   */
  readonly phaseNames: readonly string[];
}

/**
 * How the waits for starts split: one row per stage of the critical path that a request waited in.
 * Requests without such a wait have no row; the rows of the others add up to their
 * `coldStartWaitSeconds`.
 */
export interface ColdStartWaits {
  /** Rows. */
  readonly count: number;
  /** Waiting request of each row, its row in the request columns, ascending. */
  readonly request: Int32Array;
  /** Instance whose start was waited for. */
  readonly instanceId: Int32Array;
  /** Index into `stageNames`. */
  readonly stage: Uint16Array;
  /** Names of the stages in order of first appearance: "before_start", "container_create" ... */
  readonly stageNames: readonly string[];
  /** Part of the request's wait that fell into the stage, seconds, > 0. */
  readonly waitSeconds: Float64Array;
}

/** What a run returns: columns, series, phases and the summary. Nothing touches the disk. */
export interface RunResult {
  /** One row per request. */
  readonly requests: RequestColumns;
  /** One row per sampling interval. */
  readonly timeSeries: TimeSeriesColumns;
  /** One row per phase of an instance's life. */
  readonly instances: InstancePhases;
  /** Waits for starts by request and stage. */
  readonly coldStartWaits: ColdStartWaits;
  /** The figures of summary.json. */
  readonly summary: Summary;
  /** Names of the functions, by id. */
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
