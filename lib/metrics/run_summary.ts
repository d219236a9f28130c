// Written by `deno task reference` from the tree in figures/; not to be edited by hand.
import type { LatencySummary } from "./latency_summary.ts";
import type { UndefinedFigures } from "./undefined_figures.ts";

export type { LatencySummary };

/** One entry per service class; empty when there are none. */
export interface ClassSummary {
  /** Name in the configuration or the trace. */
  readonly name: string;
  /** Requests of the class that arrived after the warm-up. */
  readonly arrived: number;
  /** Those of them that met every limit of the class; all completed ones when it has none. */
  readonly attained: number;
  /**
   * `attained` over `arrived`; null when nothing arrived or the class has no limit. From 0 to 1.
   */
  readonly slo_attainment: number | null;
  /** Time to first token of its own requests. Unit: s. */
  readonly ttft_s: LatencySummary;
  /** Time per output token of its own requests. Unit: s. */
  readonly tpot_s: LatencySummary;
  /** End-to-end latency of its own requests. Unit: s. */
  readonly e2e_s: LatencySummary;
}

/** One entry per function; empty when there is one. */
export interface FunctionSummary {
  /** Name of the function. */
  readonly name: string;
  /** Its requests that arrived after the warm-up. */
  readonly arrived: number;
  /** Those of them that completed. */
  readonly completed: number;
  /** Share of them that met every limit; null without limits. From 0 to 1. */
  readonly slo_attainment: number | null;
  /** Starts of its instances during the run. */
  readonly cold_starts: number;
  /** Share of its requests that waited for a start. From 0 to 1. */
  readonly cold_start_rate: number;
  /** Time to first token of its own requests. Unit: s. */
  readonly ttft_s: LatencySummary;
  /** Time from creation to stop of its instances and members of pools. Unit: instance × s. */
  readonly instance_seconds: number;
  /**
   * Its part of the bill, without storage; null where the price of its GPU is unknown. Unit: USD.
   */
  readonly cost_usd: number | null;
  /**
   * Energy of its instances and members of pools, with their part of the building; null without
   * `energy.enabled`. Unit: kWh.
   */
  readonly energy_kwh: number | null;
}

/** One entry per pool that starts took from; empty without pools. */
export interface PoolSummary {
  /** What its members are: `node`, `container` or `engine`. */
  readonly of: string;
  /** Names of the functions whose starts take from it. */
  readonly functions: readonly string[];
  /** Starts of theirs, wakings apart. */
  readonly starts: number;
  /** Those that took a member. */
  readonly hits: number;
  /** `hits` over `starts`; null without starts. From 0 to 1. */
  readonly hit_rate: number | null;
  /** Members made in all, those at the beginning included. */
  readonly members: number;
  /** Members given up because instances needed their GPUs. */
  readonly evicted: number;
  /** Members that could be taken, mean over the run. Unit: members. */
  readonly mean_size: number;
}

