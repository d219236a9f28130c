/** Configurations that between them switch every feature on, with the files that they name. */
import type { ConfiguredTexts } from "../../lib/run/cluster.ts";

/** A configuration to change one setting of. */
export interface SettingBase {
  readonly yaml: string;
  readonly texts?: ConfiguredTexts;
}

const TRACE = [
  "arrival_s,prompt_tokens,output_tokens,function,class,tenant,session,when,in,out,who",
  ...Array.from({ length: 60 }, (_, i) =>
    [
      (i * 0.37).toFixed(2),
      200 + 31 * i % 900,
      20 + 7 * i % 90,
      "f",
      i % 3 === 0 ? "gold" : "free",
      `t${i % 4}`,
      `s${i % 7}`,
      (i * 0.51).toFixed(2),
      100 + 17 * i % 700,
      10 + 5 * i % 60,
      i % 2 === 0 ? "gold" : "free",
    ].join(",")),
].join("\n");

/** A slow link between the GPUs of an instance, as nccl-tests prints it. */
const LINK = [
  "#  Rank  0 Group  0 Pid  100 on node device  0 [0x01] NVIDIA Test",
  "#  Rank  1 Group  0 Pid  100 on node device  1 [0x02] NVIDIA Test",
  "  1048576  262144  float  sum  -1  1000.00  1.05  1.05  0  1000.00  1.05  1.05  0",
].join("\n");
/** The same, ten times as quick. */
const QUICK_LINK = LINK.replaceAll("1000.00", "100.00");

/** Calls of which some have failed. */
const FAILING = "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n" +
  Array.from({ length: 12 }, (_, i) => `${i},m,${200 + i},${i % 3 * 20},1,a`).join("\n");

/** Conversations. */
const TEXTS = JSON.stringify(Array.from({ length: 10 }, (_, i) => ({
  conversations: ["x", "y"].map((value) => ({ from: "human", value: value.repeat(90 + 7 * i) })),
})));

/** Calls by the minute. */
const MINUTES = "HashOwner,HashApp,HashFunction,Trigger,1,2\no,a,f,http,5,7\no,a,g,http,3,1\n";

/** Prompts by their tokens. */
const TOKEN_IDS = Array.from({ length: 10 }, (_, i) => {
  const ids = Array.from({ length: 200 }, (_, k) => k < 100 ? k : k + i);
  return JSON.stringify({
    ...{ input_toks: ids.length, output_toks: 5, arrival_time_ns: i * 5e8, input_tok_ids: ids },
  });
}).join("\n");

const LENGTHS = [
  "num_prefill_tokens,num_decode_tokens",
  ...Array.from({ length: 50 }, (_, i) => `${100 + 17 * i % 700},${10 + 5 * i % 60}`),
].join("\n");

/** A model of a family that is not known. */
const STRANGE_MODEL = JSON.stringify({
  model_type: "strange",
  hidden_size: 1024,
  num_hidden_layers: 8,
  num_attention_heads: 8,
  intermediate_size: 4096,
  vocab_size: 32000,
});

const BURSTS = `
simulation: { duration: 200, random_seed: 3 }
metrics: { collect_interval: 2 }
workload: { type: synthetic, num_requests: 160, burst: { base_rate: 0.01, burst_rate: 5, period: 50, length: 9 } }
`;

const SCALED = `
${BURSTS}
cold_start: { preset: simple }
slo: { ttft_s: 2, tpot_s: 0.05 }
execution: { source: linear, coefficients: { base_seconds: 0.03 } }
scheduler: { max_num_seqs: 8, max_num_batched_tokens: 1024 }
`;

const scaled = (scaling: string): SettingBase => ({ yaml: `${SCALED}\nscaling: ${scaling}` });

