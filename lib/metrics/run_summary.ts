import type { LifePhase } from "../serverless/life_phases.ts";
import type { UndefinedFigures } from "./undefined_figures.ts";

/** Mean and percentiles of one latency. Percentile keys as configured ("p50"); null when nothing was measured. */
export interface LatencySummary {
  /** Arithmetic mean. */
  readonly mean: number | null;
  /** Largest value. */
  readonly max: number | null;
  /** Value at the percentile. */
  readonly [percentile: `p${number}`]: number | null;
}

/** Dollars by use. */
export interface CostSummary {
  /** The whole bill; null, as all parts of it but storage, where the price of a GPU is unknown. */
  readonly total_usd: number | null;
  /** For time in steps. */
  readonly busy_usd: number | null;
  /** For time ready and not in a step. */
  readonly idle_usd: number | null;
  /** For time from creation to ready. */
  readonly cold_start_usd: number | null;
  /** For time asleep. */
  readonly asleep_usd: number | null;
  /** For members of pools. */
  readonly pooled_usd: number | null;
  /** Billed beyond the time used, by granularity and minimum. */
  readonly rounding_usd: number | null;
  /** For weights kept. */
  readonly storage_usd: number;
  /** Total over completed requests; null when there are none. */
  readonly per_request_usd: number | null;
  /** Total over output tokens of completed requests, times a million; null when there are none. */
  readonly per_million_output_tokens_usd: number | null;
  /** Total over prompt and output tokens of completed requests, times a million. */
  readonly per_million_total_tokens_usd: number | null;
  /** Total over the requests that met every limit; null without limits or without such requests. */
  readonly per_slo_good_request_usd: number | null;
  /** Shares of the total, which add up to 1; null when nothing was paid. */
  readonly busy_share: number | null;
  /** Share for time ready and not in a step. */
  readonly idle_share: number | null;
  /** Share for starts that came to be ready. */
  readonly cold_start_share: number | null;
  /** Share for time asleep. */
  readonly asleep_share: number | null;
  /** Share for members of pools. */
  readonly pooled_share: number | null;
  /** Share for nothing that was of use: rounding, and starts that were given up. */
  readonly waste_share: number | null;
  /** Share for weights kept. */
  readonly storage_share: number | null;
  /** Renting the most GPUs in use for the whole run at the on-demand price; null without a price. */
  readonly always_on_usd: number | null;
  /** Share of time billed up to which this is cheaper than renting; null without a price. */
  readonly break_even_utilization: number | null;
}

/** One service class in the summary; latencies as in the summary, over its own requests. */
export interface ClassSummary {
  /** Name in the configuration or the trace. */
  readonly name: string;
  /** Requests of the class that arrived after the warm-up. */
  readonly arrived: number;
  /** Those of them that met every limit of the class; all completed ones when it has none. */
  readonly attained: number;
  /** `attained` over `arrived`; null when nothing arrived or the class has no limit. */
  readonly slo_attainment: number | null;
  /** Time to first token, seconds. */
  readonly ttft_s: LatencySummary;
  /** Time per output token, seconds. */
  readonly tpot_s: LatencySummary;
  /** End-to-end latency, seconds. */
  readonly e2e_s: LatencySummary;
}

/** One function in the summary, over the requests that arrived after the warm-up. */
export interface FunctionSummary {
  /** Name of the function. */
  readonly name: string;
  /** Its requests. */
  readonly arrived: number;
  /** Those of them that completed. */
  readonly completed: number;
  /** Share of its requests that met every limit, 0..1; null without limits. */
  readonly slo_attainment: number | null;
  /** Starts of its instances during the run. */
  readonly cold_starts: number;
  /** Share of its requests that waited for a start, 0..1. */
  readonly cold_start_rate: number;
  /** Time to first token, seconds. */
  readonly ttft_s: LatencySummary;
  /** Time from creation to stop of its instances, seconds. */
  readonly instance_seconds: number;
  /** Its part of the bill, dollars; null where the price of its GPU is unknown. */
  readonly cost_usd: number | null;
}

/** One pool of what starts can begin with. */
export interface PoolSummary {
  /** What its members are: "node", "container" or "engine". */
  readonly of: string;
  /** Names of the functions whose starts take from it. */
  readonly functions: readonly string[];
  /** Starts of theirs, those of sleeping instances apart. */
  readonly starts: number;
  /** Those that took a member. */
  readonly hits: number;
  /** `hits` over `starts`, 0..1; null without starts. */
  readonly hit_rate: number | null;
  /** Members made in all, those at the beginning included. */
  readonly members: number;
  /** Members given up because instances needed their GPUs. */
  readonly evicted: number;
  /** Members that could be taken, mean over the run. */
  readonly mean_size: number;
}

