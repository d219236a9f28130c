import type {
  ColdStartWaits,
  InstancePhases,
  RequestColumns,
  TimeSeriesColumns,
} from "./run_columns.ts";
import type { LatencyParts } from "./latency_parts.ts";
import type { Summary } from "./run_summary.ts";

export * from "./run_columns.ts";
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
  "execution_limit",
  "drain_limit",
  "client_deadline",
  "rejected_wait_limit",
  "rejected_closed",
] as const;
/** How a request ended. */
export type Outcome = typeof OUTCOMES[number];

/** What a run returns: columns, series, phases and the summary. Nothing touches the disk. */
export interface RunResult {
  /** One row per request. */
  readonly requests: RequestColumns;
  /** One row per sampling interval. */
  readonly timeSeries: TimeSeriesColumns;
  /** One row per sampling interval and function that had anything in it; absent unless asked for. */
  readonly functionSeries?:
    & Pick<TimeSeriesColumns, "count" | "timeSeconds" | "intervalSeconds" | "arrivals">
    & Pick<TimeSeriesColumns, "completions" | "queued" | "running" | "starting">
    & Pick<TimeSeriesColumns, "idle" | "busy" | "draining">
    & { readonly functionId: Uint16Array; readonly coldStarts: Int32Array };
  /** One row per phase of an instance's life. */
  readonly instances: InstancePhases;
  /** Waits for starts by request and stage. */
  readonly coldStartWaits: ColdStartWaits;
  /**
   * Where the time of the requests went: see `latencyPart`. Absent where `metrics.explain` says so.
   */
  readonly latencyParts?: LatencyParts;
  /** One row per transfer of KV entries; absent where instances are not in groups. */
  readonly kvTransfers?: {
    readonly count: number;
    readonly request: Int32Array;
    readonly fromInstance: Int32Array;
    readonly toInstance: Int32Array;
    readonly bytes: Float64Array;
    readonly queuedSeconds: Float64Array;
    readonly beginAtSeconds: Float64Array;
    readonly seconds: Float64Array;
    readonly exposedSeconds: Float64Array;
  };
  /** Prompt tokens of each request that came from cache tiers of each kind; absent without tiers. */
  readonly kvTiers?: readonly {
    readonly kind: "host" | "disk" | "store";
    readonly hitTokens: Int32Array;
  }[];
  /** The figures of summary.json. */
  readonly summary: Summary;
  /** Names of the functions, by id. */
  readonly functionNames: readonly string[];
  /** Facts for the manifest: stepping mode, steps leapt and taken singly, notices. */
  readonly engine: {
    readonly stepping: "leap" | "step";
    readonly stepsLeapt: number;
    readonly stepsSingle: number;
    /** What the KV cache of an instance holds, a line for each kind of function. */
    readonly kvCache?: readonly string[];
    readonly notices: readonly string[];
  };
  /** Token gaps, for figures: pairs of (upper edge seconds, cumulative share). */
  readonly tbtCdf: { readonly seconds: Float64Array; readonly share: Float64Array };
}