/** Steps that take longer for prompts and contexts. */
const planned = (settings: string, policy = "dynamo-planner", more = ""): SettingBase => ({
  yaml: `${BURSTS}
cold_start: { preset: simple }
execution: { source: linear, coefficients: { base_seconds: 0.02, per_prefill_token_seconds: 1e-4, per_context_token_seconds: 2e-6 } }
scheduler: { max_num_seqs: 8, max_num_batched_tokens: 1024 }
scaling: { policy: ${policy}, max_instances: 8, ${policy.replaceAll("-", "_")}: ${settings} }
${more}
`,
});

/** Carbon of electricity by hour. */
const HOURS = Array.from({ length: 24 }, (_, hour) => 100 + 17 * hour).join(", ");

/** The configurations by name. */
export const SETTING_BASES: Readonly<Record<string, SettingBase>> = {
  split: {
    yaml: `
simulation: { duration: 20 }
workload: { arrival_rate: 6 }
cluster: { kv_transfer: { rate: 2GB/s, message: 1e6, message_overhead: 0.001 } }
groups: { prefill: { scheduler: { max_num_seqs: 2 } }, decode: { gpu_type: H200 },
          decider: { policy: conditional, conditional: { minimum_tokens: 100, queue_limit: 3 } } }
`,
  },
  apart: {
    yaml: `
simulation: { duration: 20 }
workload: { arrival_rate: 6 }
cluster: { kv_transfer: { preset: ndr400 } }
groups: { prefill: {}, decode: {} }
`,
  },
  moving: {
    yaml: `
simulation: { duration: 30 }
workload: { arrival_rate: 8, classes: [{ name: fast, share: 0.3 }, { name: slow, share: 0.7 }] }
cluster: { num_replicas: 2, kv_transfer: { rate: 1GB/s }, routing: { policy: round-robin } }
scaling: { enabled: false }
memory: { num_gpu_blocks: 400 }
migration: { method: live, policy: freeness, freeness: { threshold: 40, headroom_blocks: 60 },
             urgent_classes: [fast] }
`,
  },
  leaving: {
    yaml: `
simulation: { duration: 30 }
workload: { arrival_rate: 8, decode_length: { distribution: constant, value: 600 } }
scaling: { policy: schedule, min_instances: 1, max_instances: 3,
           schedule: { entries: [{ from: 0s, instances: 3 }, { from: 10s, instances: 1 }] } }
cold_start: { enabled: false, initial_instances: 3 }
migration: { method: tokens, policy: none, drains: true, max_stages: 6, last_stage_tokens: 1 }
`,
  },
  gathering: {
    yaml: `
simulation: { duration: 20 }
workload: { arrival_rate: 4 }
cluster: { num_replicas: 3, kv_transfer: { rate: 10GB/s }, routing: { policy: round-robin } }
scaling: { enabled: false }
memory: { num_gpu_blocks: 1000 }
migration: { method: blocking, policy: consolidate, consolidate: { fill_to: 0.9 } }
`,
  },
  tiers: {
    yaml: `
simulation: { duration: 30 }
workload: { arrival_rate: 4, prefix_groups: { groups: 30, tokens: 600 } }
cluster: { num_replicas: 2, routing: { policy: prefix-affinity,
           prefix_affinity: { minimum_match: 0, load_difference: 1000, tier_weight: 0.5 } } }
scaling: { enabled: false }
memory: { num_gpu_blocks: 300,
          kv_tiers: [{ tier: host, capacity: 500MB, write: through, ttl: 5s, rate: 2GB/s, setup: 1ms }] }
`,
  },
  hits: {
    yaml: `
simulation: { duration: 20 }
workload: { arrival_rate: 2, prefix_groups: { groups: 2, tokens: 400 } }
cluster: { kv_transfer: { rate: 2GB/s } }
scaling: { enabled: false }
groups: { prefill: {}, decode: {}, decider: { policy: prefix-hit, prefix_hit: { share: 0.9 } } }
`,
  },
  classes: {
    yaml: `
simulation: { duration: 20, warmup_duration: 1 }
workload:
  type: gamma
  arrival_rate: 12
  classes:
    - { name: gold, share: 0.7, priority: 1, slo: { ttft_s: 0.5 }, rate_limit: { requests_per_second: 7, burst: 2 } }
    - { name: free, share: 0.3, priority: 0, weight: 3 }
  tenants: { count: 3, zipf: 1 }
  prefix_groups: { groups: 3, tokens: 300 }
scheduler: { scheduling_policy: priority, max_num_seqs: 2, max_num_batched_tokens: 512 }
gateway: { fairness: weighted, concurrency_per_instance: 3, early_rejection: true,
           rate_limit: { requests_per_second: 11, burst: 2 } }
cluster: { routing: { policy: prefix-affinity, staleness: 0.2, prefix_affinity: { load_difference: 2, load_ratio: 1.2 } } }
scaling: { max_instances: 3, min_instances: 2 }
cost: { idle_factor: 0.5, reserved_instances: 1, reserved_terms: on-demand, billing: { minimum: 90 } }
slo: { ttft_s: 3, tpot_s: 0.01, e2e_s: 10 }
`,
  },
  fixed: {
    yaml: `
simulation: { duration: 20 }
workload: { type: weibull, arrival_rate: 6, cv: 3, prompt_length: { max: 6000, mean: 900 },
            sessions: { mean_turns: 3, think_time: 1, max_tokens: 2500 } }
model: { name: qwen3-30b-a3b }
parallelization: { tp: 4, pp: 2, ep: 2, expert_skew: 0.2 }
cluster: { num_replicas: 2, routing: { policy: session } }
scaling: { enabled: false }
scheduler: { type: sarathi, chunk_size: 256 }
`,
  },
  attentionRanks: {
    yaml: `
simulation: { duration: 20 }
workload: { type: poisson, arrival_rate: 4 }
model: { name: qwen3-30b-a3b }
parallelization: { tp: 4, dp_attention: 2 }
scaling: { enabled: false }
`,
  },
  machines: {
    yaml: `
simulation: { duration: 120 }
workload: { type: poisson, arrival_rate: 1.2, num_requests: 90 }
cluster:
  gpu_type: A100
  nodes: [{ gpus: 2, count: 2 }, { gpus: 1, gpu_type: A100, type: generic }]
  weight_cache: { dram: 40GB, ssd: 70GB }
memory: { host_memory: 30GB }
functions:
  - { name: a, share: 3, gateway: { on_no_capacity: buffer }, scaling: { max_instances: 3, keep_alive: { seconds: 2, sleep: { level: 2, ttl: 8 } } } }
  - { name: b, share: 2, gpu_type: A100, model: { name: mistral-7b }, scaling: { max_instances: 2, keep_alive: { seconds: 1 } } }
  - { name: c, share: 1, model: { name: llama-2-7b }, scheduler: { max_num_seqs: 2 }, scaling: { keep_alive: { seconds: 1 } } }
scaling: { keep_alive: { sleep: { level: 2, ttl: 4 } } }
faults:
  failures: { mtbf: 60, repair: 20 }
  spot: { mtbf: 80, notice: 5, replace: 9 }
  starts: { failure_probability: 0.4, initial_wait: 1, max_wait: 3, jitter: 0.2, max_attempts: 6 }
cold_start: { preset: simple, jitter: 0.3, image_size: 1GB }
cost: { gpu_cost_per_hour: { A100: 2 }, provider: modal, cpu_cores: 4, memory: 16GiB, sleep_factor: 0.1, storage: { provider: aws } }
`,
  },
  electric: {
    yaml: `
simulation: { duration: 30 }
workload: { type: poisson, arrival_rate: 1, num_requests: 12 }
cluster: { nodes: [{ gpus: 2 }] }
cold_start: { preset: simple }
scaling: { keep_alive: { seconds: 2 } }
energy: { enabled: true, pue: 1.3, region: europe-west4, electricity_price: 0.1 }
`,
  },
  hourly: {
    yaml: `
simulation: { duration: 30 }
workload: { type: poisson, arrival_rate: 1, num_requests: 12 }
energy: { enabled: true, carbon_by_hour: [${HOURS}], start_hour: 6 }
`,
  },
  placed: {
    yaml: `
simulation: { duration: 90 }
workload: { type: poisson, arrival_rate: 2, num_requests: 120, functions: { zipf: 0.5 } }
functions: [{ name: a }, { name: b, model: { name: mistral-7b } }, { name: c, model: { name: llama-2-7b } }, { name: d, model: { name: yi-6b } }]
cluster:
  nodes: [{ gpus: 4, count: 1 }, { gpus: 3 }]
  placement: { policy: best-fit }
  weight_cache: { dram: 34GB, ssd: 34GB }
parallelization: { tp: 2 }
scaling: { keep_alive: { seconds: 2 }, activation: each, max_instances: 4 }
cold_start: { preset: simple }
`,
  },
  trace: {
    yaml: `
simulation: { duration: 15 }
workload: { type: trace, trace: { path: t.csv, rate_scale: 1.5, jitter: 0.2 } }
gateway: { fairness: weighted, concurrency_per_instance: 2 }
scaling: { max_instances: 2 }
slo: { e2e_s: 8 }
`,
    texts: { traceText: TRACE },
  },
  cycled: {
    yaml: `
simulation: { duration: 15 }
workload: { type: trace, trace: { path: l.csv }, cycle_prompts: true, arrival_rate: 4,
            tenants: { count: 3 }, classes: [{ name: a, share: 0.5, weight: 4 }, { name: b, share: 0.5 }] }
gateway: { fairness: weighted, concurrency_per_instance: 2 }
`,
    texts: { traceText: LENGTHS },
  },
  lengths: {
    yaml: `
simulation: { duration: 15 }
workload: { type: trace, trace: { path: l.csv }, arrival_rate: 4, num_requests: 40 }
`,
    texts: { traceText: LENGTHS },
  },
  drafted: {
    yaml: `
simulation: { duration: 20 }
workload: { type: poisson, arrival_rate: 6 }
speculative: { method: draft-model, num_speculative_tokens: 2, acceptance: [0.7, 0.5],
               draft: { model: llama-3-8b, pass_seconds: 0.0003 } }
`,
  },
  eagle: {
    yaml: `
simulation: { duration: 15 }
workload: { type: poisson, arrival_rate: 5 }
speculative: { method: eagle, mode: sampled, num_speculative_tokens: 2,
               synthetic_acceptance_rates: [0.7, 0.5], draft: { draft_vocab_size: 32000 } }
`,
  },
  ngram: {
    yaml: `
simulation: { duration: 15 }
workload: { type: poisson, arrival_rate: 5 }
execution: { source: linear }
speculative: { method: ngram, num_speculative_tokens: 3, synthetic_acceptance_length: 1.6,
               num_speculative_tokens_per_batch_size: [[1, 2, 3], [3, 9, 1]],
               draft: { found_share: 0.3, base_seconds: 0.0001 } }
`,
  },
  failing: {
    yaml: `
simulation: { duration: 30 }
workload: { type: trace, trace: { path: b.csv, format: burstgpt } }
`,
    texts: { traceText: FAILING },
  },
  texts: {
    yaml: `
simulation: { duration: 30 }
workload: { type: trace, trace: { path: s.json, characters_per_token: 3 }, arrival_rate: 4 }
`,
    texts: { traceText: TEXTS },
  },
  counted: {
    yaml: `
simulation: { duration: 300 }
workload:
  type: trace
  trace: { path: m.csv, spread: even }
  prompt_length: { distribution: constant, mean: 50 }
  decode_length: { distribution: constant, mean: 20 }
`,
    texts: { traceText: MINUTES },
  },
  hashed: {
    yaml: `
simulation: { duration: 30 }
workload: { type: trace, trace: { path: i.jsonl, block_tokens: 16 } }
scheduler: { prefix_caching: true }
`,
    texts: { traceText: TOKEN_IDS },
  },
  loop: {
    yaml: `
simulation: { duration: 30 }
workload: { type: poisson, num_requests: 60, closed_loop: { concurrency: 5, think_time: 0.5 } }
scheduler: { async_scheduling: true }
execution: { source: calibrated, cold_first_requests: { count: 3 } }
`,
  },
  embedded: {
    yaml: `
simulation: { duration: 30, drain: false }
workload: { type: embedded, embedded: { rate_scale: 0.5 } }
execution: { source: profiled, overheads: { step_seconds: 0.001 } }
scheduler: { cuda_graphs: full }
parallelization: { tp: 2 }
cost: { billing: { preset: per-second-ready } }
`,
  },
  joint: {
    yaml: `
simulation: { duration: 30 }
workload: { type: uniform, arrival_rate: 1.5, prompt_length: { distribution: joint }, decode_length: { distribution: joint } }
execution: { source: constant }
cost: { idle_cost: false }
`,
  },
  swap: {
    yaml: `
simulation: { duration: 20 }
workload: { type: poisson, arrival_rate: 12, decode_length: { mean: 300, std: 100 } }
scheduler: { type: vllm-v0, preemption_mode: swap, watermark: 0.05 }
memory: { num_gpu_blocks: 300, swap_space_gb: 0.4 }
scaling: { max_instances: 1, min_instances: 1 }
`,
  },
  pressed: {
    yaml: `
simulation: { duration: 15 }
workload: { type: poisson, arrival_rate: 5, prompt_length: { mean: 1500, std: 900 } }
scheduler: { engine: vllm@0.11, max_num_seqs: 8, max_num_batched_tokens: 256 }
memory: { num_gpu_blocks: 400 }
scaling: { max_instances: 1, min_instances: 1 }
`,
  },
  sglang: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 8, prompt_length: { mean: 1500, std: 900 } }