/** The summary as written to summary.json. Times in seconds. */
export interface Summary {
  /** Counts of requests. arrived = completed + rejected + timed_out + failed + unfinished. */
  readonly requests: {
    readonly arrived: number;
    readonly completed: number;
    readonly rejected: number;
    readonly timed_out: number;
    /** Whose instance a fault has taken. */
    readonly failed: number;
    /** In flight, or waiting, at the end of the run. */
    readonly unfinished: number;
    /** Counts of each rejection or failure reason that occurred. */
    readonly reasons: Readonly<Record<string, number>>;
  };
  /** What the latencies below are of. */
  readonly measured: {
    /** Requests that arrived before are left out, seconds. */
    readonly from_s: number;
    /** Completed requests that arrived from then on: those that are counted. */
    readonly completed: number;
    /**
     * Requests that arrived from then on and were cut off by the end of the run: their latencies are
     * longer than is known, and in no percentile.
     */
    readonly censored: number;
  };
  /** Arrival to the end of the step that yields the first output token. */
  readonly ttft_s: LatencySummary;
  /** Gaps between consecutive output tokens. */
  readonly tbt_s: LatencySummary;
  /** (last token - first token) / (output tokens - 1). */
  readonly tpot_s: LatencySummary;
  /** Arrival to the last token. */
  readonly e2e_s: LatencySummary;
  /** End-to-end latency over output tokens. */
  readonly normalized_latency_s: LatencySummary;
  /** Arrival to the start of the first step that works on the request. */
  readonly scheduling_delay_s: LatencySummary;
  /** Completed requests per second. */
  readonly throughput_rps: number;
  /** Share of arrived requests that met every limit, 0..1; null without limits. */
  readonly slo_attainment: number | null;
  /** Requests that met every limit per second; null without limits. */
  readonly goodput_rps: number | null;
  /** The service classes; empty when there are none. */
  readonly classes: readonly ClassSummary[];
  /** The functions; empty when there is one. */
  readonly functions: readonly FunctionSummary[];
  /** Output tokens of completed requests per second. */
  readonly output_tokens_per_s: number;
  /** Prompt and output tokens of completed requests per second. */
  readonly total_tokens_per_s: number;
  /** FLOPs done over the GPUs' dense peak while up, 0..1. */
  readonly mfu: number;
  /** Bytes moved over the GPUs' peak bandwidth while up, 0..1. */
  readonly mbu: number;
  /** Time in steps over time up, 0..1. */
  readonly busy_fraction: number;
  /** GPU memory in use over GPU memory, mean over time up, 0..1. */
  readonly memory_utilization: number;
  /** KV blocks in use over KV blocks, mean over time up, 0..1. */
  readonly kv_utilization: number;
  /** The KV cache of all instances. */
  readonly kv: {
    /** Greatest share of its KV blocks that an instance had in use, 0..1. */
    readonly peak_utilization: number;
    /** Share of the room in the blocks of running sequences that holds no token, 0..1; null: none. */
    readonly fragmentation: number | null;
  };
  /** What the prefix cache served; null when it is off or no prompts share anything. */
  readonly prefix_cache: {
    /** Share of the prompt tokens of scheduled requests, 0..1; null when none was scheduled. */
    readonly hit_rate_tokens: number | null;
    /** Share of their blocks, 0..1. */
    readonly hit_rate_blocks: number | null;
    /** Prompt tokens served from the cache. */
    readonly cached_tokens: number;
  } | null;
  /** Starts begun during the run, those of sleeping instances apart. */
  readonly cold_starts: number;
  /** Share of arrived requests that waited for a start or a waking, 0..1. */
  readonly cold_start_rate: number;
  /** Mean wait for a start by stage of its critical path, over the requests that waited, seconds. */
  readonly cold_start_stages_s: Readonly<Record<string, number>>;
  /** Where starts found their weights; null without machines that keep any. */
  readonly weight_cache: {
    /** Starts, by machine, that looked for weights. */
    readonly lookups: number;
    /** Share of them that found the weights in host memory, 0..1; null without look-ups. */
    readonly dram_hit_rate: number | null;
    /** Share of them that found the weights on a local disk and not in memory, 0..1. */
    readonly ssd_hit_rate: number | null;
    /** Models given up to make room. */
    readonly evictions: number;
  } | null;
  /** Weights kept by place, 10^9 bytes times hours; in the remote store those of all functions. */
  readonly stored_weights_gb_hours: Readonly<Record<"dram" | "ssd" | "remote", number>>;
  /** Idle instances that stopped because another function's found no GPU. */
  readonly evicted_instances: number;
  /** What sleeping instances did; null where none can sleep. */
  readonly sleep: {
    /** Times that an instance went to sleep. */
    readonly sleeps: number;
    /** Sleeping instances that were woken. */
    readonly wakes: number;
    /** Those that stopped because their time was over. */
    readonly expired: number;
    /** Those that stopped because others needed the host memory. */
    readonly evicted: number;
    /** Time asleep, seconds. */
    readonly instance_seconds: number;
    /** Host memory that they held, 10^9 bytes times hours. */
    readonly memory_gb_hours: number;
  } | null;
  /** The pools that starts took from; empty without any. */
  readonly prewarmed_pools: readonly PoolSummary[];
  /** What faults did; null where there can be none. */
  readonly faults: {
    /** Failures without a warning, of machines or of instances. */
    readonly failures: number;
    /** Preemptions of spot capacity. */
    readonly preemptions: number;
    /** Ready or draining instances that were lost. */
    readonly instances_lost: number;
    /** Requests that were inside them. */
    readonly requests_hit: number;
    /** Those of them that ended there. */
    readonly requests_failed: number;
    /** Tokens computed whose KV entries were lost. */
    readonly lost_tokens: number;
    /** Starts that failed. */
    readonly failed_starts: number;
    /** Share of the machines' time in which they were up, 0..1; null without machines. */
    readonly availability: number | null;
    /** Mean time until as many instances were ready as before a fault, seconds; null: never. */
    readonly recovery_s: number | null;
  } | null;
  /** Preemptions of all requests. */
  readonly preemptions: number;
  /** Time from creation to stop of all instances and members of pools, seconds. */
  readonly instance_seconds: number;
  /** The same by phase; adds up to it. */
  readonly phase_seconds: Readonly<Record<LifePhase, number>>;
  /** The time in which they held GPUs (not asleep, not pooled without) times those, hours. */
  readonly gpu_hours: number;
  /** The bill. */
  readonly cost: CostSummary;
  /** Throughput over the bill; null when nothing was paid. */
  readonly qps_per_usd: number | null;
  /** What is null in this summary, and why. */
  readonly undefined_figures: readonly UndefinedFigures[];
  /** SHA-256 over the canonical request columns, hex. */
  readonly digest: string;
}
