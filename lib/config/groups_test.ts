import { deepEqual, equal, ok, throws } from "#assert";
import { simulate } from "../run/simulate.ts";
import { groupConfigurations } from "./group_configurations.ts";
import { loadConfig } from "./load.ts";

const FEW = `
  simulation: { random_seed: 3 }
  workload: { type: poisson, arrival_rate: 2, num_requests: 40 }
  scaling: { enabled: false }
  cluster: { gpu_type: H100, kv_transfer: { rate: 25GB/s } }`;

Deno.test("a group has the settings of its function where it says nothing else", () => {
  const config = loadConfig([
    FEW,
    `groups:
       prefill: { gpu_type: H200, parallelization: { tensor_parallel_size: 2 } }
       decode: { routing: { policy: round-robin }, scheduler: { max_num_seqs: 64 } }`,
  ]);
  const { prefill, decode } = groupConfigurations(config)!;
  deepEqual([prefill.cluster.gpu_type, decode.cluster.gpu_type], ["H200", "H100"]);
  deepEqual(
    [prefill, decode].map(({ parallelization }) => parallelization.tensor_parallel_size),
    [2, 1],
  );
  deepEqual(
    [prefill, decode].map(({ cluster }) => cluster.routing.policy),
    ["least-loaded", "round-robin"],
  );
  equal(decode.scheduler.max_num_seqs, 64);
});

Deno.test("a lone group, groups that no link joins and unknown keys are mistakes", () => {
  const groups = (text: string) => [FEW, `groups: ${text}`];
  const linked = "cluster: { kv_transfer: { rate: null } }";
  for (
    const [texts, message] of [
      [groups("{ prefill: {} }"), /"groups\.prefill" as one of two groups/],
      [groups("{ decode: {} }"), /"groups\.decode" as one of two groups/],
      [[...groups("{ prefill: {}, decode: {} }"), linked], /as groups that a link joins/],
      [groups("{ prefill: {}, decode: {}, both: {} }"), /both/],
      [groups("{ prefill: { workload: {} }, decode: {} }"), /groups\.prefill: .*"workload"/],
      [groups("{ prefill: { scheduler: { max_seqs: 1 } }, decode: {} }"), /max_seqs/],
      [
        groups("{ prefill: {}, decode: { scheduler: { type: fastertransformer } } }"),
        /groups\.decode: .*scheduler\.type/,
      ],
    ] as const
  ) throws(() => loadConfig([...texts]), { name: "ConfigError", message });
});

Deno.test("groups of different models are refused", async () => {
  const config = loadConfig([
    FEW,
    "groups: { prefill: {}, decode: { model: { name: qwen3-8b } } }",
  ]);
  let message = "";
  await simulate(config).catch((error) => message = error.message);
  ok(/"groups" as groups of one model: current value is llama-3\.1-8b/.test(message), message);
});

Deno.test("groups of a function, of the one function, and of one among others serve their requests", async () => {
  const one = await simulate(loadConfig([FEW, "groups: { prefill: {}, decode: {} }"]));
  deepEqual(one.functionNames, ["llama-3.1-8b", "llama-3.1-8b:decode"]);
  equal(one.summary.requests.completed, 40);
  const several = await simulate(loadConfig([
    FEW,
    `functions:
       - { name: plain, share: 1 }
       - { name: chat, share: 2, count: 2, groups: { prefill: {}, decode: {} } }`,
  ]));
  deepEqual(several.functionNames, ["plain", "chat-1", "chat-2", "chat-1:decode", "chat-2:decode"]);
  equal(several.summary.requests.completed, 40);
  const { requests, instances } = several;
  for (let i = 0; i < requests.count; i++) {
    const { [i]: called } = requests.functionId;
    const row = instances.instanceId.indexOf(requests.instanceId[i]);
    equal(instances.functionId[row], called === 0 ? 0 : called + 2, `request ${i}`);
  }
});

Deno.test("groups start together or one after the other, and go each by itself", async () => {
  const files = new Map([[
    "a.yaml",
    "{ id: a, summary: a, stages: [{ stage: load, seconds: 10 }] }",
  ]]);
  const run = (starts: string) =>
    simulate(
      loadConfig([
        FEW,
        `
    workload: { arrival_rate: 0.01, num_requests: 5 }
    cold_start: { enabled: true, preset: a.yaml }
    scaling: { enabled: true, min_instances: 0, max_instances: 1 }
    groups:
      starts: ${starts}
      prefill: { scaling: { keep_alive: { seconds: 1 } } }
      decode: { scaling: { keep_alive: { seconds: 1000 } } }`,
      ]),
      { files },
    );
  for (const [starts, seconds] of [["together", 10], ["apart", 20]] as const) {
    const { requests, instances, summary } = await run(starts);
    equal(summary.requests.completed, 5);
    const count = [0, 0];
    for (let i = 0; i < instances.count; i++) {
      if (instances.phaseNames[instances.phase[i]] === "starting") count[instances.functionId[i]]++;
    }
    // A prefill is gone when the next request but one comes, the decode never is.
    deepEqual(count, [4, 1]);
    const [first] = requests.completedAtSeconds;
    const waited = first - requests.arrivalAtSeconds[0];
    ok(waited > seconds && waited < seconds + 5, `${starts}: ${waited} s`);
  }
});
