// Written by `deno task reference` from the declarations in columns/; not to be edited by hand.

/**
 * One row per request; instants in seconds since the start, NaN where the request never got there.
 */
export interface RequestColumns {
  /** Rows. */
  readonly count: number;
  /** Name of the function called; an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /** Service class, an index into the configured classes. */
  readonly classId: Uint8Array;
  /** Instance that finished it, or last held it. */
  readonly instanceId: Int32Array;
  /** `a`: arrival at the gateway. Unit: s. */
  readonly arrivalAtSeconds: Float64Array;
  /** `s`: start of the first step that works on it. Unit: s. */
  readonly scheduledAtSeconds: Float64Array;
  /** `f`: end of the step that yields its first output token, not a moment within it. Unit: s. */
  readonly firstTokenAtSeconds: Float64Array;
  /** `c`: end of the step that yields its last output token. Unit: s. */
  readonly completedAtSeconds: Float64Array;
  /** Length of the prompt. Unit: tokens. */
  readonly promptTokens: Int32Array;
  /** Length of the output, cut by the model's limit. Unit: tokens. */
  readonly outputTokens: Int32Array;
  /** Prompt tokens served from the prefix cache, when it was scheduled first. Unit: tokens. */
  readonly cachedTokens: Int32Array;
  /**
   * Longest gap between two consecutive tokens, preemptions included; null below two tokens. Unit:
   * s.
   */
  readonly maxTbtSeconds: Float64Array;
  /**
   * Part of the scheduling delay before the serving instance was ready: `max(0, ready − a)`. Unit:
   * s.
   */
  readonly coldStartWaitSeconds: Float64Array;
  /** Times that it lost its KV blocks while running. */
  readonly preemptions: Uint16Array;
  /**
   * `completed`, `unfinished` (in flight at the end), or why it did not complete; an index into
   * `OUTCOMES`.
   */
  readonly outcome: Uint8Array;
}

/** One row per sampling interval; means and shares are over the interval. */
export interface TimeSeriesColumns {
  /** Rows. */
  readonly count: number;
  /** End of the interval. Unit: s. */
  readonly timeSeconds: Float64Array;
  /** Its length; the last one may be shorter than the others. Unit: s. */
  readonly intervalSeconds: Float64Array;
  /** Arrivals in the interval. */
  readonly arrivals: Int32Array;
  /** Completions in the interval. */
  readonly completions: Int32Array;
  /** Requests that their execution limit has cut off in the interval. */
  readonly executionLimits: Int32Array;
  /** Requests that an instance's drain limit has cut off in the interval. */
  readonly drainLimits: Int32Array;
  /** Requests that their clients have given up in the interval. */
  readonly clientDeadlines: Int32Array;
  /** Requests that wait, at the gateway and in instances, on average. */
  readonly queued: Float64Array;
  /** Requests in engines' batches, on average. */
  readonly running: Float64Array;
  /** Instances that start or wake, on average. */
  readonly starting: Float64Array;
  /** Likewise, ready and without a request. */
  readonly idle: Float64Array;
  /** Likewise, ready and with requests. */
  readonly busy: Float64Array;
  /** Likewise, told to stop and not empty. */
  readonly draining: Float64Array;
  /** KV blocks in use over KV blocks of the instances up, on average. From 0 to 1. */
  readonly kvUtilization: Float64Array;
  /** As in the summary, over the interval. From 0 to 1. */
  readonly mfu: Float64Array;
  /** As in the summary, over the interval. From 0 to 1. */
  readonly busyFraction: Float64Array;
  /** Prompt tokens computed in the interval, recomputed ones included. Unit: tokens/s. */
  readonly promptTokensPerSecond: Float64Array;
  /** Output tokens produced in the interval. Unit: tokens/s. */
  readonly outputTokensPerSecond: Float64Array;
  /**
   * Power of GPUs in steps, on average; null without `energy.enabled`, as the three below. Unit: W.
   */
  readonly stepWatts: Float64Array;
  /** Likewise, of GPUs of instances that are ready, without a step. Unit: W. */
  readonly idleWatts: Float64Array;
  /** Likewise, of GPUs of instances that start or wake. Unit: W. */
  readonly startWatts: Float64Array;
  /** Power of the machines of all these beside their GPUs. Unit: W. */
  readonly hostWatts: Float64Array;
}

