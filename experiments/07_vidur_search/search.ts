import { loadConfig, simulate } from "simfaasinfer";

/** Limits of the paper's search: section 7.3; a load that a deployment carries keeps the delay below 5 s. */
export const TTFT_P90_S = 2;
export const DELAY_P99_S = 5;

/** A load lasts so long, seconds, and has so many requests at least. */
const LASTS_S = 150;
const LEAST_REQUESTS = 300;
/** Halvings of a factor of 2: rates are told apart to 2^(1/16), 4.4 %. */
const HALVINGS = 4;
/** Least and greatest rate of an instance that is looked at, requests per second. */
const LEAST_RPS = 1 / 16;
const MOST_RPS = 64;

/** GPUs of an instance: two of them hold the weights, and next to no KV cache. */
export const TENSOR = 4;

/** What a deployment of the search is. */
export interface Deployment {
  readonly model: string;
  readonly trace: string;
  readonly gpu: string;
  readonly batching: string;
  readonly batch: number;
}

/** LLaMA2-70B has 8 key-value heads, Qwen-72B one for each of its 64 query heads. */
const MODELS: Readonly<Record<string, string>> = {
  "llama2-70b": "{ name: llama-2-70b, dtype: fp16 }",
  "qwen-72b": "{ name: qwen-72b, dtype: fp16, num_layers: 80, hidden_size: 8192, " +
    "intermediate_size: 24576, num_attention_heads: 64, num_kv_heads: 64, vocab_size: 152064, " +
    "attention_bias: true, max_position_embeddings: 4096 }",
};

/**
 * Lengths that have the medians and 90th percentiles of Vidur-Bench's Table 1 and end where its traces do
 * (prompt and output of 4096 tokens at most), with tails that give its means.
 */
const TRACES: Readonly<Record<string, readonly [prompt: string, output: string]>> = {
  "chat-1m": [lengths([8, 417, 1678, 3600]), lengths([2, 139, 484, 1000])],
  "arxiv-4k": [lengths([900, 2730, 3702, 3980]), lengths([20, 167, 372, 2400])],
  "bwb-4k": [lengths([600, 1037, 1453, 1900]), lengths([1000, 1601, 2149, 2190])],
};

function lengths(quantiles: readonly number[]): string {
  return `{ distribution: empirical, quantiles: [${quantiles}], probabilities: [0, 0.5, 0.9, 1] }`;
}

/** Batching strategies with their token budgets. */
const BATCHING: Readonly<Record<string, string>> = {
  vllm: "type: vllm-v0, max_num_batched_tokens: 4096",
  orca: "type: orca, max_num_batched_tokens: 4096",
  "sarathi-512": "type: sarathi, chunk_size: 512",
  "sarathi-1024": "type: sarathi, chunk_size: 1024",
  "sarathi-2048": "type: sarathi, chunk_size: 2048",
};

/**
 * Highest rate of an instance that keeps the limits, requests per second: the last one that does, going
 * up by factors of 2 and then halving. 0: none does.
 */
export async function capacity(
  deployment: Deployment,
  tbtP99Seconds: number,
  seed: number,
): Promise<number> {
  const holds = async (rate: number) => await keeps(deployment, rate, tbtP99Seconds, seed);
  if (!await holds(LEAST_RPS)) return 0;
  let low = LEAST_RPS;
  while (low * 2 <= MOST_RPS && await holds(low * 2)) low *= 2;
  let step = Math.SQRT2;
  for (let i = 0; i < HALVINGS; i++) {
    if (await holds(low * step)) low *= step;
    step = Math.sqrt(step);
  }
  return low;
}

async function keeps(
  { model, trace, gpu, batching, batch }: Deployment,
  rate: number,
  tbtP99Seconds: number,
  seed: number,
): Promise<boolean> {
  const [prompt, output] = TRACES[trace];
  const { summary } = await simulate(loadConfig(`
simulation: { random_seed: ${seed} }
model: ${MODELS[model]}
cluster: { gpu_type: ${gpu} }
parallelization: { tensor_parallel_size: ${TENSOR} }
scaling: { enabled: false }
scheduler: { ${BATCHING[batching]}, max_num_seqs: ${batch}, prefix_caching: false }
metrics: { percentiles: [50, 90, 99] }
workload: { type: poisson, arrival_rate: ${rate}, num_requests: ${
    Math.max(LEAST_REQUESTS, Math.round(LASTS_S * rate))
  },
            prompt_length: ${prompt}, decode_length: ${output} }
`));
  return summary.ttft_s.p90! < TTFT_P90_S && summary.tbt_s.p99! < tbtP99Seconds &&
    summary.scheduling_delay_s.p99! < DELAY_P99_S &&
    summary.requests.completed === summary.requests.arrived;
}