/** The bill. */
export interface CostSummary {
  /**
   * The bill: the sum of the eleven parts below; null, as all parts of it but storage and
   * electricity, where no price of a GPU in use is known. Unit: USD.
   */
  readonly total_usd: number | null;
  /** Time in steps × GPUs × price, as far as the billing plan charges for it. Unit: USD. */
  readonly busy_usd: number | null;
  /** Time ready and not in a step, likewise. Unit: USD. */
  readonly idle_usd: number | null;
  /** Time from creation to ready, likewise. Unit: USD. */
  readonly cold_start_usd: number | null;
  /** Time asleep × GPUs × price × `cost.sleep_factor`. Unit: USD. */
  readonly asleep_usd: number | null;
  /** Time of members of pools × GPUs of an instance × price × `cost.pool_factor`. Unit: USD. */
  readonly pooled_usd: number | null;
  /** Billed beyond the time used, by granularity and minimum. Unit: USD. */
  readonly rounding_usd: number | null;
  /**
   * Reserved instances × GPUs × their price, from the beginning to the end of the run. Unit: USD.
   */
  readonly reserved_usd: number | null;
  /** Completed requests × `cost.million_requests_cost` over 10⁶. Unit: USD. */
  readonly requests_usd: number | null;
  /**
   * GPUs that no instance has, of machines that are paid for whole (`cost.billing.whole_machines`)
   * while any instance is on them. Unit: USD.
   */
  readonly unused_gpus_usd: number | null;
  /** `energy.total_kwh` × `energy.electricity_price`, on top of what GPUs cost. Unit: USD. */
  readonly electricity_usd: number;
  /** Weights kept × price of their place (`cost.storage`); a month has 30 days. Unit: USD. */
  readonly storage_usd: number;
  /** `total_usd` over completed requests; null when there are none. Unit: USD. */
  readonly per_request_usd: number | null;
  /** `total_usd` over output tokens of completed requests, times 10⁶. Unit: USD. */
  readonly per_million_output_tokens_usd: number | null;
  /** The same over prompt and output tokens. Unit: USD. */
  readonly per_million_total_tokens_usd: number | null;
  /** `total_usd` over completed requests that met every limit; null without limits. Unit: USD. */
  readonly per_slo_good_request_usd: number | null;
  /** `busy_usd` over `total_usd`; the eleven shares add up to 1. From 0 to 1. */
  readonly busy_share: number | null;
  /** `idle_usd` over `total_usd`. From 0 to 1. */
  readonly idle_share: number | null;
  /** `cold_start_usd` of starts that came to be ready, over `total_usd`. From 0 to 1. */
  readonly cold_start_share: number | null;
  /** `asleep_usd` over `total_usd`. From 0 to 1. */
  readonly asleep_share: number | null;
  /** `pooled_usd` over `total_usd`. From 0 to 1. */
  readonly pooled_share: number | null;
  /** Rounding and starts that were given up, over `total_usd`. From 0 to 1. */
  readonly waste_share: number | null;
  /** `reserved_usd` over `total_usd`. From 0 to 1. */
  readonly reserved_share: number | null;
  /** `requests_usd` over `total_usd`. From 0 to 1. */
  readonly requests_share: number | null;
  /** `unused_gpus_usd` over `total_usd`. From 0 to 1. */
  readonly unused_gpus_share: number | null;
  /** `electricity_usd` over `total_usd`. From 0 to 1. */
  readonly electricity_share: number | null;
  /** `storage_usd` over `total_usd`. From 0 to 1. */
  readonly storage_share: number | null;
  /**
   * Renting the most GPUs that each function had at once for the whole run, at the price of the
   * configuration, else the provider's on demand, else the one paid; null without a price. Unit:
   * USD.
   */
  readonly always_on_usd: number | null;
  /**
   * The price of renting over the price paid, at most 1: below this share of billed time, paying
   * per second is cheaper than renting; null without a price. From 0 to 1.
   */
  readonly break_even_utilization: number | null;
}