scheduler: { engine: sglang, max_num_seqs: 40, max_num_batched_tokens: 4096,
             max_prefill_tokens: 3000, schedule_conservativeness: 0.6, clip_max_new_tokens: 300 }
memory: { num_gpu_blocks: 12000 }
scaling: { max_instances: 1, min_instances: 1 }
`,
  },
  trtLlm: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 8, prompt_length: { mean: 1500, std: 900 } }
scheduler: { engine: trt-llm, max_num_seqs: 40, max_num_batched_tokens: 2048,
             capacity_policy: max-utilization, chunked_prefill: true }
memory: { num_gpu_blocks: 500 }
scaling: { max_instances: 1, min_instances: 1 }
`,
  },
  shape: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3, prompt_length: { mean: 1500, std: 900 } }
model: { name: own, num_layers: 24, hidden_size: 2048, num_attention_heads: 16, num_kv_heads: 4,
         vocab_size: 32000, sliding_window: 512, sliding_window_pattern: 6, intermediate_size: 4096,
         num_experts: 8, num_experts_per_token: 2, max_position_embeddings: 4096 }
cold_start: { enabled: false }
`,
  },
  file: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3 }
model: { hf_config: strange.json, assume: llama }
`,
    texts: { files: new Map([["strange.json", STRANGE_MODEL]]) },
  },
  link: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3 }
