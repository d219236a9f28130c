import { deepEqual, equal, ok, rejects } from "#assert";
import { replicate } from "../experiment/replicate.ts";
import { buildCluster } from "../run/cluster.ts";
import type { ConfiguredTexts } from "../run/cluster.ts";
import { loadConfig } from "./load.ts";

const SHORT = "simulation: { duration: 20 }";

/** Notices of a run of a configuration, prices from the catalogue apart. */
async function notices(
  yaml: string | readonly string[],
  texts: ConfiguredTexts = {},
  set: readonly string[] = [],
): Promise<string[]> {
  const built = await buildCluster(loadConfig([SHORT, yaml].flat(), { set }), texts);
  return built.notices.filter((notice) => !notice.startsWith("price of"));
}

/** Cases of the table: a configuration and what is said of it. */
const CASES: readonly (readonly [yaml: string, ...said: string[]])[] = [
  ["{}"],
  [
    "workload: { arrival_rate: 50 }",
    "workload.arrival_rate has no effect: workload.type is embedded, not poisson, uniform, gamma, weibull or trace",
  ],
  // The default of a setting is asked for like any other value.
  [
    "workload: { rate: 10 }",
    "workload.arrival_rate has no effect: workload.type is embedded, not poisson, uniform, gamma, weibull or trace",
  ],
  ["workload: { type: poisson, arrival_rate: 5 }"],
  [
    "cluster: { num_replicas: 4 }",
    "cluster.num_replicas has no effect: scaling.enabled is true",
  ],
  [
    "{ cluster: { num_replicas: 2 }, scaling: { enabled: false, max_instances: 3, keep_alive: { seconds: 5 } } }",
    "scaling.max_instances and keep_alive.seconds have no effect: scaling.enabled is false",
  ],
  [
    "scheduler: { chunk_size: 256 }",
    "scheduler.chunk_size has no effect: scheduler.type is vllm, not sarathi",
  ],
  ["scheduler: { type: sarathi, chunk_size: 256 }"],
  [
    "model: { num_experts: 8, head_dim: 64 }",
    "model.head_dim and num_experts have no effect: without model.num_layers the shape is the catalogue's",
  ],
  [
    "scaling: { keep_alive: { policy: always, seconds: 5, hybrid_histogram: { bin: 30 } } }",
    "scaling.keep_alive.seconds and keep_alive.hybrid_histogram.bin have no effect: " +
    "the keep-alive policy is always",
  ],
  [
    "faults: { in_flight: fail, spot: { notice: 10 }, failures: { repair: 5 } }",
    "faults.in_flight has no effect: faults.failures.mtbf is not set and faults.spot.mtbf is not set " +
    "and cluster.zones is not set",
    "faults.failures.repair has no effect: faults.failures.mtbf is not set",
    "faults.spot.notice has no effect: faults.spot.mtbf is not set and cluster.zones is not set",
  ],
  [
    "workload: { sessions: { think_time: 3 }, prefix_groups: { tokens: 99 }, trace: { time_scale: 2 } }",
    "workload.trace.time_scale has no effect: workload.type is embedded, not trace",
    "workload.prefix_groups.tokens has no effect: workload.prefix_groups.groups is 0",
    "workload.sessions.think_time has no effect: workload.sessions.mean_turns is not set",
  ],
  [
    "execution: { profile: h100-sxm, step_seconds: 0.1 }",
    "execution.profile has no effect: execution.source is analytical, not profiled, calibrated or auto",
    "execution.step_seconds has no effect: execution.source is analytical, not constant",
  ],
  [
    "scaling: { policy: hpa, scale_up_threshold: 0.7, keda: { target: 3 } }",
    "scaling.scale_up_threshold and keda.target have no effect: the scaling policy is hpa",
  ],
  [
    "{ workload: { type: poisson, classes: [{ share: 0.5, weight: 2 }, { name: b, share: 0.5, rate_limit: { burst: 3 } }] } }",
    "workload.classes[0].weight has no effect: gateway.fairness is fcfs, not weighted",
    "workload.classes[1].rate_limit.burst has no effect: its requests_per_second is not set",
  ],
  [
    "{ scheduler: { chunk_size: 99 }, cluster: { gpu_type: A100 }, cost: { storage: { dram: 1 } }, functions: [" +
    "{ name: a, scheduler: { chunk_size: 64 }, gpu_type: H100, gateway: { rate_limit: { burst: 2 } } }, " +
    "{ name: b, scheduler: { type: sarathi, chunk_size: 64 }, gpu_type: H100, scaling: { hpa: { target: 3 } } }] }",
    "cluster.gpu_type has no effect: each of the functions has its own",
    "scheduler.chunk_size has no effect: each of the functions has its own",
    "cost.storage.dram has no effect: cluster.nodes is not set",
    "functions[0].scheduler.chunk_size has no effect: scheduler.type is vllm, not sarathi",
    "functions[0].gateway.rate_limit.burst has no effect: it holds for all functions together, so it stands in the section gateway",
    "functions[1].scaling.hpa.target has no effect: the scaling policy is concurrency",
  ],
  [
    "{ platform: runpod-like, scaling: { max_instances: 7 } }",
    "platform runpod-like: scaling.max_instances is as the configuration says, not as the platform has it",
  ],
  ["logging: { log_file: run.log }", "logging.log_file has no effect: no log is written"],
];

for (const [yaml, ...said] of CASES) {
  Deno.test(`buildCluster() says of ${yaml}: ${said.length === 0 ? "nothing" : said[0]}`, async () => {
    deepEqual(await notices(yaml), said);
  });
}

