import { deepEqual, equal, ok, rejects, throws } from "#assert";
import { buildCluster } from "../run/cluster.ts";
import { functionConfigurations } from "./function_configurations.ts";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

const TWO = `
  scaling: { max_instances: 6, keep_alive: { seconds: 20s } }
  functions:
    - { name: chat, count: 3, scaling: { max_instances: 2 }, slo: { ttft_s: 500ms } }
    - name: large
      model: { name: llama-3.1-70b }
      parallelization: { tensor_parallel_size: 4 }`;

Deno.test("a function's settings are merged over the whole configuration", () => {
  const [chat, large] = functionConfigurations(loadConfig(TWO));
  deepEqual([chat.name, chat.count, large.count], ["chat", 3, 1]);
  deepEqual([chat.config.scaling.max_instances, large.config.scaling.max_instances], [2, 6]);
  deepEqual([chat.config.slo.ttft_s, large.config.slo.ttft_s], [0.5, null]);
  equal(chat.config.scaling.keep_alive.seconds, 20);
  equal(large.config.parallelization.tensor_parallel_size, 4);
  equal(large.config.model.name, "llama-3.1-70b");
});

Deno.test("each function starts as its own preset says, by name or from a file", async () => {
  const preset = (id: string, seconds: number) =>
    `{ id: ${id}, summary: ${id}, stages: [{ stage: my_${id}, seconds: ${seconds} }] }`;
  const config = loadConfig(`
    workload: { type: poisson, arrival_rate: 2, num_requests: 60 }
    cold_start: { preset: a.yaml }
    functions:
      - { name: a }
      - { name: b, cold_start: { preset: sub/b.yaml } }
      - { name: c, cold_start: { preset: medusa } }`);
  const files = new Map([["a.yaml", preset("a", 3)], ["sub/b.yaml", preset("b", 7)]]);
  const { instances, functionNames } = await simulate(config, { files });
  const stages = new Map(functionNames.map((name) => [name, new Map<string, number>()]));
  for (let i = 0; i < instances.count; i++) {
    const phase = instances.phaseNames[instances.phase[i]];
    if (!phase.startsWith("start:")) continue;
    const seconds = instances.endAtSeconds[i] - instances.startAtSeconds[i];
    stages.get(functionNames[instances.functionId[i]])!.set(phase.slice(6), seconds);
  }
  deepEqual([...stages.get("a")!.keys()], ["my_a"]);
  deepEqual([...stages.get("b")!.keys()], ["my_b"]);
  ok(Math.abs(stages.get("a")!.get("my_a")! - 3) < 1e-9);
  ok(Math.abs(stages.get("b")!.get("my_b")! - 7) < 1e-9);
  ok(stages.get("c")!.has("graph_capture") && !stages.get("c")!.has("my_a"));
  await rejects(simulate(config, { files: new Map([["a.yaml", preset("a", 3)]]) }), {
    message: /^Cannot find a cold-start preset as one of .*: current value is sub\/b\.yaml$/,
  });
});

Deno.test("each function has the shape of its own config.json", async () => {
  const shape = (layers: number) =>
    JSON.stringify({
      architectures: ["LlamaForCausalLM"],
      hidden_size: 2048,
      intermediate_size: 8192,
      max_position_embeddings: 8192,
      model_type: "llama",
      num_attention_heads: 32,
      num_hidden_layers: layers,
      num_key_value_heads: 8,
      vocab_size: 128256,
    });
  const config = loadConfig(`
    workload: { type: poisson, arrival_rate: 1, num_requests: 20 }
    model: { name: small, hf_config: small.json }
    functions: [{ name: a }, { name: b, model: { name: large, hf_config: large.json } }]`);
  const files = new Map([["small.json", shape(4)], ["large.json", shape(16)]]);
  const { parts } = await buildCluster(config, { files });
  const [small, large] = parts.functions.map(({ engine }) => engine.work.kvBytesPerToken);
  equal(large / small, 4);
  await rejects(simulate(config), {
    message: /^Cannot use "model.hf_config" without .*: current value is "small.json"/,
  });
});

Deno.test("mistakes in a function's settings are named with the function", () => {
  throws(() => loadConfig("functions: [{}, { scaling: { max_instance: 3 } }]"), {
    message: /^functions\[1\]: .*"scaling.max_instance"; did you mean "max_instances"\?/,
  });
  throws(() => loadConfig("functions: [{ scaling: { min_instances: 9 } }]"), {
    message: /^functions\[0\]: Cannot read "scaling.min_instances"/,
  });
  throws(() => loadConfig("functions: [{ share: 1 }, {}]"), /all shares or none/);
  throws(() => loadConfig("functions: [{ name: a }, { name: a }]"), /each name once/);
});

Deno.test("requests go to the functions by popularity, and each has its own row", async () => {
  const { summary, functionNames } = await simulate(loadConfig([
    TWO,
    "workload: { type: poisson, arrival_rate: 20, num_requests: 3000, functions: { zipf: 1 } }",
  ]));
  deepEqual(functionNames, ["chat-1", "chat-2", "chat-3", "large"]);
  const rows = summary.functions;
  const harmonic = 1 + 1 / 2 + 1 / 3 + 1 / 4;
  rows.forEach(({ arrived }, rank) => {
    ok(Math.abs(arrived / 3000 - 1 / (rank + 1) / harmonic) < 0.03, `${rank}: ${arrived}`);
  });
  const sum = (of: (row: typeof rows[number]) => number) =>
    rows.reduce((all, row) => all + of(row), 0);
  equal(sum((row) => row.arrived), 3000);
  equal(sum((row) => row.cold_starts), summary.cold_starts);
  ok(Math.abs(sum((row) => row.cost_usd!) - summary.cost.total_usd!) < 1e-9);
  ok(Math.abs(sum((row) => row.instance_seconds) - summary.instance_seconds) < 1e-6);
  ok(rows[0].slo_attainment !== null && rows[3].slo_attainment === null);
});

Deno.test("finite machines hold no more instances than they have GPUs", async () => {
  const { timeSeries, summary } = await simulate(loadConfig(`
    simulation: { duration: 200s }
    workload: { type: poisson, arrival_rate: 4, functions: { zipf: 0.5 } }
    cluster: { nodes: [{ count: 2, gpus: 2 }], weight_cache: { warm: ssd } }
    functions: [{ name: f, count: 9 }]`));
  equal(summary.requests.completed, summary.requests.arrived);
  for (let i = 0; i < timeSeries.count; i++) {
    const { starting, idle, busy, draining } = timeSeries;
    ok(starting[i] + idle[i] + busy[i] + draining[i] <= 4);
  }
});

Deno.test("weights on a machine shorten the next start there", async () => {
  const ttft = async (warm: string) => {
    const { requests } = await simulate(loadConfig(`
      workload: { type: uniform, arrival_rate: 1, num_requests: 1 }
      cold_start: { preset: simple }
      cluster: { nodes: [{ type: ecs-v100, gpu_type: H100 }], weight_cache: { warm: ${warm} } }`));
    return requests.firstTokenAtSeconds[0] - requests.arrivalAtSeconds[0];
  };
  // 16 GB over a network card of 2 GB/s, a part of which hides behind the engine's start.
  const [none, dram] = [await ttft("none"), await ttft("dram")];
  ok(none - dram > 6 && none - dram < 8.1, `${none}, ${dram}`);
});