parallelization: { tp: 2 }
cluster: { gpu_link: { rate: 1e10 } }
`,
  },
  fusedNorms: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3 }
parallelization: { tp: 2, fused_norm_limit: 1e6 }
`,
  },
  linkFile: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3 }
parallelization: { tp: 2 }
cluster: { gpu_link: { nccl_tests: slow.txt } }
`,
    texts: { files: new Map([["slow.txt", LINK], ["fast.txt", QUICK_LINK]]) },
  },
  gpt: {
    yaml: `
simulation: { duration: 10 }
workload: { type: poisson, arrival_rate: 3 }
model: { name: own, num_layers: 12, hidden_size: 768, num_attention_heads: 12, vocab_size: 50257,
         architecture: gpt, max_position_embeddings: 1024 }
execution: { source: simfaasinfer }
parallelization: { tp: 2, pp: 2 }
profiling: { attention_prefill_time_per_token_sq: 0.000001, attention_decode_time_per_token: 0.0001,
             mlp_time_per_token: 0.01, layernorm_time_per_token: 0.001, embedding_time_per_token: 0.001,
             allreduce_time_per_gb: 10, send_recv_time_per_gb: 10 }
`,
  },
  buffer: {
    yaml: `
${BURSTS}
gateway: { on_no_capacity: buffer, limit: 12, timeout: 3, concurrency_per_instance: 4 }
cold_start: { preset: simple }
scaling: { activation: first, max_instances: 3, reserve_starts: true,
           keep_alive: { policy: hybrid-histogram, hybrid_histogram: { bin: 1, range: 40, min_samples: 2 } } }
