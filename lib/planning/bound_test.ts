import { deepEqual, equal, ok } from "#assert";
import { loadConfig } from "../config/load.ts";
import { simulate } from "../run/simulate.ts";
import { makeCandidates } from "./candidates.ts";
import { readObjectives } from "./objectives.ts";

const LENGTHS = `
  prompt_length: { distribution: exponential, mean: 700, min: 1, max: 6000 }
  decode_length: { distribution: exponential, mean: 120, min: 1, max: 1500 }
`;

/** Deployments of many kinds: GPUs, batch sizes, budgets, strategies, windows, experts, lengths. */
const KINDS: readonly string[] = [
  "model: { name: Llama-3.1-8B, dtype: bf16 }",
  "model: { name: Llama-3.1-8B, dtype: fp8 }\nscheduler: { max_num_batched_tokens: 512 }",
  "model: { name: Llama-3.1-70B, dtype: bf16 }\nparallelization: { tensor_parallel_size: 4 }\n" +
  "scheduler: { max_num_seqs: 32 }",
  "cluster: { gpu_type: L40S }\nmodel: { name: Llama-3.1-8B, dtype: bf16 }",
  "scheduler: { type: sarathi, max_num_batched_tokens: 1024 }",
  "scheduler: { type: vllm-v0 }",
  "scheduler: { type: fastertransformer, max_num_seqs: 16 }",
  "scheduler: { type: orca }",
  "model: { name: Mixtral-8x7B, dtype: bf16 }\nparallelization: { tensor_parallel_size: 4 }",
  "workload: { prompt_length: { distribution: constant, mean: 20 },\n" +
  "  decode_length: { distribution: constant, mean: 600 } }",
  "workload: { prompt_length: { distribution: constant, mean: 5000 },\n" +
  "  decode_length: { distribution: constant, mean: 1 } }",
];

Deno.test("no instance does its work in less time than the bound, and the bound is not idle", async () => {
  const found: string[] = [];
  for (const kind of KINDS) {
    const texts = [
      `scaling: { enabled: false }\nworkload:\n  type: poisson\n  all_at_once: true\n` +
      `  num_requests: 250\n${LENGTHS}`,
      kind,
    ];
    const [{ facts, config }] = await makeCandidates([{}], {
      texts,
      options: {},
      objectives: readObjectives("ttft_p99<1000s"),
      inputs: {},
    });
    const { summary, requests } = await simulate(config!);
    equal(summary.requests.completed, 250, kind);
    const end = Math.max(...requests.completedAtSeconds);
    const ratio = 250 * facts!.secondsPerRequest / end;
    found.push(`${ratio.toFixed(2)} ${kind}`);
    ok(ratio <= 1, `the bound is ${ratio} of the simulated time: ${kind}`);
    ok(ratio > 0.1, `the bound says nothing, ${ratio}: ${kind}`);
  }
  // A full batch from beginning to end is what the bound is near to.
  ok(found.some((line) => Number(line.slice(0, 4)) > 0.7), found.join("\n"));
});

Deno.test("fewer instances than the bound asks for do miss", async () => {
  const texts = [
    `scaling: { enabled: false }\nmodel: { name: Llama-3.1-8B, dtype: bf16 }\n` +
    `cluster: { gpu_type: A100 }\n` +
    `workload:\n  type: poisson\n  arrival_rate: 60\n  num_requests: 3000\n${LENGTHS}`,
  ];
  const objectives = readObjectives("ttft_p95<1s");
  const [{ facts }] = await makeCandidates([{}], { texts, options: {}, objectives, inputs: {} });
  const { fewestInstances } = facts!;
  ok(fewestInstances >= 2, `${fewestInstances} instances`);
  const config = loadConfig(texts, { set: { "cluster.num_replicas": fewestInstances - 1 } });
  const { summary } = await simulate(config);
  ok(summary.ttft_s.p95! > 1, `ttft_p95 is ${summary.ttft_s.p95} s`);
});

Deno.test("what no number of instances can keep is known without a run", async () => {
  const texts = ["scaling: { enabled: false }\nworkload: { type: poisson, num_requests: 50 }"];
  const reasonOf = async (slo: string) => {
    const objectives = readObjectives(slo);
    const [{ facts }] = await makeCandidates([{}], { texts, options: {}, objectives, inputs: {} });
    return facts!.impossible;
  };
  ok(/a decode alone takes/.test((await reasonOf("tpot_p50<0.1ms"))!));
  ok(/the prefill of a prompt of/.test((await reasonOf("ttft_p99<0.1ms"))!));
  equal(await reasonOf("tpot_p99<1s,ttft_p99<10s"), undefined);
});

Deno.test("a deployment that speculates is not bounded: its steps give more than one token", async () => {
  const texts = [
    "scaling: { enabled: false }\nworkload: { type: poisson, num_requests: 50 }\n" +
    "speculative: { method: ngram, num_speculative_tokens: 3, synthetic_acceptance_length: 2 }",
  ];
  const objectives = readObjectives("tpot_p50<0.1ms");
  const [{ facts }] = await makeCandidates([{}], { texts, options: {}, objectives, inputs: {} });
  const { impossible, secondsPerRequest, fewestInstances } = facts!;
  deepEqual([impossible, secondsPerRequest, fewestInstances], [undefined, 0, 0]);
});
