// Written by `deno task reference` from the schema in sections/; not to be edited by hand.

/**
 * A complete, checked configuration: every key is present, numbers are in the unit named, null stands
 * for "not set". The keys are those of the YAML files.
 */
export interface Configuration {
  /**
   * Platform in data/platforms whose scaling, keep-alive, gateway and billing hold where nothing
   * else is given; null: the defaults.
   */
  readonly platform:
    | "knative"
    | "cloud-run-like"
    | "modal-like"
    | "runpod-like"
    | "sagemaker-like"
    | "azure-container-apps-like"
    | null;
  /** How long, how often and how to simulate. */
  readonly simulation: {
    /** Time during which requests arrive, seconds. */
    readonly duration: number;
    /**
     * How long the run goes on after its last request: not at all, until timers and policies have
     * stopped what is idle, or to `duration`. Instances, time series and bill go so far, rates to
     * the last completion. null: `scaled-down` for traces, `num_requests` and closed loops,
     * otherwise `duration`.
     */
    readonly end: "last-completion" | "scaled-down" | "duration" | null;
    /**
     * Time at the start whose requests do not count in the summary, seconds. `mser5` finds it: of
     * all cuts, the one that leaves the least error of the mean TTFT (MSER-5); the run is made
     * twice.
     */
    readonly warmup_duration: number | "mser5";
    /**
     * So many requests, the first to arrive, do not count in the summary, in place of
     * `warmup_duration`. Where arrivals follow from completions the run is made twice.
     */
    readonly warmup_requests: number | null;
    /** Seed of every random stream. */
    readonly random_seed: number;
    /** Which replication this run is; each has its own independent random streams. */
    readonly replication: number;
    /**
     * Runs with different random streams, for confidence intervals: so many, or as many as it takes
     * until the half-width of the 95 % interval of a figure's mean is at most `until` of that mean,
     * from `least` (10) to `most` (1000). `of` is the figure's path in `summary.json`.
     */
    readonly replications:
      | number
      | Readonly<{ until: number; of: string; most: number; least: number }>;
    /** `leap` advances many decode steps at once, `step` one by one; the results are equal. */
    readonly stepping: "leap" | "step";
    /**
     * Run on after the last arrival until every request has ended; otherwise stop at `duration`,
     * with requests in flight counted as unfinished.
     */
    readonly drain: boolean;
  };
  /** The requests: when they arrive, how long they are, whom they belong to. */
  readonly workload: {
    /** Arrivals: `uniform` is a constant gap, `synthetic` is bursts. */
    readonly type: "embedded" | "poisson" | "uniform" | "gamma" | "weibull" | "synthetic" | "trace";
    /** Mean arrival rate of processes that have one, requests per second. */
    readonly arrival_rate: number;
    /** Coefficient of variation of the gaps between arrivals; 1 is Poisson. */
    readonly cv: number;
    /**
     * All requests arrive at 0 s, as load testers send them; also `arrival_rate: .inf`. Needs
     * `num_requests`, or the lengths of a trace.
     */
    readonly all_at_once: boolean;
    /** No more requests than this; null: as many as arrive in `simulation.duration`. */
    readonly num_requests: number | null;
    /** Prompt lengths of a generated workload. */
    readonly prompt_length: {
      /** Shape. `joint` draws prompt and output together from `workload.embedded`. */
      readonly distribution:
        | "constant"
        | "uniform"
        | "exponential"
        | "gamma"
        | "lognormal"
        | "weibull"
        | "pareto"
        | "zipf"
        | "empirical"
        | "joint";
      /**
       * Mean of the lengths, tokens, which `min` and `max` do not shift; for `constant` the value.
       */
      readonly mean: number | null;
      /** Standard deviation before `min` and `max` cut it, tokens. */
      readonly std: number | null;
      /** Least length, tokens. */
      readonly min: number | null;
      /** Greatest length, tokens. */
      readonly max: number | null;
      /** Exponent of `zipf`: length k from 1 to `max` has a probability ~ k^-exponent. */
      readonly exponent: number | null;
      /** Lengths at the `probabilities` of `empirical`, tokens; linear in between. */
      readonly quantiles: readonly number[] | null;
      /** Probabilities of the `quantiles`, from 0 to 1; null: evenly spaced. */
      readonly probabilities: readonly number[] | null;
    };
    /** Output lengths of a generated workload. */
    readonly decode_length: {
      /** Shape. `joint` draws prompt and output together from `workload.embedded`. */
      readonly distribution:
        | "constant"
        | "uniform"
        | "exponential"
        | "gamma"
        | "lognormal"
        | "weibull"
        | "pareto"
        | "zipf"
        | "empirical"
        | "joint";
      /**
       * Mean of the lengths, tokens, which `min` and `max` do not shift; for `constant` the value.
       */
      readonly mean: number | null;
      /** Standard deviation before `min` and `max` cut it, tokens. */
      readonly std: number | null;
      /** Least length, tokens. */
      readonly min: number | null;
      /** Greatest length, tokens. */
      readonly max: number | null;
      /** Exponent of `zipf`: length k from 1 to `max` has a probability ~ k^-exponent. */
      readonly exponent: number | null;
      /** Lengths at the `probabilities` of `empirical`, tokens; linear in between. */
      readonly quantiles: readonly number[] | null;
      /** Probabilities of the `quantiles`, from 0 to 1; null: evenly spaced. */
      readonly probabilities: readonly number[] | null;
    };
    /** Settings of a workload, by `workload.type`. */
    readonly burst: {
      /** Rate between bursts, requests per second. */
      readonly base_rate: number;
      /** Rate during a burst, requests per second. */
      readonly burst_rate: number;
      /** Time from the start of one burst to the start of the next, seconds. */
      readonly period: number;
      /** Duration of a burst, seconds; at most `period`. */
      readonly length: number;
    };
    /** A workload that travels with the program (`type: embedded`). */
    readonly embedded: {
      /** Name of a workload in data/workloads. */
      readonly name: string;
      /** Factor on its arrival rate. */
      readonly rate_scale: number;
    };
    /** Replay of a recorded workload (`type: trace`). */
    readonly trace: {
      /** File of the trace; needed by `type: trace`. */
      readonly path: string | null;
      /** Format of the file; `auto` goes by its header or its keys. */
      readonly format:
        | "auto"
        | "azure"
        | "burstgpt"
        | "vidur"
        | "bailian"
        | "mooncake"
        | "llmservingsim"
        | "vllm-bench"
        | "aiperf"
        | "genai-perf"
        | "sharegpt"
        | "azure-functions-2019"
        | "azure-functions-2021"
        | "huawei"
        | "servegen"
        | "csv"
        | "json"
        | "jsonl";
      /** Column names (or keys) of `csv`, `json` and `jsonl` traces; null: the usual names. */
      readonly columns: {
        /** Column of the arrival instants, seconds. */
        readonly arrival_s: string | null;
        /** Column of the prompt lengths. */
        readonly prompt_tokens: string | null;
        /** Column of the output lengths. */
        readonly output_tokens: string | null;
        /** Column of the function called. */
        readonly function: string | null;
        /** Column of the service class. */
        readonly class: string | null;
        /** Column of the tenant. */
        readonly tenant: string | null;
        /** Column of the session. */
        readonly session: string | null;
      };
      /**
       * Unit of numeric arrivals. `auto`: that of the format or of the column's name, or the one in
       * which they are dates of this century; otherwise it is asked for.
       */
      readonly unit: "auto" | "s" | "ms" | "us" | "ns";
      /**
       * Rows without output tokens are left out, or their prompts are processed and one token is
       * generated. null: `drop` where the format tells failed calls, else they are malformed.
       */
      readonly failed: "drop" | "prefill-only" | null;
      /** Tokens per block of `hash_ids`, or of hashed token ids; null: as the format has it. */
      readonly block_tokens: number | null;
      /** Characters that make a token, where a trace holds texts in place of lengths. */
      readonly characters_per_token: number;
      /**
       * Calls that are counted by minutes or seconds come at instants drawn uniformly, or at equal
       * distances.
       */
      readonly spread: "uniform" | "even";
      /** Factor on all arrival instants: 2 stretches the trace to twice its length. */
      readonly time_scale: number;
      /** Factor on the number of requests, keeping the trace's length and shape. */
      readonly rate_scale: number;
      /**
       * Start of the part that is replayed, seconds from the trace's first arrival; or a Unix time,
       * where the trace has such.
       */
      readonly start: number;
      /** Length of the part that is replayed, seconds; null: to the end. */
      readonly length: number | null;
      /** Arrivals are spread evenly over this time, seconds; for traces in whole seconds. */
      readonly jitter: number;
      /** A malformed row ends the run with its line, or is left out and counted. */
      readonly on_bad_row: "error" | "skip";
    };
    /**
     * Replay the trace's lengths over and over with arrivals of `closed_loop` or of `arrival_rate`,
     * as load testers do.
     */
    readonly cycle_prompts: boolean;
    /**
     * Prompts that generated requests cycle through, as load testers do: later ones find them in
     * the prefix cache; null: all prompts differ.
     */
    readonly distinct_prompts: number | null;
    /** Closed-loop load in place of arrival instants. */
    readonly closed_loop: {
      /** Requests kept in flight: a completion issues the next one. null: open loop. */
      readonly concurrency: number | null;
      /** Time from a completion to the request that it issues, seconds. */
      readonly think_time: number;
    };
    /**
     * Time for which a client waits for the whole answer, from its arrival on, seconds; then it
     * gives up (outcome `client_deadline`). null: for ever.
     */
    readonly client_deadline: number | null;
    /** Service classes; none: one class. */
    readonly classes: readonly {
      /** Name in the results. */
      readonly name: string;
      /** Share of the requests; the shares of all classes add up to 1. null: by trace column. */
      readonly share: number | null;
      /** Order under `scheduling_policy: priority`; lower goes first. */
      readonly priority: number;
      /** Weight under `gateway.fairness: weighted`. */
      readonly weight: number;
      /** Limits of this class; what is null is taken from the section `slo`. */
      readonly slo: {
        /** Longest time to first token, seconds; null: no limit. */
        readonly ttft_s: number | null;
        /** Longest mean time per output token after the first, seconds; null: no limit. */
        readonly tpot_s: number | null;
        /** Longest end-to-end latency, seconds; null: no limit. */
        readonly e2e_s: number | null;
      };
      /** Limit on the rate of this class. */
      readonly rate_limit: {
        /** Rate at which the token bucket fills, requests per second; null: no limit. */
        readonly requests_per_second: number | null;
        /** Size of the token bucket, requests. */
        readonly burst: number;
      };
      /** That of this class, seconds; null: that of the workload. */
      readonly client_deadline: number | null;
    }[];
    /** Tenants among whom requests are drawn, for fair queueing. */
    readonly tenants: {
      /** Number of tenants. */
      readonly count: number;
      /** Exponent of their popularity; 0: all send alike. */
      readonly zipf: number;
    };
    /** Functions (deployed models) among which requests are drawn. */
    readonly functions: {
      /** Number of functions called. */
      readonly count: number;
      /** Exponent of their popularity; 0: all are called alike. */
      readonly zipf: number;
      /** One function for each that the trace names; also `functions: from-trace`. */
      readonly from_trace: boolean;
    };
    /** Groups of prompts that begin with the same tokens (system prompts). */
    readonly prefix_groups: {
      /** Number of shared prefixes; 0: none. */
      readonly groups: number;
      /** Length of each shared prefix, tokens. */
      readonly tokens: number;
      /** Exponent of the groups' popularity; 0: all alike. */
      readonly zipf: number;
    };
    /** Multi-turn sessions: a turn's prompt is the history and `prompt_length` new tokens. */
    readonly sessions: {
      /** Mean number of turns of a session (geometric); null: every request stands alone. */
      readonly mean_turns: number | null;
      /** Mean time from an answer to the next turn (exponential), seconds. */
      readonly think_time: number;
      /** A session ends when its next prompt would be longer than this, tokens. */
      readonly max_tokens: number;
    };
  };
  /** The model that each function serves: a catalogue name, a shape, or a config.json. */
  readonly model: {
    /** Name in data/models, or any name when the shape is given here or in a file. */
    readonly name: string;
    /** A Hugging Face `config.json` to take the shape and the weights' format from. */
    readonly hf_config: string | null;
    /**
     * Reads a `config.json` of a family that is not known, or with keys that are not understood, as
     * a Llama's, with a notice; `none`: such a file is an error.
     */
    readonly assume: "none" | "llama";
    /** Number format of the activations, and of weights and KV cache unless set. */
    readonly dtype: "bf16" | "fp16" | "fp8";
    /**
     * Number format of the weights (quantisation); null: as the `config.json` or the catalogue has
     * it, else as `dtype`.
     */
    readonly weight_dtype: "bf16" | "fp16" | "fp8" | "int8" | "int4" | null;
    /**
     * Longest prompt and output together, tokens; null: the model's own limit; `auto`: that, or
     * what the KV cache holds of one sequence where it is less.
     */
    readonly max_model_len: number | "auto" | null;
    /** Decoder layers; with this the shape is read from here. */
    readonly num_layers: number | null;
    /** Width of the residual stream. */
    readonly hidden_size: number | null;
    /** Width of the feed-forward layer; null: 4 x `hidden_size`. */
    readonly intermediate_size: number | null;
    /** Query heads per layer. */
    readonly num_attention_heads: number | null;
    /** Key-value heads per layer; null: as many as query heads. */
    readonly num_kv_heads: number | null;
    /** Width of a head; null: `hidden_size` / `num_attention_heads`. */
    readonly head_dim: number | null;
    /** Rows of the embedding table. */
    readonly vocab_size: number | null;
    /** Longest sequence, tokens; null: 4096. */
    readonly max_position_embeddings: number | null;
    /** `gpt` has learned positions, biases and no gate; any other is read as `llama`. */
    readonly architecture: string | null;
    /** Accepted; `num_kv_heads` decides. */
    readonly attention_type: "mha" | "gqa" | "mqa" | null;
    /** `silu` and `swiglu` have a gate, others none; null: by `architecture`. */
    readonly activation_function: string | null;
    /** Accepted; has no effect on time or memory. */
    readonly rope_theta: number | null;
    /** Accepted; `num_kv_heads` and `head_dim` decide. */
    readonly kv_channels: number | null;
    /** The head shares the embedding's weights; null: by `architecture`. */
    readonly tie_word_embeddings: boolean | null;
    /** Query, key and value projections have biases; null: by `architecture`. */
    readonly attention_bias: boolean | null;
    /** Attention window, tokens; null: full attention. */
    readonly sliding_window: number | null;
    /** One layer in so many has full attention beside windowed ones; null: all have the window. */
    readonly sliding_window_pattern: number | null;
    /** Routed experts per layer; null: a dense model. */
    readonly num_experts: number | null;
    /** Routed experts that each token uses. */
    readonly num_experts_per_token: number | null;
    /** Width of an expert; null: `intermediate_size`. */
    readonly moe_intermediate_size: number | null;
    /** Width of the shared expert; null: none. */
    readonly shared_expert_intermediate_size: number | null;
  };
  /**
   * Coefficients of SimFaaSInfer's files: what the execution source `simfaasinfer` makes step times
   * of. Times per token and squared token count for each layer, of the embedding once.
   */
  readonly profiling: {
    /** Prefill attention, milliseconds per squared token. */
    readonly attention_prefill_time_per_token_sq: number | null;
    /** Decode attention, milliseconds per token of context. */
    readonly attention_decode_time_per_token: number | null;
    /** Feed-forward layer, milliseconds per token. */
    readonly mlp_time_per_token: number | null;
    /** Normalisation, milliseconds per token. */
    readonly layernorm_time_per_token: number | null;
    /** Embedding, milliseconds per token. */
    readonly embedding_time_per_token: number | null;
    /** All-reduce, milliseconds per gigabyte. */
    readonly allreduce_time_per_gb: number | null;
    /** All-gather, milliseconds per gigabyte. */
    readonly allgather_time_per_gb: number | null;
    /** Send and receive, milliseconds per gigabyte. */
    readonly send_recv_time_per_gb: number | null;
    /** Weights, gigabytes. */
    readonly model_memory_gb: number | null;
    /** KV cache, megabytes per token and layer. */
    readonly kv_cache_memory_per_token_mb: number | null;
    /** Files of trained predictors, by phase. */
    readonly predictors: Readonly<Record<string, string>>;
  };
  /** The GPUs and how requests find an instance. */
  readonly cluster: {
    /** Instances of a fleet of fixed size (`scaling.enabled: false`). */
    readonly num_replicas: number;
    /**
     * GPU in data/hardware; where there are several sizes, `gpu_memory_gb` chooses. Or one that the
     * file of `execution.profile` describes.
     */
    readonly gpu_type: string;
    /** Memory of a GPU, gigabytes; null: that of the data sheet. */
    readonly gpu_memory_gb: number | null;
    /** GPUs of an instance; must equal the product of the parallel degrees. null: that. */
    readonly num_gpus_per_replica: number | null;
    /** Link between the GPUs of an instance, over which they add up what each has computed. */
    readonly gpu_link: {
      /**
       * What connects the GPUs of an instance in the machine: NVLink at the GPU's rate, PCIe 5 or 4
       * (64 and 32 GB/s each way), or nothing but the host's memory; null: as `rate` or
       * `nccl_tests` say, else as the machine has it (NVLink GPUs: NVLink; else the slower PCIe of
       * `cluster.nodes` and the GPU, measured where a profile has it at the GPU's own rate).
       */
      readonly kind: "nvlink" | "pcie-5" | "pcie-4" | "none" | null;
      /**
       * What each GPU sends to the others, bytes per second; null: as the profile has measured it,
       * else by the GPU.
       */
      readonly rate: number | null;
      /** Time of the smallest collective, seconds. */
      readonly latency: number;
      /**
       * File with the output of `all_reduce_perf` of nccl-tests, as it is, in place of `rate`; over
       * other numbers n of GPUs times are in proportion to (n - 1) / n.
       */
      readonly nccl_tests: string | null;
    };
    /** Machines; none: as many GPUs as instances need. */
    readonly nodes: readonly {
      /** Accepted; no result names machines. */
      readonly name: string;
      /** Machines of this kind. */
      readonly count: number;
      /**
       * Machine in data/hardware: memory, disks, network, PCIe; null: `generic`, with the links
       * that the preset of a start has.
       */
      readonly type: string | null;
      /** GPU in data/hardware; null: the machine's, or `cluster.gpu_type`. */
      readonly gpu_type: string | null;
      /** GPUs of each machine; null: as its type. */
      readonly gpus: number | null;
      /** What these machines have when the run begins, beside `cold_start.present`. */
      readonly present: readonly string[];
    }[];
    /**
     * Zones with spot capacity, whose instances `scaling.policy: sky-serve` mixes with on-demand
     * ones; none: all instances are on demand.
     */
    readonly zones: readonly {
      /** Accepted; no result names zones. */
      readonly name: string;
      /**
       * Spot instances that can run there, interval by interval: counts, each with how often it
       * comes, such as `4x28 0x9 4`; the last one stays.
       */
      readonly spot: string;
      /** Length of an interval of `spot`, seconds. */
      readonly interval: number;
      /** Price of a spot instance as a share of that on demand. */
      readonly spot_price: number;
    }[];
    /** Placement of instances on `nodes`. */
    readonly placement: {
      /** Which machine a new instance runs on; ties go to the lowest id. */
      readonly policy: "first-fit" | "best-fit" | "spread" | "startup-time";
      /** Idle instances of other functions stop for one that finds no free GPU. */
      readonly evict_idle: boolean;
      /** Instances may start before others of their GPU type that wait for more GPUs. */
      readonly backfill: boolean;
    };
    /** Weights kept on `nodes` between starts. */
    readonly weight_cache: {
      /** Host memory of each machine for weights, bytes; null: half of it. */
      readonly dram: number | null;
      /** Disk of each machine for weights, bytes; null: all of it. */
      readonly ssd: number | null;
      /** Whose weights go first. */
      readonly eviction: "lru" | "lfu" | "greedy-dual";
      /** Where each machine has the weights of the functions at first, as far as they fit. */
      readonly warm: "none" | "ssd" | "dram";
    };
    /**
     * How KV entries get from one instance to another, where `groups` are apart or running requests
     * move.
     */
    readonly kv_transfer: {
      /**
       * Link whose `rate`, `efficiency` and `setup` hold where these are null; those of
       * `mooncake-...` are fitted to measured transfers of up to 2,048 tokens.
       */
      readonly preset:
        | "nvlink"
        | "ndr400"
        | "roce200"
        | "ethernet100"
        | "ethernet25"
        | "mooncake-vllm"
        | "mooncake-sglang"
        | null;
      /**
       * What the card of an instance sends, and what it receives, bytes per second; null: as the
       * preset. With `cluster.nodes` their cards decide.
       */
      readonly rate: number | null;
      /** Share of the link that KV entries make use of; null: as the preset, else 1. */
      readonly efficiency: number | null;
      /** Time before the first byte of a transfer, seconds; null: as the preset, else 0. */
      readonly setup: number | null;
      /** Bytes of one message; null: a transfer is one. */
      readonly message: number | null;
      /** Time that each message adds, seconds. */
      readonly message_overhead: number;
    };
    /** Routing of requests to instances. */
    readonly routing: {
      /** Which ready instance takes a request; ties go to the lowest id. */
      readonly policy:
        | "round-robin"
        | "least-loaded"
        | "random"
        | "power-of-two"
        | "least-tokens"
        | "kv-aware"
        | "prefix-affinity"
        | "session"
        | "newest-idle"
        | "fill-first"
        | "freeness";
      /** Age of the signals that the router sees, seconds. */
      readonly staleness: number;
      /**
       * Settings of `policy: prefix-affinity`. The longest cached prefix of the prompt, unless its
       * instance is overloaded.
       */
      readonly prefix_affinity: {
        /** Least cached share of the prompt that is worth following. */
        readonly minimum_match: number;
        /**
         * An instance is overloaded when it has this many requests more than the least loaded one,
         * and more than `load_ratio` times as many.
         */
        readonly load_difference: number;
        /** See `load_difference`. */
        readonly load_ratio: number;
        /**
         * Worth of a token that the instance would load from its cache tiers (`memory.kv_tiers`),
         * of one in its prefix cache; 0: the tiers are not asked.
         */
        readonly tier_weight: number;
      };
      /**
       * Settings of `policy: fill-first`. The first instance that is not full, so that idle ones
       * can go.
       */
      readonly fill_first: {
        /**
         * Requests inside an instance from which it counts as full; null:
         * `gateway.concurrency_per_instance`.
         */
        readonly full_at: number | null;
      };
    };
  };
  /** How an instance spreads its model over GPUs. */
  readonly parallelization: {
    /** GPUs that share each layer. */
    readonly tensor_parallel_size: number;
    /** Stages of consecutive layers. */
    readonly pipeline_parallel_size: number;
    /** Groups of GPUs among which whole experts are spread; divides the tensor degree. */
    readonly expert_parallel_size: number;
    /**
     * Attention ranks with requests and KV cache of their own, among which the GPUs of the tensor
     * degree are divided (SGLang: --enable-dp-attention with --dp-size). Ranks step together;
     * experts are spread over all GPUs, and tokens reach them by all-to-all.
     */
    readonly data_parallel_attention: number;
    /**
     * Largest all-reduce that is one kernel with the norm after it, bytes (vLLM's
     * `fuse_allreduce_rms` with `fi_allreduce_fusion_max_size_mb`); 0: none.
     */
    readonly fused_norm_limit: number;
    /**
     * Kernels that exchange tokens between attention ranks and experts, by DeepEP's names:
     * `low-latency` for few tokens, `normal` for many, `auto` by the tokens of a rank (256).
     */
    readonly all_to_all: "auto" | "low-latency" | "normal";
    /**
     * How unevenly tokens choose experts: the busiest of n expert groups has 1 + skew x (n - 1)
     * times its even share; 0: balanced, 1: all on one.
     */
    readonly expert_skew: number;
  };
  /** How an instance forms its steps. */
  readonly scheduler: {
    /** Batching strategy. */
    readonly type:
      | "vllm"
      | "vllm-v0"
      | "sarathi"
      | "orca"
      | "fastertransformer"
      | "sglang"
      | "trt-llm";
    /**
     * Version of the engine whose defaults hold where a setting of this section is null:
     * `scheduler.type`, overlap of steps (vLLM from 0.14, SGLang, TensorRT-LLM), admission by the
     * whole prompt (vLLM from 0.19), step sizes, `memory.block_size`; `execution.source:
     * calibrated` takes its constants.
     */
    readonly engine:
      | "vllm@0.9"
      | "vllm@0.10"
      | "vllm@0.11"
      | "vllm@0.12"
      | "vllm@0.13"
      | "vllm@0.14"
      | "vllm@0.15"
      | "vllm@0.16"
      | "vllm@0.17"
      | "vllm@0.18"
      | "vllm@0.19"
      | "sglang@0.5.9"
      | "trt-llm@1.0";
    /**
     * Most sequences that run at once; null: as the `engine` has it (vLLM: 1024 on GPUs of 70 GiB
     * and more but the A100, else 256; SGLang and TensorRT-LLM 2048), 256 under other types.
     */
    readonly max_num_seqs: number | null;
    /**
     * Token budget of one step; at least `max_num_seqs`; null: as the `engine` has it (vLLM: 8192
     * on GPUs of 70 GiB and more but the A100, else 2048; SGLang, whose chunks of prompts it
     * bounds, 2048 to 16384 by memory; TensorRT-LLM 8192), 8192 under other types.
     */
    readonly max_num_batched_tokens: number | null;
    /** Most tokens of one prompt in a step of `vllm`; 0: no limit. */
    readonly long_prefill_token_threshold: number;
    /** Share of the KV blocks that `vllm-v0` keeps free when it admits a request. */
    readonly watermark: number;
    /** Token budget of one step under `sarathi`, decodes included. */
    readonly chunk_size: number;
    /** Prompt tokens of a step of `sglang` after which no further prompt joins it. */
    readonly max_prefill_tokens: number;
    /**
     * Factor on the share of their stated outputs for which `sglang` keeps room for running
     * sequences (0.7, falling to 0.098 while none is retracted).
     */
    readonly schedule_conservativeness: number;
    /** Most output tokens of one request that `sglang` reckons with. */
    readonly clip_max_new_tokens: number;
    /**
     * Whom `trt-llm` lets in: who has room for all output that it may have, so that nobody is ever
     * paused, or who has room for its next step.
     */
    readonly capacity_policy: "guaranteed-no-evict" | "max-utilization";
    /** Whether `trt-llm` cuts prompts that are longer than what is left of a step. */
    readonly chunked_prefill: boolean;
    /** Order of waiting requests: arrival, class, prompt length or deadline. */
    readonly scheduling_policy: "fcfs" | "priority" | "shortest-prompt" | "edf";
    /** What happens to the KV blocks of a preempted request; `swap` under `vllm-v0` only. */
    readonly preemption_mode: "recompute" | "swap";
    /** Keep the KV blocks of ended requests for prompts that begin alike. */
    readonly prefix_caching: boolean;
    /**
     * Form each step while the one before runs: arrivals and ends are known one step later, and
     * less of the framework's own time shows; null: as the `engine` has it, false under other
     * types.
     */
    readonly async_scheduling: boolean | null;
    /**
     * What is captured as CUDA graphs: decode-only steps whole and others in pieces between
     * attention layers (`full`), all in pieces (`piecewise`), nothing (`off`). Steps are padded to
     * captured sizes and take as long as the host needs to launch them
     * (data/hardware/host_times.yaml); null: as the `engine` has it under `source: calibrated`,
     * else launches take no time.
     */
    readonly cuda_graphs: "full" | "piecewise" | "off" | null;
    /**
     * Most tokens of a step that a graph is captured for; sizes are 1, 2, 4, multiples of 8 up to
     * 256 and of 16 beyond; null: twice the tokens of a full decode batch, at most 512.
     */
    readonly max_cudagraph_capture_size: number | null;
    /**
     * Let a request in only when the KV blocks for its whole prompt are free; if not, those of its
     * first chunk are enough; null: as the `engine` has it.
     */
    readonly scheduler_reserve_full_isl: boolean | null;
  };
  /** Speculative decoding: tokens are drafted, and verified several at a time. */
  readonly speculative: {
    /** What proposes tokens that the model verifies several at a time; `none`: nothing. */
    readonly method: "none" | "draft-model" | "eagle" | "mtp" | "ngram";
    /**
     * `expected`: each sequence gains the mean number of tokens, to the fraction, and many steps
     * are taken at once; `sampled`: each step's tokens are drawn by sequence.
     */
    readonly mode: "expected" | "sampled";
    /** Tokens drafted per sequence and step; null: 1 under `mtp`, else it must be given. */
    readonly num_speculative_tokens: number | null;
    /**
     * Tokens drafted by the sequences that decode, `[[from, to, tokens], ...]` from 1 on, at most
     * `num_speculative_tokens`; batches beyond a range as within it; null: always as many.
     */
    readonly num_speculative_tokens_per_batch_size: readonly (readonly number[])[] | null;
    /**
     * Probability of each drafted token to be accepted, given that those before it were, by
     * position; the last one goes on.
     */
    readonly acceptance: readonly number[] | null;
    /**
     * In place of `acceptance`: probability that a drafted token and all before it are accepted, by
     * position, one for each; none above the one before.
     */
    readonly synthetic_acceptance_rates: readonly number[] | null;
    /**
     * In place of `acceptance`: mean tokens of a step, the model's own one included, met with the
     * least variance as by vLLM.
     */
    readonly synthetic_acceptance_length: number | null;
    /** Settings of a speculation method, by `speculative.method`. */
    readonly draft: {
      /** The model that drafts, a name in data/models. */
      readonly model: string | null;
      /** A Hugging Face `config.json` of the model that drafts, in place of `model`. */
      readonly hf_config: string | null;
      /**
       * Time to draft per step, seconds. With one of these four given, drafts take these plain
       * numbers; null: 0, and where all four are null, what the method works out.
       */
      readonly base_seconds: number | null;
      /** Time to draft per token that the step computes, seconds; see `base_seconds`. */
      readonly per_token_seconds: number | null;
      /**
       * Time to draft per token of context of the decoding sequences, seconds; see `base_seconds`.
       */
      readonly per_context_token_seconds: number | null;
      /** Time to draft as a share of the step's pass through the target; see `base_seconds`. */
      readonly share_of_target: number | null;
      /** Time of each pass of a draft model outside the GPU, seconds. */
      readonly pass_seconds: number;
      /**
       * Tokens that the draft's head knows (EAGLE-3 heads know 32,000); null: as many as the
       * target's.
       */
      readonly draft_vocab_size: number | null;
      /**
       * Probability that there is a draft where none of its tokens would be accepted; where there
       * is none, a step verifies nothing.
       */
      readonly found_share: number;
    };
  };
  /** What the GPU's and the host's memory is used for. */
  readonly memory: {
    /** Share of the GPU's memory that the engine may use. */
    readonly gpu_memory_utilization: number;
    /**
     * Memory of each GPU that the engine leaves free for activations and the like, gigabytes; null:
     * worked out as `memory.reserve_rule` says.
     */
    readonly reserved_memory_gb: number | null;
    /**
     * Whose way of finding out what activations and the like need: vLLM up to 0.11 (sorted logits,
     * communicators counted), up to 0.16 (sorted logits), from 0.17 on (a kernel for them), or
     * `sglang`, whose `gpu_memory_utilization` is its mem_fraction_static; null: as
     * `scheduler.engine` up to 0.16 and as vllm@0.11, which leaves most, beyond; sglang for models
     * with latent attention.
     */
    readonly reserve_rule:
      | "vllm@0.9"
      | "vllm@0.10"
      | "vllm@0.11"
      | "vllm@0.12"
      | "vllm@0.13"
      | "vllm@0.14"
      | "vllm@0.15"
      | "vllm@0.16"
      | "vllm@0.17"
      | "vllm@0.18"
      | "vllm@0.19"
      | "sglang"
      | null;
    /** Number format of the KV cache; `auto`: as the checkpoint asks for, else as `model.dtype`. */
    readonly kv_cache_dtype: "auto" | "bf16" | "fp16" | "fp8";
    /** Tokens of one KV block; where `scheduler.engine` is SGLang 1, TensorRT-LLM 32. */
    readonly block_size: number;
    /** KV blocks of an instance; null: what fits into its memory. */
    readonly num_gpu_blocks: number | null;
    /** Host memory for swapped KV blocks, gigabytes per GPU. */
    readonly swap_space_gb: number;
    /**
     * Host memory of an instance on its machines, kept weights and `kv_tiers` apart, bytes; null:
     * its swap space under `scheduler.preemption_mode: swap`, else none.
     */
    readonly host_memory: number | null;
    /**
     * KV blocks between the turns of a session: like those of others (`lru`), taken last of all
     * (`keep`), given up at once (`drop`), or moved to the nearest of `kv_tiers` with those of the
     * answer and given up when they are there (`offload`).
     */
    readonly session_kv: "lru" | "keep" | "drop" | "offload";
    /**
     * Cache tiers behind the prefix cache, the nearest first; none: blocks that it forgets are
     * computed again.
     */
    readonly kv_tiers: readonly {
      /**
       * `host`: memory of the instance's machine, which is its own and goes with it; `disk`: of its
       * machine, shared by the function's instances there; `store`: of the cluster.
       */
      readonly tier: "host" | "disk" | "store";
      /**
       * Room for KV blocks, bytes: of an instance (`host`), of a machine (`disk`), or in all
       * (`store`). Has to be given.
       */
      readonly capacity: number | null;
      /**
       * `through`: blocks of prompts as they are computed, those that the tier lacks; `evict`:
       * those that the tier before it (the prefix cache before the first) has no room for.
       */
      readonly write: "through" | "evict";
      /**
       * Time for which a block stays that nobody uses, seconds; null: until others need its room.
       */
      readonly ttl: number | null;
      /** What one GPU reads or writes at most, bytes per second; null: what the links give. */
      readonly rate: number | null;
      /** Time before the first byte of a transfer, seconds. */
      readonly setup: number;
    }[];
  };
  /** How long a step takes. */
  readonly execution: {
    /**
     * Data sheet (`analytical`), measured tables (`profiled`), these with fitted overheads
     * (`calibrated`), the latter where tables have the model and the data sheet elsewhere (`auto`,
     * which says which), the coefficients of `profiling` (`simfaasinfer`), or plain numbers
     * (`linear`, `constant`).
     */
    readonly source:
      | "analytical"
      | "profiled"
      | "calibrated"
      | "auto"
      | "simfaasinfer"
      | "linear"
      | "constant";
    /** Name in data/profiles or file of a profile; null: by GPU and model. */
    readonly profile: string | null;
    /**
     * Kernel of decode attention, which decides what unequal contexts cost; null: the profile's,
     * else the one that vLLM takes on the GPU (data/hardware/attention_kernels.yaml).
     */
    readonly attention_kernel:
      | "flash-attention-3"
      | "flashinfer"
      | "flash-attention-2"
      | "triton-unified"
      | "triton-split"
      | null;
    /**
     * How tokens are chosen from logits: the largest (`greedy`), by chance (`random`), among the
     * best (`top-k`), after a sort of all (`top-p`, milliseconds with many sequences), at no cost
     * (`none`); data/hardware/sampling.yaml. null: as on the servers that `source: calibrated` was
     * fitted to; under other sources as the profile measured it, else at no cost.
     */
    readonly sampling: "none" | "greedy" | "random" | "top-k" | "top-p" | null;
    /**
     * The GPU is held at its power limit, as under prompts without a pause: matrix products of 512
     * rows and more take 14 % longer (data/hardware/efficiency.yaml).
     */
    readonly power_limited: boolean;
    /** Time of every step under `source: constant`, seconds. */
    readonly step_seconds: number;
    /** Settings of a source of execution times, by `execution.source`. */
    readonly coefficients: {
      /** Time of a step, seconds. */
      readonly base_seconds: number;
      /** Time per prompt token computed, seconds. */
      readonly per_prefill_token_seconds: number;
      /** Time per decoding sequence, seconds. */
      readonly per_decode_sequence_seconds: number;
      /** Time per token of context of the decoding sequences, seconds. */
      readonly per_context_token_seconds: number;
    };
    /**
     * First requests of each instance wait for kernels and caches. Of two recorded runs of vLLM
     * 0.19 an RTX PRO 6000 was late in its first alone (`count: 1`), an RTX 4090 in its first ten
     * (`count: 10` and `seconds: 0.05`).
     */
    readonly cold_first_requests: {
      /** Prompts until an instance is warm; 0: it is warm at once. */
      readonly count: number;
      /** Time that each step in which one of them ends takes longer, seconds. */
      readonly seconds: number;
    };
    /** Overheads of a step and of a request; null: those of the source. */
    readonly overheads: {
      /** Time of each step outside the GPU, seconds. */
      readonly step_seconds: number | null;
      /** Time per sequence of a step outside the GPU, seconds. */
      readonly sequence_seconds: number | null;
      /** Time of each collective beyond its transfer, seconds. */
      readonly collective_seconds: number | null;
      /**
       * Time per request between a client and the engine, a part of TTFT and E2E (HTTP,
       * tokenising), seconds.
       */
      readonly request_seconds: number | null;
    };
  };
  /** How an instance starts. */
  readonly cold_start: {
    /** Starts take time; otherwise instances are ready at once. */
    readonly enabled: boolean;
    /**
     * Instances ready at the start of the simulation; null: `scaling.min_instances`, and one where
     * the policy never goes to none.
     */
    readonly initial_instances: number | null;
    /**
     * Name in data/cold_start, or file of a start's stages; null: `vllm-v1`, or `simfaasinfer`
     * where `model_load_time` is given.
     */
    readonly preset: string | null;
    /** Platform of the preset, one of those that its file names; null: its first. */
    readonly platform: string | null;
    /**
     * What the image registry sends in all, bytes per second, shared by all starts that pull; null:
     * as in the preset.
     */
    readonly registry: number | null;
    /**
     * What the weight store sends in all, bytes per second, shared by all starts that fetch; null:
     * as in the preset.
     */
    readonly store: number | null;
    /** Container image to pull where a machine lacks it, bytes; null: none. */
    readonly image_size: number | null;
    /**
     * What every machine has when the run begins: artifacts of the preset (`image`, `compile`,
     * `graphs`, `snapshot` or a name of its own), `weights_ssd`, `weights_dram`.
     */
    readonly present: readonly string[];
    /** Container and process start, seconds; null: as in the preset. */
    readonly container_seconds: number | null;
    /** Time to fetch and load the weights, seconds; null: as in the preset, by their bytes. */
    readonly model_load_time: number | null;
    /** Greatest bandwidth at which weights are loaded, bytes per second; null: as in the preset. */
    readonly load_bandwidth: number | null;
    /** Profile run and allocation of the KV cache, seconds; null: as in the preset. */
    readonly kv_allocation_seconds: number | null;
    /** Parameters of the preset by name, in place of its own. */
    readonly parameters: Readonly<Record<string, number>>;
    /** Coefficient of variation of the stages' times (lognormal, same mean). */
    readonly jitter: number;
  };
  /** How many instances there are. */
  readonly scaling: {
    /** Scale automatically; otherwise `cluster.num_replicas` instances run throughout. */
    readonly enabled: boolean;
    /**
     * Scaling policy; null: `threshold` where one of its settings is given, else `concurrency`.
     * `none` evaluates nothing: `activation` starts instances, keep-alive stops them.
     */
    readonly policy:
      | "threshold"
      | "concurrency"
      | "queue-delay"
      | "request-count"
      | "knative-kpa"
      | "hpa"
      | "keda"
      | "target-tracking"
      | "ray-serve"
      | "dynamo-planner"
      | "llm-d-wva"
      | "sky-serve"
      | "slo"
      | "predictive"
      | "schedule"
      | "oracle"
      | "none"
      | null;
    /** Fewest instances; 0: scale to zero. */
    readonly min_instances: number;
    /** Most instances. */
    readonly max_instances: number;
    /** `threshold` adds an instance when the mean busy fraction is above this; null: 0.8. */
    readonly scale_up_threshold: number | null;
    /** `threshold` removes an instance when it is below this; null: 0.2. */
    readonly scale_down_threshold: number | null;
    /** Time after a change of `threshold` without another, seconds; null: 30. */
    readonly cooldown_period: number | null;
    /** Time between two evaluations, seconds; null: the policy's own. */
    readonly period: number | null;
    /** Age of the signals at an evaluation, seconds. */
    readonly scrape_delay: number;
    /** Time from a decision to the start or stop of an instance, seconds. */
    readonly actuation_delay: number;
    /** Most instances added by one decision; null: no limit. */
    readonly max_step_up: number | null;
    /** Most instances removed by one decision; null: no limit. */
    readonly max_step_down: number | null;
    /**
     * Longest time in which an instance that is told to stop may finish its requests, seconds;
     * null: as long as they take.
     */
    readonly drain_limit: number | null;
    /**
     * Requests that are left then end (outcome `drain_limit`), begin anew elsewhere, or go on there
     * by computing prompt and output so far again.
     */
    readonly after_drain_limit: "fail" | "restart" | "resume";
    /**
     * A request starts an instance when there is none at all, never, each time that no instance can
     * take it (scale per request), or when those on their way will have no room for it either: it
     * joins a start, up to `gateway.concurrency_per_instance`.
     */
    readonly activation: "first" | "none" | "each" | "join";
    /**
     * A request that starts an instance waits for that one, as on AWS Lambda; otherwise the first
     * instance that can take it does.
     */
    readonly reserve_starts: boolean;
    /** Keep-alive of idle instances. */
    readonly keep_alive: {
      /**
       * How long an idle instance is kept; null: `fixed` where `seconds` is given, else as long as
       * the scaling policy keeps it, and `fixed` with `queue-delay` and `none`, which take none
       * away.
       */
      readonly policy: "fixed" | "none" | "always" | "hybrid-histogram" | null;
      /** Idle time after which `fixed` stops an instance, seconds; null: 60. */
      readonly seconds: number | null;
      /**
       * Settings of `policy: hybrid-histogram`. A histogram of idle times decides when to stop and
       * start again, with the paper's defaults.
       */
      readonly hybrid_histogram: {
        /** Width of a bin, seconds. */
        readonly bin: number;
        /** Range of the histogram of idle times, seconds, a multiple of `bin`. */
        readonly range: number;
        /** Share of idle times before pre-warming. */
        readonly head: number;
        /** Share of idle times before an instance is given up. */
        readonly tail: number;
        /** Margin of the histogram's windows. */
        readonly margin: number;
        /** Margin of the forecast's windows. */
        readonly forecast_margin: number;
        /** Least coefficient of variation of the bins' counts for the histogram to be used. */
        readonly representative_cv: number;
        /** Share of idle times out of range from which the forecast is used. */
        readonly out_of_bounds_share: number;
        /** Idle times within the range that it takes for the histogram to be used. */
        readonly min_samples: number;
        /**
         * An instance is kept until the tail after the end of the last request (`idle`), or for as
         * long as the tail after it was started ahead (`prewarming`).
         */
        readonly tail_from: "idle" | "prewarming";
      };
      /** Sleep in place of stopping (vLLM's sleep levels). */
      readonly sleep: {
        /**
         * What an idle instance that is not needed any more does: 0: it stops; 1: it sleeps, its
         * weights in host memory, and wakes by the preset's `wake` stages; 2: it sleeps without
         * them, and wakes by the stages that fetch and load weights. Its GPUs are free meanwhile.
         */
        readonly level: number;
        /** Time after which a sleeping instance stops, seconds; 0: none sleeps. */
        readonly ttl: number;
      };
    };
    /**
     * Pool of what starts can begin with. Functions with equal settings here, equal GPUs and starts
     * that begin alike share one. It is full when the run begins.
     */
    readonly prewarmed_pool: {
      /**
       * Members, by the last stage of a start that is done ahead: `node` (node_provision),
       * `container` (runtime_import), `engine` (collective_init, on GPUs of its own); null: no
       * pool.
       */
      readonly of: "node" | "container" | "engine" | null;
      /**
       * How many members there are: always `size`; the starts of one lead time on average (Little's
       * law); or those of a lead time with the probability miss / (miss + idle cost).
       */
      readonly policy: "fixed" | "littles-law" | "newsvendor";
      /** Members; of a policy that follows demand the fewest. */
      readonly size: number;
      /** Time between two decisions, seconds. */
      readonly period: number;
      /** Most members of a policy that follows demand. */
      readonly max: number;
      /** Time over which the rate of starts is averaged, seconds. */
      readonly window: number;
      /** Time in which a member is made, seconds; null: as long as its stages take. */
      readonly lead: number | null;
      /** Members of `littles-law` beyond the mean, as a share of it. */
      readonly headroom: number;
      /** Cost of a start that finds no member, in units of `idle_cost`, for `newsvendor`. */
      readonly miss_cost: number;
      /** Cost of a member that waits for one lead time, for `newsvendor`. */
      readonly idle_cost: number;
    };
    /**
     * Settings of `policy: concurrency`. As many instances as requests in flight ask for, after
     * ServerlessLLM's autoscaler.
     */
    readonly concurrency: {
      /** Requests in flight per instance that the policy aims at. */
      readonly target: number;
      /** Scale-down follows the greatest need of this time, seconds; 0: as in ServerlessLLM. */
      readonly scale_down_window: number;
    };
    /**
     * Settings of `policy: queue-delay`. One more instance while the oldest request has waited too
     * long, as on RunPod.
     */
    readonly queue_delay: {
      /** One more instance while the oldest request has waited longer than this, seconds. */
      readonly threshold: number;
    };
    /**
     * Settings of `policy: request-count`. As many instances as the requests that wait and run ask
     * for, as on RunPod and Modal.
     */
    readonly request_count: {
      /** Requests, waiting and running, that an instance is to have. */
      readonly requests: number;
      /** Instances beyond that while there are requests; the keep-alive leaves them. */
      readonly buffer: number;
    };
    /**
     * Settings of `policy: knative-kpa`. Knative's pod autoscaler: a stable and a panic window over
     * requests in flight, with Knative's defaults.
     */
    readonly knative_kpa: {
      /** What is scaled by: requests in flight, or requests per second. */
      readonly metric: "concurrency" | "rps";
      /**
       * Value of the metric that an instance may have, at most `gateway.concurrency_per_instance`
       * of `concurrency`; null: that, or 100 where it has no limit, and 200 of `rps`.
       */
      readonly target: number | null;
      /** Share of that value that the policy aims at; above 1: per cent. */
      readonly target_utilization: number;
      /**
       * Requests of a burst that instances should have room for: while they have less, requests go
       * through the activator, which holds them back. 0: only without an instance; -1: always.
       */
      readonly target_burst_capacity: number;
      /** Window of the stable mean, seconds. */
      readonly stable_window: number;
      /** Panic window as a share of the stable one, in whole seconds; above 1: per cent. */
      readonly panic_window_fraction: number;
      /**
       * Panic begins when the panic window asks for this multiple of the ready instances; above 10:
       * per cent.
       */
      readonly panic_threshold: number;
      /** Greatest ratio of desired to ready instances in one evaluation. */
      readonly max_scale_up_rate: number;
      /** Greatest ratio of ready to desired instances in one evaluation. */
      readonly max_scale_down_rate: number;
      /** Scale-down takes the greatest decision of this time, seconds. */
      readonly scale_down_delay: number;
      /**
       * Instances that start when the run begins, and of which there are no fewer until all have
       * been ready; null: the revision has been there before.
       */
      readonly initial_scale: number | null;
      /** Least number of instances when there are any. */
      readonly activation_scale: number;
      /** Whether the last instance goes when there is no traffic. */
      readonly enable_scale_to_zero: boolean;
      /**
       * Time that it takes at most until the network leads to the activator, for which the last
       * instances are kept after the decision for none, seconds. It is over where the activator has
       * been in the path before.
       */
      readonly scale_to_zero_grace: number;
      /** Least time that the last instances are kept after the decision for none, seconds. */
      readonly scale_to_zero_pod_retention_period: number;
      /** Time of a start after which its instance goes again, if nobody waits, seconds. */
      readonly progress_deadline: number;
    };
    /**
     * Settings of `policy: hpa`. Kubernetes' horizontal pod autoscaler on requests in flight or
     * other metrics, with its defaults.
     */
    readonly hpa: {
      /** Requests in flight per instance that the policy aims at, where `metrics` has none. */
      readonly target: number;
      /**
       * Metrics, of which the one counts that asks for the most instances; none: `concurrency`,
       * with `target`.
       */
      readonly metrics: readonly {
        /**
         * Requests in flight (mean), requests that wait (at the gateway and inside instances) or
         * run, share of the KV cache in use, requests or output tokens per second, p95 of the time
         * to first token in seconds.
         */
        readonly metric:
          | "concurrency"
          | "waiting"
          | "running"
          | "kv_utilization"
          | "rps"
          | "tokens_per_second"
          | "ttft";
        /** Of the instances one by one, or of the whole; null: `pods`, and `external` of `ttft`. */
        readonly type: "pods" | "object" | "external" | null;
        /**
         * A target per instance, or for the value; null: `average-value`, and `value` of `ttft`.
         */
        readonly target_type: "average-value" | "value" | null;
        /**
         * Of the whole: the value is the sum over instances, or their mean, which leaves a latency
         * as it is; null: the sum, and of `value` the mean of the KV cache's share and the latency
         * itself.
         */
        readonly aggregate: "sum" | "mean" | null;
        /** What the policy aims at, in the metric's unit; to be given. */
        readonly target: number | null;
      }[];
      /** No change while the ratio of metric to target is this near to 1. */
      readonly tolerance: number;
      /** Scale-down takes the greatest recommendation of this time, seconds. */
      readonly scale_down_stabilization: number;
      /** Kubernetes' `behavior`: windows of stabilisation, and policies of rates. */
      readonly behavior: {
        /** How fast the number of instances may grow. */
        readonly scale_up: {
          /** Time of which the most cautious recommendation counts, seconds; null: 0. */
          readonly stabilization_window: number | null;
          /**
           * Which policy counts: the one that allows the most change, or the least; `disabled`: the
           * number does not grow.
           */
          readonly select_policy: "max" | "min" | "disabled";
          /** Policies that hold at once; none: Kubernetes' own. */
          readonly policies: readonly {
            /** A number of instances, or per cent of those at the begin of the period. */
            readonly type: "pods" | "percent";
            /** Greatest change in a period: instances, or per cent. */
            readonly value: number;
            /** Length of the period, seconds. */
            readonly period: number;
          }[];
        };
        /** How fast the number of instances may shrink. */
        readonly scale_down: {
          /**
           * Time of which the most cautious recommendation counts, seconds; null:
           * `scale_down_stabilization`.
           */
          readonly stabilization_window: number | null;
          /**
           * Which policy counts: the one that allows the most change, or the least; `disabled`: the
           * number does not shrink.
           */
          readonly select_policy: "max" | "min" | "disabled";
          /** Policies that hold at once; none: Kubernetes' own. */
          readonly policies: readonly {
            /** A number of instances, or per cent of those at the begin of the period. */
            readonly type: "pods" | "percent";
            /** Greatest change in a period: instances, or per cent. */
            readonly value: number;
            /** Length of the period, seconds. */
            readonly period: number;
          }[];
        };
      };
    };
    /**
     * Settings of `policy: keda`. KEDA: to and from zero by the queue or other triggers, and
     * Kubernetes' autoscaler from 1 on, with KEDA's defaults.
     */
    readonly keda: {
      /** Waiting requests per instance that the policy aims at, where `triggers` has none. */
      readonly target: number;
      /** The first instance starts when more requests than this wait, where `triggers` has none. */
      readonly activation_threshold: number;
      /**
       * Triggers: one that is active activates, and the one counts that asks for the most
       * instances; none: `waiting`, with `target` and `activation_threshold`.
       */
      readonly triggers: readonly {
        /**
         * Requests that wait (at the gateway and inside instances), run or are in flight (mean),
         * share of the KV cache in use, requests or output tokens per second, p95 of the time to
         * first token in seconds.
         */
        readonly metric:
          | "concurrency"
          | "waiting"
          | "running"
          | "kv_utilization"
          | "rps"
          | "tokens_per_second"
          | "ttft";
        /** A target per instance, or for the value. */
        readonly metric_type: "average-value" | "value";
        /**
         * The value is the sum over instances, or their mean, which leaves a latency as it is;
         * null: the sum, and of `value` the mean of the KV cache's share and the latency itself.
         */
        readonly aggregate: "sum" | "mean" | null;
        /** What the policy aims at, in the metric's unit; to be given. */
        readonly target: number | null;
        /** The trigger is active when the metric is above this. */
        readonly activation_threshold: number;
      }[];
      /** Time between two looks at the triggers for activation, seconds. */
      readonly polling: number;
      /** Time after the last active look before the last instance goes, seconds. */
      readonly cooldown: number;
      /**
       * Time from the begin of the run before the last instance goes where no look has been active,
       * seconds.
       */
      readonly initial_cooldown: number;
      /**
       * Instances for as long as no trigger is active, fewer than `min_instances`, which there are
       * at once when one is; null: as many as those.
       */
      readonly idle_replica_count: number | null;
      /** What is done while the metrics cannot be read. */
      readonly fallback: {
        /** Readings of the autoscaler that have to fail before. */
        readonly failure_threshold: number;
        /** Instances that there are then; null: the number stays as it is. */
        readonly replicas: number | null;
        /**
         * Whether `replicas` counts, or the present number, or the present one where it is higher
         * or lower.
         */
        readonly behavior:
          | "static"
          | "current-replicas"
          | "current-replicas-if-higher"
          | "current-replicas-if-lower";
      };
      /** Times in which the metrics cannot be read. */
      readonly outages: readonly {
        /** Its begin, seconds. */
        readonly from: number;
        /** Its end, seconds. */
        readonly until: number;
      }[];
      /** Kubernetes' `behavior`: windows of stabilisation, and policies of rates. */
      readonly behavior: {
        /** How fast the number of instances may grow. */
        readonly scale_up: {
          /** Time of which the most cautious recommendation counts, seconds; null: 0. */
          readonly stabilization_window: number | null;
          /**
           * Which policy counts: the one that allows the most change, or the least; `disabled`: the
           * number does not grow.
           */
          readonly select_policy: "max" | "min" | "disabled";
          /** Policies that hold at once; none: Kubernetes' own. */
          readonly policies: readonly {
            /** A number of instances, or per cent of those at the begin of the period. */
            readonly type: "pods" | "percent";
            /** Greatest change in a period: instances, or per cent. */
            readonly value: number;
            /** Length of the period, seconds. */
            readonly period: number;
          }[];
        };
        /** How fast the number of instances may shrink. */
        readonly scale_down: {
          /** Time of which the most cautious recommendation counts, seconds; null: 300. */
          readonly stabilization_window: number | null;
          /**
           * Which policy counts: the one that allows the most change, or the least; `disabled`: the
           * number does not shrink.
           */
          readonly select_policy: "max" | "min" | "disabled";
          /** Policies that hold at once; none: Kubernetes' own. */
          readonly policies: readonly {
            /** A number of instances, or per cent of those at the begin of the period. */
            readonly type: "pods" | "percent";
            /** Greatest change in a period: instances, or per cent. */
            readonly value: number;
            /** Length of the period, seconds. */
            readonly period: number;
          }[];
        };
      };
    };
    /**
     * Settings of `policy: target-tracking`. A metric per instance is held at a target by two
     * alarms, as on SageMaker.
     */
    readonly target_tracking: {
      /** Mean requests in flight per ready instance, or arrivals a minute per ready instance. */
      readonly metric: "concurrency" | "invocations";
      /** Value of the metric that is aimed at. */
      readonly target: number;
      /** Readings above the target, of the last `out_periods`, that raise the alarm. */
      readonly out_datapoints: number;
      /** Readings that the alarm for more instances looks at. */
      readonly out_periods: number;
      /**
       * Readings below `in_below` of the target, of the last `in_periods`, that raise the alarm.
       */
      readonly in_datapoints: number;
      /** Readings that the alarm for fewer instances looks at. */
      readonly in_periods: number;
      /** Share of the target below which a reading asks for fewer instances. */
      readonly in_below: number;
      /** Time after a scale-out in which what starts counts as part of the next one, seconds. */
      readonly out_cooldown: number;
      /** Time after any change without a scale-in, seconds. */
      readonly in_cooldown: number;
      /** Time after a start from no instance without another, seconds. */
      readonly from_zero_cooldown: number;
    };
    /**
     * Settings of `policy: ray-serve`. Ray Serve's autoscaler: ongoing requests per replica, delays
     * and smoothing factors, with Ray's defaults.
     */
    readonly ray_serve: {
      /** Ongoing requests per instance that the policy aims at, waiting ones included. */
      readonly target_ongoing_requests: number;
      /** Time for which more instances must be asked for before they start, seconds. */
      readonly upscale_delay: number;
      /** Time for which fewer must be asked for before some go, seconds. */
      readonly downscale_delay: number;
      /** The same before the last instance goes, seconds; null: `downscale_delay`. */
      readonly downscale_to_zero_delay: number | null;
      /**
       * Share of the missing instances that a decision adds, and the instances that the first
       * request starts; null: `smoothing_factor`.
       */
      readonly upscaling_factor: number | null;
      /** Share of the surplus that a decision takes away; null: `smoothing_factor`. */
      readonly downscaling_factor: number | null;
      /** Both factors where they are not given (deprecated in Ray). */
      readonly smoothing_factor: number;
      /** Time between two reports of the ongoing requests, seconds. */
      readonly metrics_interval: number;
      /** Window of the ongoing requests that a report covers, seconds. */
      readonly look_back_period: number;
      /** What a report says of its window. */
      readonly aggregation_function: "mean" | "max" | "min";
    };
    /**
     * Settings of `policy: dynamo-planner`. NVIDIA Dynamo's planner of aggregated engines: by the
     * engines' load or by a forecast and latency limits, with Dynamo's defaults.
     */
    readonly dynamo_planner: {
      /**
       * `load`: one instance more or fewer by what the engines do; `sla`: as many as the forecast
       * load needs within the limits.
       */
      readonly mode: "load" | "sla";
      /**
       * Of `mode: load`: thresholds of KV use for throughput or for latency, or estimates against
       * the limits.
       */
      readonly optimization_target: "throughput" | "latency" | "sla";
      /** Of `mode: sla`: load decides every period, and the forecast only how few there may be. */
      readonly enable_load_scaling: boolean;
      /** Limit of the time to first token, seconds; null: that of `slo`, else 0.5. */
      readonly ttft: number | null;
      /** Limit of the time between tokens, seconds; null: that of `slo`, else 0.05. */
      readonly itl: number | null;
      /** Time between two forecasts, seconds. */
      readonly throughput_adjustment_interval: number;
      /** What forecasts requests, prompts and outputs of the next interval. */
      readonly load_predictor: "constant" | "arima" | "kalman";
      /** ARIMA and Kalman forecast log(1 + load). */
      readonly load_predictor_log1p: boolean;
      /** Variance of the level's change per interval. */
      readonly kalman_q_level: number;
      /** Variance of the trend's change per interval. */
      readonly kalman_q_trend: number;
      /** Variance of a measurement. */
      readonly kalman_r: number;
      /** Share of a limit below which every engine's estimate must be for one to go. */
      readonly load_scaling_down_sensitivity: number;
      /** Steps that must have been seen before the model says anything. */
      readonly load_min_observations: number;
      /** Steps that the model rests on. */
      readonly max_num_fpm_samples: number;
      /** Parts of the range from whose fullest the oldest step goes; a square number. */
      readonly fpm_sample_bucket_size: number;
      /** `rapid`: the model begins with steps of the execution model; `none`: with nothing. */
      readonly pre_deployment_sweeping: "rapid" | "none";
      /** Fewest instances that it asks for. */
      readonly min_endpoint: number;
      /** Most GPUs of all instances together. */
      readonly max_gpu_budget: number | "none";
    };
    /**
     * Settings of `policy: llm-d-wva`. llm-d's workload-variant autoscaler of one variant: by
     * saturation, by tokens or by a queueing model, with its defaults.
     */
    readonly llm_d_wva: {
      /**
       * What decides: shares of KV memory and queue, tokens, or the rate that keeps the latency
       * targets.
       */
      readonly analyzer: "v1" | "v2" | "queue-model";
      /** Share of KV blocks in use from which an instance is saturated. */
      readonly kv_cache_threshold: number;
      /** Waiting requests from which an instance is saturated. */
      readonly queue_length_threshold: number;
      /** One more where the others' mean distance to `kv_cache_threshold` is less. */
      readonly kv_spare_trigger: number;
      /** One more where the others' mean distance to `queue_length_threshold` is less. */
      readonly queue_spare_trigger: number;
      /** Share of the tokens that all instances have room for above which more are needed. */
      readonly scale_up_threshold: number;
      /** Share of them that demand must fit in for some to go. */
      readonly scale_down_boundary: number;
      /**
       * Target of the time to first token, seconds; null: that of `slo`. Without both targets the
       * model makes its own.
       */
      readonly target_ttft: number | null;
      /** Target of the time between tokens, seconds; null: that of `slo`. */
      readonly target_itl: number | null;
      /** Times the base of an iteration that it may take, for targets of its own. */
      readonly slo_multiplier: number;
      /** The model goes on learning from measured steps. */
      readonly tuning_enabled: boolean;
      /** Time between two decisions, seconds; metrics are read every period. */
      readonly optimization_interval: number;
      /** Window of the metrics' maxima, means and rates, seconds. */
      readonly metrics_window: number;
      /** No instance without requests for `retention_period`; otherwise one stays. */
      readonly scale_to_zero: boolean;
      /** Time without requests before the last instance goes, seconds. */
      readonly retention_period: number;
    };
    /**
     * Settings of `policy: sky-serve`. SkyServe's autoscaler by requests per second, with
     * hysteresis, and SpotHedge's mix of spot and on-demand instances over zones.
     */
    readonly sky_serve: {
      /**
       * Load of an instance that the policy aims at, requests per second; null: as many instances
       * as `min_instances`, one at least.
       */
      readonly target_qps_per_replica: number | null;
      /** Time for which more instances must be asked for, seconds. */
      readonly upscale_delay: number;
      /** Time for which fewer must be asked for, seconds. */
      readonly downscale_delay: number;
      /** Window in which requests are counted, seconds. */
      readonly qps_window: number;
      /** Time between two decisions, seconds; the delays are counted in them. */
      readonly decision_interval: number;
      /** The same while no instance is wanted, seconds. */
      readonly no_replica_decision_interval: number;
      /**
       * Instances are of spot capacity where `cluster.zones` has some; otherwise all are on demand.
       */
      readonly use_spot: boolean;
      /**
       * How zones are chosen: SpotHedge, which leaves zones that preempt; the next zone after each
       * loss; as many in each.
       */
      readonly spot_placer: "dynamic-fallback" | "round-robin" | "even-spread";
      /** Spot instances beyond those that are wanted. */
      readonly num_overprovision: number;
      /** On-demand instances stand in for spot ones that are not ready. */
      readonly dynamic_ondemand_fallback: boolean;
      /** Wanted instances that are always on demand. */
      readonly base_ondemand_fallback_replicas: number;
    };
    /**
     * Settings of `policy: slo`. Follows the limits of the section `slo` by the latencies that are
     * measured.
     */
    readonly slo: {
      /** Share of a limit of the section `slo` above which instances are added. */
      readonly up_above: number;
      /** Share of every limit below which an instance may go. */
      readonly down_below: number;
      /** Consecutive readings below it that this takes. */
      readonly down_readings: number;
      /** Greatest factor of growth in one evaluation. */
      readonly max_growth: number;
      /** Time without any request after which no instance is kept, seconds; null: never. */
      readonly scale_to_zero_after: number | null;
    };
    /**
     * Settings of `policy: predictive`. Enough instances for the arrival rate that Holt-Winters
     * smoothing forecasts.
     */
    readonly predictive: {
      /** Arrivals that one instance serves, requests per second; null: by `concurrency.target`. */
      readonly rate_per_instance: number | null;
      /** How far ahead the forecast looks, seconds; null: as long as a start takes. */
      readonly lead: number | null;
      /** Standard deviations of the forecast's error added to it. */
      readonly deviations: number;
      /** Weight of the level. */
      readonly alpha: number;
      /** Weight of the trend. */
      readonly beta: number;
      /** Weight of the season. */
      readonly gamma: number;
      /** Length of a season, seconds, a multiple of the period; 0: none. */
      readonly season: number;
    };
    /** Settings of `policy: schedule`. A timetable, whatever the load. */
    readonly schedule: {
      /** The timetable, in order of `from`. */
      readonly entries: readonly {
        /** Begin of the entry, seconds. */
        readonly from: number;
        /** Instances from then on. */
        readonly instances: number;
      }[];
      /** The timetable repeats after this time, seconds; null: once. */
      readonly repeat: number | null;
      /** Entries take effect this much earlier, seconds. */
      readonly lead: number;
    };
    /** Settings of `policy: oracle`. Knows the arrivals: a bound for the others. */
    readonly oracle: {
      /**
       * Time of a request in an instance, seconds; null: estimated for `concurrency.target`, the
       * requests that it takes an instance to serve at once.
       */
      readonly hold: number | null;
      /** Time from a decision to a ready instance, seconds; null: as long as a start takes. */
      readonly lead: number | null;
    };
  };
  /** What happens to a request before an instance takes it. */
  readonly gateway: {
    /** Queue without bound, reject, or queue within `limit` and `timeout` (`buffer`). */
    readonly on_no_capacity: "queue" | "reject" | "buffer";
    /** Most requests that wait under `buffer`; null: no limit. */
    readonly limit: number | null;
    /** Longest wait under `buffer`, seconds; null: no limit. */
    readonly timeout: number | null;
    /**
     * A wait under `buffer` may be as long as so many starts (the mean of the function's starts so
     * far, an estimate before the first) where that is longer than `timeout`.
     */
    readonly timeout_starts: number | null;
    /**
     * What a request that has waited as long as it may is: timed out (outcome `timed_out`), or
     * turned away by the platform, as with 429 (`rejected_wait_limit`).
     */
    readonly after_timeout: "time-out" | "reject";
    /**
     * Longest time that a request is in an instance, seconds; then it is cut off at the end of the
     * step in progress (outcome `execution_limit`). null: no limit.
     */
    readonly execution_limit: number | null;
    /**
     * Most requests given to an instance at once, Knative's `containerConcurrency`; 0 or null: no
     * limit.
     */
    readonly concurrency_per_instance: number | null;
    /** Limit on the rate of requests of all classes together. */
    readonly rate_limit: {
      /** Rate at which the token bucket fills, requests per second; null: no limit. */
      readonly requests_per_second: number | null;
      /** Size of the token bucket, requests. */
      readonly burst: number;
    };
    /** By arrival, or weighted fair queueing between classes and tenants. */
    readonly fairness: "fcfs" | "weighted";
    /** Reject a request whose predicted TTFT misses its limit. */
    readonly early_rejection: boolean;
    /**
     * Settings of `fairness: weighted`. Weighted fair queueing between classes and tenants, by
     * tokens served.
     */
    readonly weighted: {
      /** What a prompt token counts. */
      readonly prompt_token_cost: number;
      /** What an output token counts. */
      readonly output_token_cost: number;
    };
  };
  /** Migration of running requests between the instances of a function. */
  readonly migration: {
    /**
     * How a running request moves to another instance. `live`: its KV entries are copied while it
     * decodes, the last ones while it stands still (Llumnix). `blocking`: it stands still until all
     * are copied. `tokens`: its tokens are sent and computed anew while it decodes, the last ones
     * while it stands still (ServerlessLLM). `recompute`: it leaves at once and is computed anew.
     * `off`: none moves.
     */
    readonly method: "off" | "live" | "blocking" | "tokens" | "recompute";
    /** Which requests move, and where to. */
    readonly policy: "none" | "freeness" | "consolidate";
    /**
     * Settings of `policy: freeness`. From instances that run out of KV blocks soon to those that
     * do last, as Llumnix.
     */
    readonly freeness: {
      /**
       * Free KV blocks per running request (the decode steps that an instance can still take, in
       * blocks) below which requests move out and above which they may move in.
       */
      readonly threshold: number;
      /**
       * KV blocks that an instance with urgent requests keeps free for them; Llumnix's artifact
       * keeps 100.
       */
      readonly headroom_blocks: number;
    };
    /**
     * Settings of `policy: consolidate`. From the emptiest instance to the fullest with room, so
     * that one falls idle and stops.
     */
    readonly consolidate: {
      /** Share of its KV blocks up to which an instance is filled. */
      readonly fill_to: number;
    };
    /** Time between two decisions, seconds. */
    readonly period: number;
    /**
     * The requests of an instance that is told to stop, by scaling or by a notice of spot capacity,
     * move to others, whatever the policy.
     */
    readonly drains: boolean;
    /**
     * Names of the service classes whose requests are urgent: they move when nobody else can, and
     * their instances keep `freeness.headroom_blocks` free.
     */
    readonly urgent_classes: readonly string[];
    /** Most stages of a copy: all but the last one while the request decodes. */
    readonly max_stages: number;
    /** A copy goes on in stages until at most so many tokens are left for the last one. */
    readonly last_stage_tokens: number;
  };
  /** What goes wrong. */
  readonly faults: {
    /**
     * Requests inside a lost instance fail, begin anew, or go on elsewhere by computing prompt and
     * output so far again.
     */
    readonly in_flight: "fail" | "restart" | "resume";
    /** Failures without a warning. */
    readonly failures: {
      /**
       * Mean time between failures of one machine (of one instance without `cluster.nodes`),
       * seconds; null: none.
       */
      readonly mtbf: number | null;
      /** Shape of the Weibull law; 1 is memoryless, below 1 fails early. */
      readonly shape: number;
      /** Time until the machine is there again, seconds. */
      readonly repair: number;
    };
    /** Preemptions of spot capacity. */
    readonly spot: {
      /** Mean life of spot capacity, seconds; null: it is never preempted. */
      readonly mtbf: number | null;
      /**
       * Warning before the preemption, seconds: nothing new starts there and what is there finishes
       * what it can.
       */
      readonly notice: number;
      /** Time until another machine is there, seconds. */
      readonly replace: number;
    };
    /** Starts that fail, and the back-off until the next attempt. */
    readonly starts: {
      /** Share of starts that fail when they are over. */
      readonly failure_probability: number;
      /** Wait before the second attempt, seconds. */
      readonly initial_wait: number;
      /** Growth of the wait with each further attempt. */
      readonly factor: number;
      /** Longest wait, seconds. */
      readonly max_wait: number;
      /** Attempts in all; null: no limit. */
      readonly max_attempts: number | null;
      /** Share of the wait that is drawn at random. */
      readonly jitter: number;
    };
  };
  /** What the fleet costs. */
  readonly cost: {
    /** Price by GPU, dollars per GPU-hour; others come from data/prices. */
    readonly gpu_cost_per_hour: Readonly<Record<string, number>>;
    /**
     * Price list in data/prices for GPUs without a price of their own; platforms have theirs. A GPU
     * that it does not list has no price, and costs are null.
     */
    readonly provider: "aws" | "azure" | "gcp" | "lambda" | "modal" | "runpod" | "simfaasinfer";
    /**
     * How GPUs are rented; null: spot where `faults.spot` preempts them, else on demand or, where
     * the provider has no such price, per use (`flex`).
     */
    readonly terms: "on-demand" | "spot" | "reserved-1y" | "reserved-3y" | "flex" | "active" | null;
    /** Bill the time in which instances work. */
    readonly compute_cost: boolean;
    /** Bill the time in which ready instances are idle. */
    readonly idle_cost: boolean;
    /** Share of the price that idle time costs. */
    readonly idle_factor: number;
    /** Share of the price of its GPUs that a sleeping instance costs. */
    readonly sleep_factor: number;
    /**
     * Share of the price of an instance's GPUs that a member of a pool costs; null: that of a start
     * where members hold GPUs (engines, nodes), 0 for containers.
     */
    readonly pool_factor: number | null;
    /** Processor cores of an instance that are billed beside its GPUs, at `core_cost_per_hour`. */
    readonly cpu_cores: number;
    /** Memory of an instance that is billed beside its GPUs, at `gib_cost_per_hour`, bytes. */
    readonly memory: number;
    /** Price of a core, dollars per hour; null: the provider's. */
    readonly core_cost_per_hour: number | null;
    /** Price of 2^30 bytes of memory, dollars per hour; null: the provider's. */
    readonly gib_cost_per_hour: number | null;
    /** Price of a million requests that are served, dollars. */
    readonly million_requests_cost: number;
    /**
     * Instances of the function whose GPUs are paid from the beginning to the end, used or not;
     * those beyond them are billed by use.
     */
    readonly reserved_instances: number;
    /** How reserved instances are rented. */
    readonly reserved_terms: "reserved-1y" | "reserved-3y" | "active" | "on-demand";
    /** Price of a reserved GPU, dollars per hour; null: the provider's. */
    readonly reserved_cost_per_hour: number | null;
    /** What time of an instance is billed. */
    readonly billing: {
      /** What is billed, in place of all other settings but the price; null: as they say. */
      readonly preset:
        | "per-second-from-start"
        | "per-second-ready"
        | "per-second-busy"
        | "instance-hours"
        | null;
      /** Instances are billed from their start, from the load of weights, or when ready. */
      readonly from: "start" | "load" | "ready";
      /** The life of an instance is billed in whole multiples of this, seconds; 0: exactly. */
      readonly granularity: number;
      /**
       * A machine of `cluster.nodes` is paid for with all of its GPUs while any instance is on it.
       */
      readonly whole_machines: boolean;
      /** Least time billed for an instance, seconds. */
      readonly minimum: number;
    };
    /** What keeping weights costs, as long as the run lasts. */
    readonly storage: {
      /** Price list in data/prices that says what keeping weights costs; null: nothing. */
      readonly provider: "aws" | "modal" | "runpod" | null;
      /**
       * Price of host memory for weights, dollars per 10^9 bytes and 30 days; null: the provider's,
       * or nothing.
       */
      readonly dram: number | null;
      /**
       * Price of local disks for weights, dollars per 10^9 bytes and 30 days; null: the provider's,
       * or nothing.
       */
      readonly ssd: number | null;
      /**
       * Price of the store that machines fetch from for weights, dollars per 10^9 bytes and 30
       * days; null: the provider's, or nothing.
       */
      readonly remote: number | null;
    };
  };
  /** What GPUs and machines draw. */
  readonly energy: {
    /** Count the energy of GPUs and machines. */
    readonly enabled: boolean;
    /** Energy of the building over that of its machines; null: 1, the machines alone. */
    readonly pue: number | null;
    /**
     * Power by GPU with a model loaded and nothing to do, watts; others: measured ones of
     * data/hardware/power.yaml, else a share of the power limit.
     */
    readonly idle_watts: Readonly<Record<string, number>>;
    /**
     * Power limit of each GPU, watts, between its idle power and its own limit: steps that would
     * draw more take longer; null: its own.
     */
    readonly power_limit: number | null;
    /**
     * Power of the rest of a machine (processors, memory, fans) for each GPU that an instance has,
     * watts; null: by GPU, data/hardware/power.yaml.
     */
    readonly host_watts: number | null;
    /**
     * Count GPUs of `cluster.nodes` that no instance has, and their share of the machine; else they
     * are somebody else's.
     */
    readonly count_free_gpus: boolean;
    /**
     * Region of data/energy/carbon.yaml whose electricity is used, such as `us-central1`; null:
     * emissions are null.
     */
    readonly region: string | null;
    /** Carbon of electricity, g CO2e per kWh; null: the region's. */
    readonly carbon_intensity: number | null;
    /**
     * Carbon of electricity by hour of the day, from midnight on, g CO2e per kWh: 24 numbers; null:
     * the same all day.
     */
    readonly carbon_by_hour: readonly number[] | null;
    /** Hour of the day at which the run begins. */
    readonly start_hour: number;
    /**
     * Price of electricity on top of `cost`, dollars per kWh: what own machines draw; null: it is
     * in the price of GPUs.
     */
    readonly electricity_price: number | null;
  };
  /**
   * Service-level objectives; attainment is the share of arrived requests that keep all of them.
   */
  readonly slo: {
    /** Longest time to first token, seconds; null: no limit. */
    readonly ttft_s: number | null;
    /** Longest mean time per output token after the first, seconds; null: no limit. */
    readonly tpot_s: number | null;
    /** Longest end-to-end latency, seconds; null: no limit. */
    readonly e2e_s: number | null;
  };
  /**
   * Prefill and decode apart: two groups of instances, each with settings of its own; KV entries go
   * from one to the other as `cluster.kv_transfer` says.
   */
  readonly groups: {
    /**
     * Instances that compute prompts: `gpu_type`, `routing` and the sections of a function, as far
     * as they differ; null: no group of its own.
     */
    readonly prefill: Readonly<Record<string, unknown>> | null;
    /** Instances that go on with the requests once these have their first token, likewise. */
    readonly decode: Readonly<Record<string, unknown>> | null;
    /** Which requests go from one group to the other. */
    readonly decider: {
      /** Which requests `prefill` computes; the prompts of the others are computed by `decode`. */
      readonly policy: "always" | "conditional" | "prefix-hit";
      /**
       * Settings of `policy: conditional`. Long prompts, as far as they are not cached, while the
       * prefill group is not behind.
       */
      readonly conditional: {
        /**
         * Prompts of fewer tokens beyond those that a decode instance has cached are computed
         * there.
         */
        readonly minimum_tokens: number;
        /**
         * Most requests without a first token per instance of the prefill group: with more, prompts
         * are computed by the decode group.
         */
        readonly queue_limit: number;
      };
      /**
       * Settings of `policy: prefix-hit`. Prompts of which no decode instance has a large share
       * cached.
       */
      readonly prefix_hit: {
        /** Cached share of the prompt from which on the decode group computes the rest. */
        readonly share: number;
      };
    };
    /**
     * Whether a request that starts the first instance of `prefill` has one of `decode` started,
     * too, if there is none, or that starts when the request comes to it.
     */
    readonly starts: "together" | "apart";
  };
  /**
   * Deployed models that share the cluster, the most popular first; none: one function made of the
   * other sections.
   */
  readonly functions: readonly {
    /** Name in the results; null: the model's. */
    readonly name: string | null;
    /** So many alike; above 1 their names end in -1, -2, ... */
    readonly count: number;
    /** Weight of its popularity; null: by `workload.functions.zipf`. */
    readonly share: number | null;
    /** Its GPU; null: `cluster.gpu_type`. */
    readonly gpu_type: string | null;
    /** Settings of `model` that differ. */
    readonly model: Readonly<Record<string, unknown>> | null;
    /** Settings of `parallelization` that differ. */
    readonly parallelization: Readonly<Record<string, unknown>> | null;
    /** Settings of `scheduler` that differ. */
    readonly scheduler: Readonly<Record<string, unknown>> | null;
    /** Settings of `speculative` that differ. */
    readonly speculative: Readonly<Record<string, unknown>> | null;
    /** Settings of `memory` that differ. */
    readonly memory: Readonly<Record<string, unknown>> | null;
    /** Settings of `execution` that differ. */
    readonly execution: Readonly<Record<string, unknown>> | null;
    /** Settings of `cold_start` that differ. */
    readonly cold_start: Readonly<Record<string, unknown>> | null;
    /** Settings of `scaling` that differ. */
    readonly scaling: Readonly<Record<string, unknown>> | null;
    /** Settings of `gateway` that differ. */
    readonly gateway: Readonly<Record<string, unknown>> | null;
    /** Settings of `cost` that differ. */
    readonly cost: Readonly<Record<string, unknown>> | null;
    /** Settings of `slo` that differ. */
    readonly slo: Readonly<Record<string, unknown>> | null;
    /** Settings of `groups` that differ. */
    readonly groups: Readonly<Record<string, unknown>> | null;
  }[];
  /** What is measured. */
  readonly metrics: {
    /**
     * Time between two rows of the time series, seconds; null: 1 s for runs of up to 5,000 s,
     * beyond the shortest round interval that gives at most 5,000 rows.
     */
    readonly collect_interval: number | null;
    /**
     * Whether there is a time series for each function too, `function_series`: requests, instances
     * by state and starts, a row for each interval in which it has any.
     */
    readonly per_function: boolean;
    /**
     * Whether a run records what the latency of each request is made of (latency_parts.parquet),
     * which takes 5 to 8 % of its time and 16 to 40 bytes for each; null: in runs of up to 200,000
     * requests.
     */
    readonly explain: boolean | null;
    /**
     * Whether `deno task simulate` tells where the p99 of TTFT changes by more than 2x within 3 %
     * fewer or more KV blocks. It then runs twice more, where blocks ran out or nearly so and in
     * runs of up to 20,000 requests; results are the same.
     */
    readonly kv_sensitivity: boolean;
    /** Percentiles in the summary. */
    readonly percentiles: readonly number[];
  };
  /** What is written to the output directory. */
  readonly output: {
    /** Formats of the tables. */
    readonly formats: readonly ("parquet" | "csv" | "json")[];
    /**
     * In CSV, put every text in quotes, and an apostrophe also before a `=`, `+`, `-` or `@` that
     * follows a semicolon, a bar or a tab inside a text, where a spreadsheet may split it. Before
     * the first character of a text it always stands; numbers stay numbers.
     */
    readonly csv_safe: boolean;
    /** Formats of the figures; an empty list draws none. */
    readonly figures: readonly ("svg" | "png" | "pdf")[];
  };
  /** SimFaaSInfer's log settings. Accepted without effect on results. */
  readonly logging: {
    /** Accepted. */
    readonly level: "DEBUG" | "INFO" | "WARNING" | "ERROR";
    /** Accepted; no log file is written. */
    readonly log_file: string | null;
    /** Accepted. */
    readonly console_output: boolean;
  };
}