`,
  },
  histogram: {
    yaml: `
${BURSTS}
cold_start: { preset: simple }
scaling: { max_instances: 1, keep_alive: { policy: hybrid-histogram, hybrid_histogram: { bin: 2, range: 12, min_samples: 2 } } }
`,
  },
  prewarming: {
    yaml: `
simulation: { end: scaled-down, duration: 200 }
workload: { type: uniform, arrival_rate: 0.02, num_requests: 12,
            prompt_length: { distribution: constant, mean: 10 }, decode_length: { distribution: constant, mean: 10 } }
cold_start: { preset: simple }
execution: { source: constant, step_seconds: 0.02 }
scaling: { policy: none, keep_alive: { policy: hybrid-histogram,
           hybrid_histogram: { bin: 5, range: 400, min_samples: 2 } } }
`,
  },
  empirical: {
    yaml: `
simulation: { duration: 15 }
workload: { type: poisson, arrival_rate: 3,
            prompt_length: { distribution: empirical, quantiles: [10, 300, 900], probabilities: [0, 0.7, 1] },
            decode_length: { distribution: zipf, exponent: 1.1, max: 200 } }
`,
  },
  zipf: {
    yaml: `
simulation: { duration: 15 }
workload: { type: poisson, arrival_rate: 3,
            prompt_length: { distribution: zipf, exponent: 1.1, max: 900 },
            decode_length: { distribution: empirical, quantiles: [10, 30, 90], probabilities: [0, 0.7, 1] } }