Deno.test("a setting is said to have no effect wherever it is given", async () => {
  const said = "cluster.num_replicas has no effect: scaling.enabled is true";
  deepEqual(await notices("{}", {}, ["cluster.num_replicas=3"]), [said]);
  // A copy, as another thread has it, is judged by what is not the default.
  const copied = structuredClone(loadConfig([SHORT, "cluster: { num_replicas: 3 }"]));
  ok((await buildCluster(copied)).notices.includes(said));
});

Deno.test("what is to be said of many functions is said once", async () => {
  const functions = Array.from({ length: 40 }, (_, i) => ({
    name: `f${i}`,
    scheduler: { chunk_size: 64 },
  }));
  deepEqual(await notices(JSON.stringify({ functions })), [
    "functions[0].scheduler.chunk_size has no effect: scheduler.type is vllm, not sarathi " +
    "(so it is in 39 more of the functions)",
  ]);
});

Deno.test("what a later text takes back was not asked for", async () => {
  const shape =
    "model: { name: own, num_layers: 2, hidden_size: 64, num_attention_heads: 4, vocab_size: 99 }";
  deepEqual(await notices([shape, "model: { name: llama-3.1-8b }"]), []);
});

Deno.test("a whole configuration, as a manifest has it, asks for what is not the default", async () => {
  const whole = JSON.stringify(loadConfig("workload: { type: poisson, arrival_rate: 5 }"));
  deepEqual(await notices([whole, "simulation: { duration: 20 }"]), []);
  deepEqual(await notices([whole, "scheduler: { chunk_size: 512 }"]), [
    "scheduler.chunk_size has no effect: scheduler.type is vllm, not sarathi",
  ]);
});

Deno.test("replicate() has the notices of a single run, in Workers too", async () => {
  const config = loadConfig([
    "simulation: { duration: 20, replications: 2 }",
    "workload: { arrival_rate: 10 }",
  ]);
  for (const workers of [1, 2]) {
    const { first } = await replicate(config, { workers });
    equal(first.engine.notices.filter((notice) => notice.includes("arrival_rate")).length, 1);
    ok(!first.engine.notices.some((notice) => notice.includes("replications")));
  }
});

Deno.test("prices are matched to GPUs by any of their names, and other names refused", async () => {
  const usd = async (prices: string, gpu = "H100") => {
    const yaml = `{ cluster: { gpu_type: ${gpu} }, cost: { gpu_cost_per_hour: ${prices} } }`;
    const { facts } = await buildCluster(loadConfig([SHORT, yaml]));
    return Math.round(facts[0].billing.usdPerGpuSecond * 3600 * 1e6) / 1e6;
  };
  for (const name of ["H100", "h100", "h100-sxm", "H100_SXM5", '"H100 80GB"']) {
    equal(await usd(`{ ${name}: 2.5 }`), 2.5, name);
  }
  equal(await usd("{ A100: 3 }", "a100-sxm-40gb"), 3);
  equal(await usd("{ A100: 3, A100-40GB: 2 }", "a100-sxm-40gb"), 2);
  await rejects(usd("{ H10O: 2 }"), /current value is "H10O".*did you mean "H100"\?/);
  await rejects(usd("{ H100-80GB: 2, h100-sxm: 3 }"), /names of one GPU and have different prices/);
  deepEqual(await notices("cost: { gpu_cost_per_hour: { H100: 2, A100: 1 } }"), [
    "cost.gpu_cost_per_hour.A100 has no effect: instances run on h100-sxm",
  ]);
});

const TRACE = "workload: { type: trace, trace: { path: t.csv } }\nsimulation: { drain: false }";

Deno.test("columns of a trace that nothing reads are named", async () => {
  const head = "arrival_s,prompt_tokens,output_tokens";
  const texts = { traceText: `${head},user,model\n0,10,5,a,b\n1,10,5,a,b\n` };
  deepEqual(await notices(TRACE, texts), ["the columns user and model of t.csv are not read"]);
  const rows = ['{"arrival_s":0,"prompt_tokens":9,"output_tokens":2}'];
  rows.push('{"arrival_s":1,"prompt_tokens":9,"output_tokens":2,"temperature":0.7}');
  deepEqual(await notices(TRACE, { traceText: rows.join("\n") }), [
    "the column temperature of t.csv is not read",
  ]);
});

Deno.test("a column that stands twice, and fields beyond the header, are refused", async () => {
  const refused = (traceText: string) => buildCluster(loadConfig([SHORT, TRACE]), { traceText });
  const twice = "arrival_s,prompt_tokens,output_tokens,prompt_tokens\n0,10,5,20\n";
  await rejects(refused(twice), /t\.csv:1:39: .*"prompt_tokens" once/);
  const long = "arrival_s,prompt_tokens,output_tokens\n0,1,024,5\n";
  await rejects(refused(long), /t\.csv:2:9: .*3 fields/);
});

Deno.test("outputs that the model's limit cuts are counted", async () => {
  const yaml = "{ model: { max_model_len: 100 }, workload: { type: uniform, arrival_rate: 1, " +
    "prompt_length: { distribution: constant, value: 90 }, decode_length: { distribution: constant, value: 25 } } }";
  deepEqual(await notices(yaml), [
    "the outputs of 20 of 20 requests are cut where prompt and output fill the model's limit of " +
    "100 tokens: by up to 15 tokens, 300 in all",
  ]);
});
