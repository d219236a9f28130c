import { loadConfig, simulate } from "simfaasinfer";
import { type RandomStream, randomStreams } from "simfaasinfer/distributions";

/** Limit on a pool's first token: the 99th percentile of the wait and the mean prefill, as FleetSim has it. */
export const SLO_S = 0.5;
/** Share of what its GPUs carry that a pool may be used to. */
const MOST_LOAD = 0.85;
/** Requests of a simulated load. */
const REQUESTS = 4000;
/** Share of a request's tokens that is its prompt. */
const PROMPT_SHARE = 0.8;
const BLOCK_TOKENS = 16;

/**
 * FleetSim's profiles: seconds of a step and of a sequence of 8192 tokens in it, prompt tokens of a sequence
 * in a step, KV blocks, sequences of 8192 tokens at most, dollars per hour.
 */
export const GPUS = {
  a10g: { step: 0.012, sequence: 0.0009, chunk: 256, blocks: 32768, slots: 64, usd: 1.01 },
  a100: { step: 0.008, sequence: 0.00065, chunk: 512, blocks: 65536, slots: 128, usd: 2.21 },
  h100: { step: 0.004, sequence: 0.00032, chunk: 1024, blocks: 65536, slots: 256, usd: 4.02 },
} as const;

/** Tokens of a request, prompt and output together, and the share of requests with at most as many. */
export const LENGTHS = {
  lmsys: [
    ...[[64, 0.1314], [128, 0.2359], [256, 0.3825], [512, 0.6383], [768, 0.758], [1024, 0.8307]],
    ...[[1536, 0.9089], [2048, 0.9483], [3072, 0.9729], [4096, 0.9837], [6144, 0.9929]],
    ...[[8192, 0.9965], [12288, 0.9986], [16384, 0.9993], [32768, 0.9998], [65536, 1]],
  ],
  azure: [
    ...[[64, 0.0084], [128, 0.0282], [256, 0.0676], [512, 0.2886], [768, 0.3643], [1024, 0.4045]],
    ...[[1536, 0.6569], [2048, 0.7798], [3072, 0.8687], [4096, 0.8982], [6144, 0.9758], [8192, 1]],
  ],
} as const;

/** GPUs that serve the requests of some lengths. */
export interface Pool {
  readonly gpu: keyof typeof GPUS;
  readonly workload: keyof typeof LENGTHS;
  /** Requests longer than `above` tokens, up to `most`. */
  readonly above: number;
  readonly most: number;
  /** Of all requests, per second. */
  readonly rate: number;
  /** Whether each place is kept for the pool's longest request, as FleetSim's slots are; or KV is paged. */
  readonly isReserved: boolean;
}

/** A pool as large as its requests want it. */
export interface SizedPool {
  readonly gpus: number;
  /** 99th percentile of the wait and the mean prefill, seconds. */
  readonly plannedTtftSeconds: number;
  /** 99th percentile of the time to the first token, seconds. */
  readonly ttftP99Seconds: number;
}

/**
 * The fewest GPUs of a pool: as many as carry its requests at 85 % of what they serve when they are full,
 * and more while the planned time to the first token is above its limit. Both are simulated.
 */
export async function sizePool(pool: Pool, seed: number): Promise<SizedPool> {
  const rate = pool.rate * (shareAt(pool, pool.most) - shareAt(pool, pool.above));
  if (rate === 0) return { gpus: 0, plannedTtftSeconds: 0, ttftP99Seconds: 0 };
  const full = await run(pool, 1, Infinity, seed);
  // When the first have begun to leave, and while there are enough to fill all places.
  const ends = full.requests.completedAtSeconds.toSorted();
  const [from, to] = [Math.floor(0.1 * REQUESTS), Math.floor(0.8 * REQUESTS)];
  const carried = (to - from) / (ends[to] - ends[from]);
  const least = Math.max(1, Math.ceil(rate / (MOST_LOAD * carried)));
  for (let gpus = least;; gpus++) {
    const { summary } = await run(pool, gpus, rate, seed);
    const { scheduling_delay_s: delay, ttft_s: ttft } = summary;
    const planned = delay.p99! + ttft.mean! - delay.mean!;
    if (planned <= SLO_S || gpus >= 2 * least + 4) {
      return { gpus, plannedTtftSeconds: planned, ttftP99Seconds: ttft.p99! };
    }
  }
}

function shareAt({ workload }: Pool, tokens: number): number {
  if (tokens === 0) return 0;
  return LENGTHS[workload].find(([most]) => most >= tokens)?.[1] ?? 1;
}

async function run(pool: Pool, gpus: number, rate: number, seed: number) {
  const { step, sequence, chunk, blocks, slots } = GPUS[pool.gpu];
  const places = pool.isReserved
    ? Math.min(
      Math.floor(slots * 8192 / pool.most),
      Math.floor(blocks / Math.ceil(pool.most / BLOCK_TOKENS)),
    )
    : 4096;
  const config = loadConfig(`
simulation: { random_seed: ${seed} }
# What is kept of a token is of no matter: blocks are counted.
model: { name: profile, num_layers: 2, hidden_size: 256, num_attention_heads: 2, vocab_size: 1000,
         max_position_embeddings: 131072 }
memory: { num_gpu_blocks: ${blocks}, block_size: ${BLOCK_TOKENS} }
cluster: { gpu_type: h100, num_replicas: ${gpus}, routing: { policy: least-loaded } }
scaling: { enabled: false }
# A step takes its time whatever prompts are in it; what is attended to counts.
execution: { source: linear, coefficients: { base_seconds: ${step}, per_prefill_token_seconds: 0,
             per_decode_sequence_seconds: 0, per_context_token_seconds: ${sequence / 8192} } }
scheduler: { type: vllm, max_num_seqs: ${places}, max_num_batched_tokens: 1048576,
             long_prefill_token_threshold: ${chunk}, prefix_caching: false, async_scheduling: false }
workload: { type: trace, trace: { path: requests.csv } }
`);
  return await simulate(config, { traceText: requestsOf(pool, rate, seed) });
}

/** Requests of a pool: Poisson arrivals, lengths uniform within each interval of the table. */
function requestsOf(pool: Pool, rate: number, seed: number): string {
  const streams = randomStreams(seed);
  const [gaps, lengths] = ["gaps", "lengths"].map((name) => streams.take(name));
  const lines = ["arrived_at,num_prefill_tokens,num_decode_tokens"];
  let at = 0;
  for (let i = 0; i < REQUESTS; i++) {
    if (rate < Infinity) at -= Math.log(1 - gaps.next()) / rate;
    const tokens = drawTokens(pool, lengths);
    const prompt = Math.max(1, Math.floor(PROMPT_SHARE * tokens));
    lines.push(`${at},${prompt},${Math.max(1, tokens - prompt)}`);
  }
  return lines.join("\n");
}

function drawTokens(pool: Pool, stream: RandomStream): number {
  const [low, high] = [shareAt(pool, pool.above), shareAt(pool, pool.most)];
  const share = low + (high - low) * stream.next();
  const table = LENGTHS[pool.workload];
  const index = table.findIndex(([, most]) => share <= most);
  const [least, below] = index === 0 ? [1, 0] : table[index - 1];
  const [most, above] = table[index];
  return Math.max(2, Math.round(least + (most - least) * (share - below) / (above - below)));
}