`,
  },
  sessions: {
    yaml: `
workload: { type: trace, trace: { path: t.csv, on_bad_row: skip, time_scale: 0.1 } }
cluster: { num_replicas: 3, routing: { policy: session } }
scaling: { enabled: false }
functions: [{ name: f }, { name: gold }, { name: free }]
`,
    texts: { traceText: `${TRACE}\nx,y,z,f,gold,t1,s1,1,2,3,gold` },
  },
  faulty: {
    yaml: `
simulation: { duration: 60 }
workload: { type: poisson, arrival_rate: 4 }
scaling: { enabled: false }
cluster: { num_replicas: 3 }
faults: { failures: { mtbf: 30, shape: 0.8 }, spot: { mtbf: 50, notice: 4 } }
`,
  },
  threshold: scaled(
    "{ scale_up_threshold: 0.6, scale_down_threshold: 0.3, cooldown_period: 5, period: 2 }",
  ),
  concurrency: scaled(
    "{ policy: concurrency, max_instances: 4, period: 2, actuation_delay: 1, scrape_delay: 1, concurrency: { target: 4, scale_down_window: 5 }, keep_alive: { policy: none } }",
  ),
  "queue-delay": scaled(
    "{ policy: queue-delay, period: 1, queue_delay: { threshold: 1 } }\ngateway: { concurrency_per_instance: 2 }",
  ),
  "request-count": scaled(
    "{ policy: request-count, period: 1, max_instances: 5, request_count: { requests: 3, buffer: 1 }, keep_alive: { seconds: 4 } }\ngateway: { concurrency_per_instance: 4 }",
  ),
  "target-tracking": scaled(
    "{ policy: target-tracking, period: 1, max_instances: 9, activation: none, target_tracking: { target: 12, out_datapoints: 1, out_periods: 2, in_datapoints: 2, in_periods: 4, in_below: 0.6, out_cooldown: 3, in_cooldown: 2, from_zero_cooldown: 5 } }",
  ),
  "knative-kpa": scaled(
    "{ policy: knative-kpa, keep_alive: { policy: always }, knative_kpa: { target: 6, scale_to_zero_grace: 5, stable_window: 12, scale_down_delay: 4, target_burst_capacity: 1 } }",
  ),
  "knative-deadline": {
    yaml: `
