import { loadConfig, simulate } from "simfaasinfer";
import { latencyCdf } from "../../lib/plot/latency_cdf.ts";
import { thinCdf } from "../../lib/plot/thin_cdf.ts";

/** A configuration and the texts of the files that it names. */
interface Case {
  readonly name: string;
  readonly yaml: string;
  readonly traceText?: string;
  readonly files?: ReadonlyMap<string, string>;
}

/** What a run of the cases gives, in Deno and in a browser. */
export interface Answer {
  /** Digest of each case's run, by its name. */
  readonly digests: Record<string, string>;
  /** Summary of each case's run, by its name. */
  readonly summaries: Record<string, unknown>;
  /** The specification of a figure of the last run. */
  readonly figure: unknown;
}

/** A trace in CSV with quoted fields, CRLF and an exponent. */
const TRACE = [
  "arrival_s,prompt_tokens,output_tokens,class",
  ...Array.from(
    { length: 200 },
    (_, i) => `${(i * i) / 4e2},${100 + 7 * i % 900},${2 + i % 61},"b"`,
  ),
  "1.1e2,64,16,a",
].join("\r\n");

const MODEL_FILE = JSON.stringify({
  architectures: ["LlamaForCausalLM"],
  hidden_size: 2048,
  intermediate_size: 8192,
  num_hidden_layers: 16,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 8192,
  torch_dtype: "bfloat16",
});

/**
 * Five configurations that between them enter every room of the core. The jitter of 0.8 is one for
 * which Math.log1p differs between Deno's V8 15.0 and Chromium 156: with it digests would.
 */
export const CASES: readonly Case[] = [
  { name: "the default hour", yaml: "simulation: { duration: 600s }" },
  {
    name: "a fleet that scales, fails and bills",
    yaml: `
      simulation: { duration: 900s, warmup_duration: 60s, random_seed: 3 }
      workload:
        type: gamma
        arrival_rate: 6
        cv: 3
        prompt_length: { distribution: lognormal, mean: 700, std: 500 }
        decode_length: { distribution: weibull, mean: 120, std: 90 }
        functions: { count: 3, zipf: 1 }
      functions: [{ count: 3 }]
      cluster:
        gpu_type: A100
        nodes: [{ count: 6, gpus: 1 }]
        routing: { policy: power-of-two }
        placement: { policy: startup-time }
      cold_start: { preset: vllm-v1, jitter: 0.8 }
      scaling: { policy: knative-kpa, min_instances: 0, max_instances: 4, keep_alive: { seconds: 45 } }
      faults:
        in_flight: restart
        failures: { mtbf: 400s, repair: 60s, shape: 0.8 }
        starts: { failure_probability: 0.1, jitter: 0.5 }
      cost: { storage: { provider: aws } }`,
  },
  {
    name: "a trace and a model of texts",
    yaml: `
      workload: { type: trace, trace: { path: mine.csv, jitter: 1, rate_scale: 2 } }
      model: { name: mine, hf_config: mine.json }
      execution: { source: linear }
      scheduler: { type: sarathi, chunk_size: 256 }
      slo: { ttft_s: 0.5 }`,
    traceText: TRACE,
    files: new Map([["mine.json", MODEL_FILE]]),
  },
  {
    name: "step times from measured operators",
    yaml: `
      simulation: { duration: 120s }
      workload:
        { type: poisson, arrival_rate: 12, decode_length: { distribution: pareto, mean: 150, std: 100 } }
      execution: { source: calibrated, profile: h100-sxm }
      cluster: { num_replicas: 2, routing: { policy: random } }
      scaling: { enabled: false }
      scheduler: { async_scheduling: true }`,
  },
  {
    name: "sessions, prefixes, experts and classes",
    yaml: `
      simulation: { duration: 300s }
      workload:
        type: synthetic
        burst: { base_rate: 1, burst_rate: 8, period: 100s, length: 20s }
        decode_length: { distribution: exponential, mean: 150, max: 400 }
        sessions: { mean_turns: 4, think_time: 5s }
        prefix_groups: { groups: 8, tokens: 256 }
        tenants: { count: 5, zipf: 1 }
        classes:
          - { name: fast, share: 0.5, priority: 0, slo: { ttft_s: 1 } }
          - { name: slow, share: 0.5, priority: 1 }
      model: { name: qwen3-30b-a3b }
      parallelization: { tensor_parallel_size: 2, expert_parallel_size: 2, expert_skew: 0.2 }
      scheduler: { type: vllm-v0, scheduling_policy: priority, preemption_mode: swap }
      memory: { num_gpu_blocks: 900 }
      cluster: { num_replicas: 2, routing: { policy: prefix-affinity } }
      scaling: { enabled: false }`,
  },
];

/** Runs all cases in turn. */
export async function runCases(): Promise<Answer> {
  const digests: Record<string, string> = {};
  const summaries: Record<string, unknown> = {};
  let figure: unknown;
  for (const { name, yaml, ...texts } of CASES) {
    const run = await simulate(loadConfig(yaml), texts);
    digests[name] = run.summary.digest;
    summaries[name] = run.summary;
    const { arrivalAtSeconds, completedAtSeconds } = run.requests;
    const latencies = completedAtSeconds.map((at, i) => at - arrivalAtSeconds[i])
      .filter(Number.isFinite).sort();
    const points = thinCdf(latencies);
    figure = latencyCdf(
      points.map(({ value, share }) => ({ series: "E2E", seconds: value, share })),
    );
  }
  return { digests, summaries, figure };
}
