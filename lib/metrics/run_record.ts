import type { MigrationRecord } from "./migration_record.ts";
import type { StageSpanColumns } from "../serverless/cold_start/stage_spans.ts";
import type { InstanceLife, PoolMemberLife } from "../serverless/lifecycle.ts";
import type { GapSketch } from "../stats/gap_sketch.ts";
import type { TierRecord } from "./kv_tier_record.ts";
import type { KvTokens } from "./kv_tokens.ts";
import type { LatencyParts } from "./latency_parts.ts";
import type { TotalsColumns } from "./meter_totals.ts";
import type { RequestColumns, TimeSeriesColumns } from "./run_tables.ts";

/** What faults did in a run. */
export interface FaultRecord {
  /** Failures without a warning, of machines or of instances. */
  readonly failures: number;
  /** Preemptions of spot capacity. */
  readonly preemptions: number;
  /** Ready or draining instances that were lost with requests or without. */
  readonly instancesLost: number;
  /** Requests that were inside them. */
  readonly requestsHit: number;
  /** Those of them that ended there. */
  readonly requestsFailed: number;
  /** Tokens whose KV entries were lost: work to be done again, or in vain. */
  readonly lostTokens: number;
  /** Starts that failed. */
  readonly failedStarts: number;
  /** Share of the machines' time in which they were up, 0..1; NaN without machines. */
  readonly availability: number;
  /** Mean time from a fault until its function had as many ready instances again; NaN: never. */
  readonly recoverySeconds: number;
}

/** What sleeping instances did in a run. */
export interface SleepRecord {
  /** Times that an instance went to sleep. */
  readonly sleeps: number;
  /** Sleeping instances that another was made of. */
  readonly wakes: number;
  /** Those whose time was over. */
  readonly expired: number;
  /** Those that stopped because others needed the host memory. */
  readonly evicted: number;
  /** Host memory that they held, byte-seconds. */
  readonly byteSeconds: number;
}

/** A pool of what starts can begin with, over a run. */
export interface PoolRecord {
  /** What its members are: "node", "container" or "engine". */
  readonly of: string;
  /** Functions whose starts take from it, by id. */
  readonly functions: readonly number[];
  /** Whether its members hold the GPUs of an instance. */
  readonly holdsGpus: boolean;
  /** Starts that asked it for a member. */
  readonly demands: number;
  /** Those that got one. */
  readonly hits: number;
  /** Members given up because instances needed their GPUs. */
  readonly evicted: number;
  /** Lives of all members, in order of creation. */
  readonly members: readonly PoolMemberLife[];
}

/** What speculative decoding did in a run. */
export interface SpeculationRecord {
  /** Drafts that were verified, one per sequence and step; under mean acceptance a fraction at times. */
  readonly drafts: number;
  /** Tokens in them. */
  readonly draftedTokens: number;
  /** Those that the model accepted, tokens beyond the end of an output included. */
  readonly acceptedTokens: number;
}

/** What a run of the cluster leaves behind: raw material for the summary. */
export interface RunRecord {
  /** One row per request; those of a run that keeps them elsewhere cannot be read here. */
  readonly columns: RequestColumns;
  /** Requests that arrived before the end. */
  readonly arrived: number;
  /** Where the time of the requests went; absent where that was not recorded. */
  readonly latencyParts?: LatencyParts;
  /** Gaps between tokens of all requests that end after the warm-up. */
  readonly gaps: GapSketch;
  /** Gaps that end by the end of the warm-up. */
  readonly warmupGaps: GapSketch;
  /** One row per sampling interval. */
  readonly timeSeries: TimeSeriesColumns;
  /** One row per sampling interval and function; absent where nobody asks. */
  readonly functionSeries?:
    & Pick<TimeSeriesColumns, "count" | "timeSeconds" | "intervalSeconds" | "arrivals">
    & Pick<TimeSeriesColumns, "completions" | "queued" | "running" | "starting">
    & Pick<TimeSeriesColumns, "idle" | "busy" | "draining">
    & { readonly functionId: Uint16Array; readonly coldStarts: Int32Array };
  /** Lives of all instances, by instance id. */
  readonly lives: readonly InstanceLife[];
  /** Work of each instance, by instance id. */
  readonly totals: Pick<TotalsColumns, "count" | "at" | "list">;
  /** Stages of all starts, in order of their end. */
  readonly stageSpans: StageSpanColumns;
  /** Instance whose start each request waited for, -1 for none; absent when none has waited. */
  readonly waitedFor?: Int32Array;
  /** Running requests that moved between instances; absent where none can. */
  readonly migrations?: MigrationRecord;
  /** Starts begun during the run, those of sleeping instances apart. */
  readonly coldStarts: number;
  /** Idle instances that stopped because another function's found no GPU. */
  readonly evictions: number;
  /** What faults did; absent where there can be none. */
  readonly faults?: FaultRecord;
  /** What cache tiers did, by kind; absent where no function has any. */
  readonly kvTiers?: readonly TierRecord[];
  /** What sleeping instances did; absent where none can sleep. */
  readonly sleep?: SleepRecord;
  /** What speculation did; absent where no function speculates. */
  readonly speculation?: SpeculationRecord;
  /** The pools; absent where there are none. */
  readonly pools?: readonly PoolRecord[];
  /** End of the run, seconds: instances, time series and bill go so far. */
  readonly endAtSeconds: number;
  /** The end of the last request, or of the time in which they arrive: rates count so far, seconds. */
  readonly measuredUntilSeconds: number;
  /** What KV entries were sent; absent where instances are not in groups. */
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
  /** The run was to end when its fleet had scaled down, and was cut off before. */
  readonly scalesOn?: true;
  /** Most KV blocks that one instance had in use. */
  readonly peakBlocks: number;
  /** Greatest share of its KV blocks that an instance had in use, 0..1. */
  readonly peakKvUtilization: number;
  /** Tokens in the KV blocks of running sequences, and room for tokens, summed over the samples. */
  readonly kvTokens: Readonly<KvTokens>;
  /** Steps that were taken as part of a leap. */
  readonly stepsLeapt: number;
  /** Steps that were taken one by one. */
  readonly stepsSingle: number;
}