simulation: { duration: 150 }
workload: { type: poisson, arrival_rate: 0.05 }
cold_start: { container_seconds: 30 }
gateway: { on_no_capacity: buffer, timeout: 2 }
scaling: { policy: knative-kpa, max_instances: 2, knative_kpa: { stable_window: 6, progress_deadline: 1 } }
`,
  },
  hpa: scaled(
    "{ policy: hpa, min_instances: 1, hpa: { target: 4, scale_down_stabilization: 10 } }",
  ),
  keda: scaled(
    "{ policy: keda, activation: none, keep_alive: { policy: always }, keda: { target: 3, polling: 4, cooldown: 10 } }",
  ),
  "hpa-behavior": scaled(
    "{ policy: hpa, min_instances: 1, max_instances: 6, period: 2, hpa: { metrics: [{ metric: running, type: pods, target: 2 }], " +
      "behavior: { scale_up: { stabilization_window: 3, policies: [{ type: pods, value: 2, period: 4 }] }, " +
      "scale_down: { stabilization_window: 5, policies: [{ type: percent, value: 30, period: 4 }] } } } }",
  ),
  "keda-triggers": {
    yaml: `
${BURSTS}
cold_start: { preset: simple, initial_instances: 2 }
execution: { source: linear, coefficients: { base_seconds: 0.03 } }
scheduler: { max_num_seqs: 8, max_num_batched_tokens: 1024 }
scaling:
  policy: keda
  activation: none
  max_instances: 6
  period: 2
  keda:
    polling: 1
    cooldown: 3
    initial_cooldown: 4
    triggers: [{ metric: concurrency, target: 2, activation_threshold: 1 }]
    fallback: { failure_threshold: 1, replicas: 3 }
    outages: [{ from: 56, until: 75 }]
    behavior:
      scale_up: { stabilization_window: 3, policies: [{ type: pods, value: 2, period: 2 }] }
      scale_down: { stabilization_window: 5, policies: [{ type: percent, value: 30, period: 4 }] }
`,
  },
  "ray-serve": scaled(
    "{ policy: ray-serve, period: 0.5, ray_serve: { target_ongoing_requests: 3, upscale_delay: 2, downscale_delay: 4, metrics_interval: 2, look_back_period: 5 } }",
  ),
  "dynamo-planner": scaled(
    "{ policy: dynamo-planner, max_instances: 8, dynamo_planner: { mode: load, max_gpu_budget: 3 } }",
  ),
  "dynamo-planner by estimates": planned(
    "{ mode: load, optimization_target: sla, ttft: 0.12, itl: 0.05, pre_deployment_sweeping: none, max_gpu_budget: none }",
  ),
  "dynamo-planner by forecast": planned(
    "{ load_predictor: kalman, throughput_adjustment_interval: 6, ttft: 0.12, itl: 0.025, max_gpu_budget: none }",
  ),
  "llm-d-wva": planned(
    "{ optimization_interval: 15, metrics_window: 20, scale_to_zero: true, retention_period: 12, kv_cache_threshold: 0.3 }",
    "llm-d-wva",
  ),
  "llm-d-wva by tokens": planned(
    "{ analyzer: v2, optimization_interval: 15, metrics_window: 20, kv_cache_threshold: 0.3 }",
    "llm-d-wva",
    "memory: { gpu_memory_utilization: 0.25 }",
  ),
  "llm-d-wva by rates": planned(
    "{ analyzer: queue-model, optimization_interval: 15, metrics_window: 20, target_ttft: 0.12, target_itl: 0.024 }",
    "llm-d-wva",
  ),
  "llm-d-wva by its own targets": planned(
    "{ analyzer: queue-model, optimization_interval: 15, metrics_window: 20, slo_multiplier: 1.05 }",
    "llm-d-wva",
  ),
  "sky-serve": {
    yaml: `${SCALED}