/** The summary of a run, as written to summary.json. */
export interface Summary {
  /**
   * Whether more arrives than is served, so that latencies grow as long as the run goes on and have
   * no steady state; null where that is not so. In the second half of the time in which requests
   * arrive, the backlog grows in each twentieth of it by more than chance explains (one-sided
   * t-test, wrong in at most 1 % of stable runs).
   */
  readonly saturation: {
    /**
     * Requests that arrive, in the second half of the time in which requests arrive. Unit:
     * requests/s.
     */
    readonly arrivals_rps: number;
    /** Requests that are served in the same time. Unit: requests/s. */
    readonly served_rps: number;
  } | null;
  /** How requests ended, of the whole run. */
  readonly requests: {
    /**
     * Requests that arrived. `arrived = completed + rejected + timed_out + failed + execution_limit
     * + drain_limit + client_deadline + unfinished`.
     */
    readonly arrived: number;
    /** Requests whose last token came. */
    readonly completed: number;
    /** Requests with one of the outcomes `rejected_...`. */
    readonly rejected: number;
    /** Requests that the gateway turned away because they had waited as long as they might. */
    readonly timed_out: number;
    /** Requests whose instance a fault has taken. */
    readonly failed: number;
    /** Requests that were in an instance as long as they might be, and were cut off. */
    readonly execution_limit: number;
    /** Requests inside an instance that had drained as long as it might, and were cut off. */
    readonly drain_limit: number;
    /** Requests whose client gave up, waiting or running. */
    readonly client_deadline: number;
    /** Requests in flight or waiting at the end. */
    readonly unfinished: number;
    /** Number of each outcome other than `completed` and `unfinished`. */
    readonly reasons: Readonly<Record<string, number>>;
  };
  /** What the latencies are of. */
  readonly measured: {
    /** End of the warm-up: requests that arrived before are in no latency. Unit: s. */
    readonly from_s: number;
    /** Completed requests that arrived from then on: those that latencies are of. */
    readonly completed: number;
    /**
     * Requests that arrived from then on and that the end of the run cut off (`drain: false`):
     * their latencies are longer than is known, and in no percentile. A notice names the
     * percentiles that lie above what is shown.
     */
    readonly censored: number;
  };
  /**
   * Time to first token: arrival to the end of the step that yields the first output token, `f −
   * a`. Unit: s.
   */
  readonly ttft_s: LatencySummary;
  /** Time per output token after the first, `(c − f) / (n − 1)`. Unit: s. */
  readonly tpot_s: LatencySummary;
  /** End-to-end latency: arrival to the last token, `c − a`. Unit: s. */
  readonly e2e_s: LatencySummary;
  /** End-to-end latency over output tokens, `(c − a) / n`. Unit: s/token. */
  readonly normalized_latency_s: LatencySummary;
  /** Arrival to the start of the first step that works on the request, `s − a`. Unit: s. */
  readonly scheduling_delay_s: LatencySummary;
  /**
   * Time between tokens (ITL): gaps between consecutive output tokens of all requests, each gap
   * counted once, that end after the warm-up. Unit: s.
   */
  readonly tbt_s: LatencySummary;
  /** Completed requests over measured time. Unit: requests/s. */
  readonly throughput_rps: number;
  /**
   * Requests that completed within every limit (`slo`, or their class's) over requests that
   * arrived, both after the warm-up; rejected, timed-out and unfinished ones miss. A limit itself
   * is kept. null without limits. From 0 to 1.
   */
  readonly slo_attainment: number | null;
  /**
   * Requests that completed within every limit over measured time; null without limits. Unit:
   * requests/s.
   */
  readonly goodput_rps: number | null;
  /** One entry per service class; empty when there are none. */
  readonly classes: readonly ClassSummary[];
  /** One entry per function; empty when there is one. */
  readonly functions: readonly FunctionSummary[];
  /** Output tokens of completed requests over measured time. Unit: tokens/s. */
  readonly output_tokens_per_s: number;
  /** Prompt and output tokens of completed requests over measured time. Unit: tokens/s. */
  readonly total_tokens_per_s: number;
  /**
   * FLOPs done over the dense peak of the instances' GPUs at their number format, while up (ready,
   * busy or draining). From 0 to 1.
   */
  readonly mfu: number;
  /**
   * Bytes of weights and KV entries read over the GPUs' peak memory bandwidth, while up. From 0 to
   * 1.
   */
  readonly mbu: number;
  /**
   * Time in steps over time up, all instances. Not the same as `mfu`: a step may use little of the
   * GPU. From 0 to 1.
   */
  readonly busy_fraction: number;
  /**
   * GPU memory in use (weights, reserve and used KV blocks) over GPU memory, mean over time up.
   * From 0 to 1.
   */
  readonly memory_utilization: number;
  /** KV blocks in use over KV blocks, mean over time up. From 0 to 1. */
  readonly kv_utilization: number;
  /** The KV cache of all instances. */
  readonly kv: {
    /**
     * High-water mark: the greatest share of its KV blocks that an instance had in use at any
     * instant. From 0 to 1.
     */
    readonly peak_utilization: number;
    /**
     * Room in the blocks of running sequences that holds no token, over that room, both summed over
     * the samples of the time series: partly filled last blocks, blocks taken ahead of a prefill,
     * reservations for the longest output, padding of ended members of a static batch. A shared
     * block counts for each of its sequences. null when nothing ran at a sample. From 0 to 1.
     */
    readonly fragmentation: number | null;
  };
  /** What the prefix caches served; null when the cache is off or the workload shares nothing. */
  readonly prefix_cache: {
    /**
     * `cached_tokens` over `prompt_tokens` of the requests that were scheduled. A request counts as
     * it is scheduled first, so a preempted one that finds its own blocks again is no hit (vLLM
     * V1). From 0 to 1.
     */
    readonly hit_rate_tokens: number | null;
    /**
     * The same in blocks: `cached_tokens / block_size` over the blocks of the prompts, a last
     * partial one included. From 0 to 1.
     */
    readonly hit_rate_blocks: number | null;
    /** Prompt tokens served from prefix caches. Unit: tokens. */
    readonly cached_tokens: number;
  } | null;
  /** Starts of instances begun during the run; wakings are in `sleep.wakes`. */
  readonly cold_starts: number;
  /**
   * Requests with a `cold_start_wait_s` above 0 (a start or a waking) over arrived ones. From 0 to
   * 1.
   */
  readonly cold_start_rate: number;
  /**
   * Mean wait for a start by stage of its critical path, over the requests that waited;
   * `before_start` is the time until the start began (decision, free GPUs). The parts add up to the
   * mean of `cold_start_wait_s` above 0. Unit: s.
   */
  readonly cold_start_stages_s: Readonly<Record<string, number>>;
  /** What cache tiers behind the prefix caches did; null without `memory.kv_tiers`. */
  readonly kv_tiers: {
    /** In the memory of instances' machines; null without such a tier. */
    readonly host: {
      /**
       * Prompt tokens that came from it over the prompt tokens of all requests that were scheduled,
       * as they were scheduled first; null when none was. From 0 to 1.
       */
      readonly token_hit_rate: number | null;
      /** Prompt tokens that came from it. Unit: tokens. */
      readonly hit_tokens: number;
      /** KV blocks that engines read from it, after preemptions, too. */
      readonly loaded_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly loaded_bytes: number;
      /** KV blocks written to it. */
      readonly stored_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly stored_bytes: number;
      /** KV blocks that others took the room of. */
      readonly evicted_blocks: number;
      /** KV blocks that nobody used for the time to live. */
      readonly expired_blocks: number;
      /** KV blocks that found no room: all that was there was being read or on its way in. */
      readonly refused_blocks: number;
      /** KV blocks on their way in or out when their instance or request was gone. */
      readonly given_up_blocks: number;
      /** KV blocks in it at the end of the run. */
      readonly held_blocks: number;
    } | null;
    /** On disks of machines; null without such a tier. */
    readonly disk: {
      /**
       * Prompt tokens that came from it over the prompt tokens of all requests that were scheduled,
       * as they were scheduled first; null when none was. From 0 to 1.
       */
      readonly token_hit_rate: number | null;
      /** Prompt tokens that came from it. Unit: tokens. */
      readonly hit_tokens: number;
      /** KV blocks that engines read from it, after preemptions, too. */
      readonly loaded_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly loaded_bytes: number;
      /** KV blocks written to it. */
      readonly stored_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly stored_bytes: number;
      /** KV blocks that others took the room of. */
      readonly evicted_blocks: number;
      /** KV blocks that nobody used for the time to live. */
      readonly expired_blocks: number;
      /** KV blocks that found no room: all that was there was being read or on its way in. */
      readonly refused_blocks: number;
      /** KV blocks on their way in or out when their instance or request was gone. */
      readonly given_up_blocks: number;
      /** KV blocks in it at the end of the run. */
      readonly held_blocks: number;
    } | null;
    /** In a store of the cluster; null without such a tier. */
    readonly store: {
      /**
       * Prompt tokens that came from it over the prompt tokens of all requests that were scheduled,
       * as they were scheduled first; null when none was. From 0 to 1.
       */
      readonly token_hit_rate: number | null;
      /** Prompt tokens that came from it. Unit: tokens. */
      readonly hit_tokens: number;
      /** KV blocks that engines read from it, after preemptions, too. */
      readonly loaded_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly loaded_bytes: number;
      /** KV blocks written to it. */
      readonly stored_blocks: number;
      /** Bytes of them. Unit: bytes. */
      readonly stored_bytes: number;
      /** KV blocks that others took the room of. */
      readonly evicted_blocks: number;
      /** KV blocks that nobody used for the time to live. */
      readonly expired_blocks: number;
      /** KV blocks that found no room: all that was there was being read or on its way in. */
      readonly refused_blocks: number;
      /** KV blocks on their way in or out when their instance or request was gone. */
      readonly given_up_blocks: number;
      /** KV blocks in it at the end of the run. */
      readonly held_blocks: number;
    } | null;
  } | null;
  /** What speculative decoding did; null without `speculative.method`. */
  readonly speculation: {
    /**
     * Mean tokens of a step of a sequence that verifies a draft: `accepted_tokens` over `drafts`,
     * and the model's own one (vLLM's mean acceptance length). Unit: tokens.
     */
    readonly mean_acceptance_length: number | null;
    /** `accepted_tokens` over `drafted_tokens`. From 0 to 1. */
    readonly acceptance_rate: number | null;
    /**
     * Drafts that were verified, one per sequence and step; a fraction where `speculative.mode` is
     * `expected` and drafts are not always found. Unit: drafts.
     */
    readonly drafts: number;
    /** Tokens in them. Unit: tokens. */
    readonly drafted_tokens: number;
    /**
     * Tokens of them that were accepted, those beyond the end of an output included. Unit: tokens.
     */
    readonly accepted_tokens: number;
  } | null;
  /** Where starts found their weights; null without `cluster.nodes`. */
  readonly weight_cache: {
    /** Starts, by machine, that looked for weights. */
    readonly lookups: number;
    /** Share of them that found the weights in host memory; null without look-ups. From 0 to 1. */
    readonly dram_hit_rate: number | null;
    /** Share of them that found the weights on a local disk and not in memory. From 0 to 1. */
    readonly ssd_hit_rate: number | null;
    /** Models given up to make room. */
    readonly evictions: number;
  } | null;
  /** Weights kept by place, bytes over time. */
  readonly stored_weights_gb_hours: {
    /**
     * Bytes of weights kept over time in the memory of machines, loading ones included. Unit: GB ×
     * h.
     */
    readonly dram: number;
    /** On their disks, likewise. Unit: GB × h. */
    readonly ssd: number;
    /**
     * In the remote store: the weights of all functions, each once, from the beginning to the end
     * of the run. Unit: GB × h.
     */
    readonly remote: number;
  };
  /** Idle instances that stopped because another function's found no free GPU. */
  readonly evicted_instances: number;
  /** What sleeping instances did; null without `scaling.keep_alive.sleep`. */
  readonly sleep: {
    /** Times that an instance went to sleep. */
    readonly sleeps: number;
    /** Sleeping instances that were woken. */
    readonly wakes: number;
    /** Those that stopped because their time was over. */
    readonly expired: number;
    /** Those that stopped because others needed the host memory. */
    readonly evicted: number;
    /** Time asleep. Unit: instance × s. */
    readonly instance_seconds: number;
    /** Host memory that they held meanwhile. Unit: GB × h. */
    readonly memory_gb_hours: number;
  } | null;
  /** One entry per pool that starts took from; empty without pools. */
  readonly prewarmed_pools: readonly PoolSummary[];
  /** What faults did; null without the section `faults`. */
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
    /** Tokens whose KV entries were lost, to be computed again, or in vain. Unit: tokens. */
    readonly lost_tokens: number;
    /** Starts that failed. */
    readonly failed_starts: number;
    /** Share of the machines' time in which they were up; null without machines. From 0 to 1. */
    readonly availability: number | null;
    /** Mean time until as many instances were ready as before a fault; null: never. Unit: s. */
    readonly recovery_s: number | null;
  } | null;
  /** Running requests that moved; null without the section `migration`. */
  readonly migrations: {
    /** Moves that were begun. */
    readonly begun: number;
    /** Those after which the request went on in another instance. */
    readonly moved: number;
    /** Those that were given up: the request had ended, or there was no room any more. */
    readonly aborted: number;
    /**
     * Mean time for which a request stood still until its KV entries were there; null: none moved
     * with them. Unit: s.
     */
    readonly downtime_mean_s: number | null;
    /** The longest such time. Unit: s. */
    readonly downtime_max_s: number | null;
  } | null;
  /** Sum of the requests' preemptions. */
  readonly preemptions: number;
  /**
   * Time from creation to stop (or the end of the run), all instances and members of pools. Unit:
   * instance × s.
   */
  readonly instance_seconds: number;
  /** The same by phase. */
  readonly phase_seconds: {
    /**
     * Members of pools until they are ready; the seven phases add up to `instance_seconds`. Unit:
     * instance × s.
     */
    readonly warming: number;
    /** Members of pools that can be taken. Unit: instance × s. */
    readonly pooled: number;
    /** From creation to ready, or to the end of a start that was given up. Unit: instance × s. */
    readonly starting: number;
    /** The same of instances that are made of a sleeping one. Unit: instance × s. */
    readonly waking: number;
    /** Idle or busy. Unit: instance × s. */
    readonly ready: number;
    /** From the decision to stop to the stop. Unit: instance × s. */
    readonly draining: number;
    /** From going to sleep to the waking or the stop. Unit: instance × s. */
    readonly asleep: number;
  };
  /**
   * Time in which they hold GPUs, times those, over 3600: from the start to the end of service, and
   * members of pools of engines and nodes. Unit: GPU × h.
   */
  readonly gpu_hours: number;
  /** The bill. */
  readonly cost: CostSummary;
  /** `throughput_rps` over `total_usd`; null when nothing was paid. Unit: requests/s per USD. */
  readonly qps_per_usd: number | null;
  /** What GPUs and machines drew; null without `energy.enabled`. */
  readonly energy: {
    /** All energy: the sum of the eight parts below. Unit: kWh. */
    readonly total_kwh: number;
    /**
     * GPUs in steps: idle power, more while kernels run, and energy per FLOP and byte, at most the
     * power limit. Unit: kWh.
     */
    readonly busy_kwh: number;
    /** GPUs of ready instances, not in a step. Unit: kWh. */
    readonly idle_kwh: number;
    /** GPUs of instances from creation (or waking) to ready. Unit: kWh. */
    readonly starting_kwh: number;
    /** GPUs of members of pools. Unit: kWh. */
    readonly pooled_kwh: number;
    /** Host memory of sleeping instances, whose GPUs are free. Unit: kWh. */
    readonly asleep_kwh: number;
    /**
     * GPUs of `cluster.nodes` that no instance has, with their share of the machine
     * (`energy.count_free_gpus`); scaled to zero without that is nothing. Unit: kWh.
     */
    readonly free_kwh: number;
    /**
     * Machines beside their GPUs, as long as instances or members of pools have GPUs. Unit: kWh.
     */
    readonly host_kwh: number;
    /** The building beside its machines: (`energy.pue` − 1) × all the others. Unit: kWh. */
    readonly building_kwh: number;
    /** `total_kwh` over the time of the run. Unit: W. */
    readonly mean_w: number;
    /** Power of a GPU in a step, on average. Unit: W. */
    readonly busy_gpu_w: number | null;
    /**
     * Time in steps at the GPUs' power limit, where they would draw more at full clock. From 0 to
     * 1.
     */
    readonly limited_share: number;
    /** `total_kwh` in joules over output tokens of completed requests. Unit: J. */
    readonly per_output_token_j: number | null;
    /**
     * `busy_kwh` in joules over output tokens of completed requests: what measurements of GPUs
     * under steady load show. Unit: J.
     */
    readonly busy_per_output_token_j: number | null;
    /** `total_kwh` in joules over completed requests. Unit: J. */
    readonly per_request_j: number | null;
    /**
     * Emissions of the electricity, operational ones alone: each interval of the time series at the
     * carbon of its hours; null without `energy.region`, `energy.carbon_intensity` or
     * `energy.carbon_by_hour`. Unit: kg CO2e.
     */
    readonly carbon_kg: number | null;
    /** `carbon_kg` in grams over completed requests. Unit: g CO2e. */
    readonly carbon_per_request_g: number | null;
    /**
     * The energy, had each function kept the most instances that it had at once ready for the whole
     * run, in place of starts, stops, sleep and pools. Unit: kWh.
     */
    readonly always_on_kwh: number;
    /**
     * `always_on_kwh` − `total_kwh` (without `free_kwh` and its part of the building): what scaling
     * down saves, below 0 where it costs more. Unit: kWh.
     */
    readonly saved_kwh: number;
  } | null;
  /**
   * What is null in the summary: `figures` (paths; `functions[].ttft_s` stands for any function and
   * all parts of the latency), `why`, and `isUnused`: whether they belong to what the configuration
   * does not use, rather than to what happened.
   */
  readonly undefined_figures: readonly UndefinedFigures[];
  /** SHA-256 over the request columns, hex. Equal digests: equal runs, bit by bit. */
  readonly digest: string;
}