/** One row per phase of the life of an instance or of a pool's member. */
export interface InstancePhases {
  /** Rows. */
  readonly count: number;
  /** Instance; -1 for a member of a pool that none was made of. */
  readonly instanceId: Int32Array;
  /** Its function; an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /**
   * `starting` (the whole start; `waking` when it is made of a sleeping instance), `start:STAGE` (a
   * stage of it; stages may overlap), `ready` (idle or busy), `draining`, `asleep`; before a start
   * that took a pool's member, that one's `warming` and `pooled`; an index into `phaseNames`.
   */
  readonly phase: Uint16Array;
  /** Start of the phase. Unit: s. */
  readonly startAtSeconds: Float64Array;
  /** End of the phase; the end of the run for instances that were still up. Unit: s. */
  readonly endAtSeconds: Float64Array;
  /**
   * Of a stage that waited for bytes: starts' transfers on the link of their way that was busiest
   * for its speed, its own included, mean over the time of the transfer; 0 where nothing moved.
   */
  readonly sharers: Float64Array;
  /** Names of the phases, by code. */
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
  /** `id` of the request, ascending. */
  readonly request: Int32Array;
  /** Instance whose start it waited for: `start:STAGE` in `instances.parquet` has the stages. */
  readonly instanceId: Int32Array;
  /**
   * A stage on the critical path of that start, in their order; `before_start` is the time until it
   * began; an index into `stageNames`.
   */
  readonly stage: Uint16Array;
  /**
   * Part of the wait that fell into the stage, above 0. Who comes in the middle of a start waits
   * for the rest: stages that are over have no row, one under way its rest. Unit: s.
   */
  readonly waitSeconds: Float64Array;
  /** Names of the stages in order of first appearance: `before_start`, `container_create` .... */
  readonly stageNames: readonly string[];
}

/**
 * One row per sampling interval and function that had anything in it; means are over the interval.
 */
export interface FunctionSeriesColumns {
  /** Rows. */
  readonly count: number;
  /** End of the interval. Unit: s. */
  readonly timeSeconds: Float64Array;
  /** Its length; the last one may be shorter than the others. Unit: s. */
  readonly intervalSeconds: Float64Array;
  /** The function; an index into `functionNames`. */
  readonly functionId: Uint16Array;
  /** Arrivals in the interval. */
  readonly arrivals: Int32Array;
  /** Completions in the interval. */
  readonly completions: Int32Array;
  /** Requests that wait, at the gateway and in instances, on average. */
  readonly queued: Float64Array;
  /** Requests in engines' batches, on average. */
  readonly running: Float64Array;
  /** Instances that start or wake, on average. */
  readonly starting: Float64Array;
  /** Likewise, ready and without a request. */
  readonly idle: Float64Array;
  /** Likewise, ready and with requests. */
  readonly busy: Float64Array;
  /** Likewise, told to stop and not empty. */
  readonly draining: Float64Array;
  /** Starts of its instances begun in the interval, those of sleeping ones apart. */
  readonly coldStarts: Int32Array;
}

/** One row per transfer of a request's KV entries from one instance to another. */
export interface KvTransferColumns {
  /** Rows. */
  readonly count: number;
  /** `id` of the request. */
  readonly request: Int32Array;
  /** Instance that computed the entries. */
  readonly fromInstance: Int32Array;
  /** Instance that goes on with the request. */
  readonly toInstance: Int32Array;
  /**
   * Bytes sent: what the receiving engine's prefix cache lacked, as often as its ranks hold it.
   * Unit: bytes.
   */
  readonly bytes: Float64Array;
  /**
   * From the end of the prefill until the receiving engine had KV blocks for the entries. Unit: s.
   */
  readonly queuedSeconds: Float64Array;
  /** Beginning of the transfer's set-up. Unit: s. */
  readonly beginAtSeconds: Float64Array;
  /** Set-up, messages and bytes; null where it was given up before its end. Unit: s. */
  readonly seconds: Float64Array;
  /**
   * From the end of the prefill until the last entry was there, which no computing hid. Unit: s.
   */
  readonly exposedSeconds: Float64Array;
}