cluster: { zones: [{ spot: "1x60 0x2 1", interval: 1, spot_price: 0.4 }, { spot: "1x4 0 2x20 1x4 0x3 2", interval: 4 }] }
faults: { spot: { notice: 2 } }
scaling:
  policy: sky-serve
  period: 1
  min_instances: 2
  max_instances: 8
  sky_serve:
    target_qps_per_replica: 1
    upscale_delay: 4
    downscale_delay: 6
    qps_window: 6
    decision_interval: 2
    num_overprovision: 1
    dynamic_ondemand_fallback: true
    base_ondemand_fallback_replicas: 1
`,
  },
  "sky-serve from zero": scaled(
    "{ policy: sky-serve, period: 1, sky_serve: { target_qps_per_replica: 1, upscale_delay: 4, downscale_delay: 6, qps_window: 6, decision_interval: 2, no_replica_decision_interval: 3 } }",
  ),
  affinity: {
    yaml: `
simulation: { duration: 12 }
workload: { type: poisson, arrival_rate: 14, prefix_groups: { groups: 6, tokens: 500 }, prompt_length: { mean: 200, std: 90 } }
scaling: { enabled: false }
cluster: { num_replicas: 3, routing: { policy: prefix-affinity, prefix_affinity: { load_difference: 3, load_ratio: 1.3 } } }
`,
  },
  filled: {
    yaml: `
simulation: { duration: 12 }
workload: { type: poisson, arrival_rate: 14 }
scaling: { enabled: false }
cluster: { num_replicas: 3, routing: { policy: fill-first, fill_first: { full_at: 3 } } }
`,
  },
  slo: {
    yaml: `
simulation: { duration: 200, random_seed: 3 }
workload: { type: synthetic, num_requests: 260, burst: { base_rate: 1, burst_rate: 5, period: 60, length: 9 } }
execution: { source: linear, coefficients: { base_seconds: 0.03 } }
scheduler: { max_num_seqs: 8, max_num_batched_tokens: 1024 }
slo: { ttft_s: 4, tpot_s: 0.2 }
cold_start: { preset: simple }
scaling: { policy: slo, period: 2, max_instances: 5, keep_alive: { policy: always },
           slo: { down_readings: 2, scale_to_zero_after: 1 } }
`,
  },
  predictive: scaled(
    "{ policy: predictive, period: 2, concurrency: { target: 3 }, predictive: { season: 50 } }",
  ),
  schedule: scaled(
    "{ policy: schedule, schedule: { entries: [{ from: 0, instances: 1 }, { from: 12, instances: 3 }], repeat: 50, lead: 2 } }",
  ),
  draining: {
    yaml: `
simulation: { duration: 40 }
workload: { type: poisson, arrival_rate: 3, decode_length: { distribution: constant, mean: 150 } }
execution: { source: linear, coefficients: { base_seconds: 0.03 } }
cold_start: { preset: simple, initial_instances: 3 }
scaling: { policy: schedule, drain_limit: 0.5,
           schedule: { entries: [{ from: 0, instances: 3 }, { from: 8, instances: 1 }], repeat: 20 } }
`,
  },
  oracle: scaled("{ policy: oracle, concurrency: { target: 4 } }"),
  pool: scaled(
    "{ activation: each, max_instances: 6, keep_alive: { seconds: 3 }, prewarmed_pool: { of: engine, policy: littles-law, size: 0, window: 20, period: 3 } }",
  ),
  newsvendor: scaled(
    "{ activation: each, max_instances: 6, keep_alive: { seconds: 3 }, prewarmed_pool: { of: container, policy: newsvendor, size: 0, window: 20 } }",
  ),
};
