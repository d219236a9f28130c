import { ok } from "#assert";
import { loadConfig } from "../../lib/config/load.ts";
import { simulate } from "../../lib/run/simulate.ts";
import type { Summary } from "../../lib/metrics/run_tables.ts";
import type { BatchingName } from "../../lib/scheduling/batching/strategies.ts";

async function run(type: BatchingName, rate: number, yaml: string): Promise<Summary> {
  const fixed = `
scaling: { enabled: false }
scheduler: { type: ${type} }
workload: { type: poisson, arrival_rate: ${rate} }
`;
  return (await simulate(loadConfig([yaml, fixed]))).summary;
}

/** Prompts much longer than outputs, as in summaries and retrieval. */
const PREFILL_HEAVY = `
model: { name: llama-3.1-8b }
cluster: { gpu_type: A100, gpu_memory_gb: 80 }
simulation: { duration: 300, warmup_duration: 30 }
workload:
  prompt_length: { distribution: lognormal, mean: 3000, std: 2000, min: 64, max: 8192 }
  decode_length: { distribution: lognormal, mean: 200, std: 150, min: 2, max: 1000 }
`;

Deno.test("sarathi's p99 time between tokens is below vllm-v0's at the same rate of long prompts", async () => {
  // Agrawal et al., OSDI 2024: prefills of others stall decodes for seconds without chunks.
  for (const rate of [1, 2, 2.5]) {
    const [chunked, whole] = [
      await run("sarathi", rate, PREFILL_HEAVY),
      await run("vllm-v0", rate, PREFILL_HEAVY),
    ];
    ok(chunked.tbt_s.p99! < 0.5 * whole.tbt_s.p99!, `${chunked.tbt_s.p99}, ${whole.tbt_s.p99}`);
    ok(chunked.tbt_s.max! < 0.1 * whole.tbt_s.max!);
    // The price is a longer wait for the first token.
    ok(chunked.ttft_s.p50! > whole.ttft_s.p50!);
  }
});

/** Short prompts and longer answers, with little memory for their KV entries. */
const CHAT = `
model: { name: llama-2-13b }
cluster: { gpu_type: A100, gpu_memory_gb: 40 }
simulation: { duration: 400, warmup_duration: 60 }
slo: { e2e_s: 40 }
workload:
  prompt_length: { distribution: lognormal, mean: 160, std: 150, min: 16, max: 1024 }
  decode_length: { distribution: lognormal, mean: 340, std: 250, min: 16, max: 1024 }
`;

/** Highest rate with 90 % attainment, requests per second, within 3 %. */
async function capacity(type: BatchingName): Promise<number> {
  let [low, high] = [0.05, 16];
  while (high / low > 1.03) {
    const rate = Math.sqrt(low * high);
    const { slo_attainment } = await run(type, rate, CHAT);
    if (slo_attainment! >= 0.9) low = rate;
    else high = rate;
  }
  return low;
}

Deno.test("at the same limit vllm sustains a higher rate than orca, and orca than fastertransformer", async () => {
  const [vllm, orca, batches] = [
    await capacity("vllm"),
    await capacity("orca"),
    await capacity("fastertransformer"),
  ];
  // Kwon et al., SOSP 2023, figure 12: 1.7 to 2.7 times the rate of Orca that knows the lengths.
  ok(vllm / orca > 1.7, `${vllm}, ${orca}`);
  // Yu et al., OSDI 2022: up to 36.9 times the throughput at equal latency, for GPT-3 175B.
  ok(orca / batches > 2, `${orca}, ${batches}`);
});

Deno.test("what orca reserves and does not use is most of its memory, and vllm's waste is a block's", async () => {
  // Kwon et al., SOSP 2023, figure 2: 20.4 to 38.2 % of Orca's memory holds tokens, 96.3 % of vLLM's.
  const [orca, vllm] = [await run("orca", 2, CHAT), await run("vllm", 2, CHAT)];
  ok(orca.kv.fragmentation! > 0.5, `${orca.kv.fragmentation}`);
  ok(vllm.kv.fragmentation! < 0.05, `${vllm.kv.fragmentation}`);
});
