import { deepEqual, equal, ok, rejects } from "#assert";
import { gpuEfficiency, gpuNamed } from "../hardware/mod.ts";
import { buildCluster } from "../run/cluster.ts";
import { loadConfig } from "./load.ts";
import { simulate } from "../run/simulate.ts";

/** Llama-3.1-70B in two stages of four H100, on machines as given. */
const large = (nodes: string, more = "") => `
  workload: { type: uniform, arrival_rate: 1, num_requests: 3 }
  model: { name: llama-3.1-70b }
  parallelization: { tensor_parallel_size: 4, pipeline_parallel_size: 2 }
  scaling: { max_instances: 1 }
  cluster: { gpu_type: h100-sxm, nodes: ${nodes} ${more} }`;

const TWO = "[{ type: dgx-h100, gpus: 4, count: 2 }]";
const ONE = "[{ type: dgx-h100, gpus: 8 }]";

async function run(yaml: string) {
  return await simulate(loadConfig(yaml));
}

function near(actual: number, expected: number, tolerance: number) {
  ok(Math.abs(actual / expected - 1) <= tolerance, `${actual} for ${expected}`);
}

Deno.test("an instance over two machines serves, and each machine fetches its half of the weights", async () => {
  const [two, one] = await Promise.all([TWO, ONE].map((nodes) => run(large(nodes))));
  equal(two.summary.requests.completed, 3);
  const seconds = ({ instances }: typeof two, stage: string) => {
    const phase = instances.phaseNames.indexOf(`start:${stage}`);
    const row = instances.phase.indexOf(phase);
    return instances.endAtSeconds[row] - instances.startAtSeconds[row];
  };
  near(seconds(two, "weights_fetch"), seconds(one, "weights_fetch") / 2, 1e-6);
  equal(two.summary.weight_cache!.lookups, 2);
  equal(one.summary.weight_cache!.lookups, 1);
});

Deno.test("a step over two machines takes longer by one copy over the network", async () => {
  const step = async (nodes: string, parallel = "") => {
    const { parts } = await buildCluster(loadConfig([large(nodes), parallel]));
    const { execution } = parts.functions[0].engine;
    return (tokens: number) =>
      execution.stepSeconds({
        decodeSequences: 0,
        decodeContextTokens: 0,
        chunkCount: 1,
        chunkTokens: Int32Array.of(tokens),
        chunkPastTokens: Int32Array.of(0),
        sampledSequences: 1,
      });
  };
  const hidden = 8192;
  const [two, one] = await Promise.all([step(TWO), step(ONE)]);
  const added = (tokens: number) => two(tokens) - one(tokens);
  // Eight cards of 400 Gbps for four GPUs are no narrower than NVLink: latency alone.
  near(added(1), 10.6e-6, 1e-6);
  near(added(4096), 10.6e-6, 1e-6);
  const gpu = gpuNamed("h100-sxm");
  const link = gpu.link.bytesPerSecond * gpuEfficiency(gpu.generation).allReduce.memory;
  const slow = await step("[{ gpus: 4, count: 2 }]");
  near(
    (slow(4096) - slow(1024)) - (two(4096) - two(1024)),
    3072 * 2 * hidden * (1 / 12.5e9 - 1 / link),
    1e-6,
  );
  // Four stages of two on four machines instead of two: two more copies over the network.
  const four = "parallelization: { tensor_parallel_size: 2, pipeline_parallel_size: 4 }";
  const [inPairs, alone] = await Promise.all([
    step("[{ gpus: 4, count: 2 }]", four),
    step("[{ gpus: 2, count: 4 }]", four),
  ]);
  ok(alone(64) > inPairs(64));
});

Deno.test("weights kept on the disks of two machines are found in their parts", async () => {
  const { summary } = await run(large(TWO, ", weight_cache: { warm: ssd }"));
  deepEqual([summary.weight_cache!.lookups, summary.weight_cache!.ssd_hit_rate], [2, 1]);
  const { summary: smaller } = await run(
    large(TWO, ", placement: { policy: startup-time }, weight_cache: { warm: ssd, ssd: 100GB }"),
  );
  equal(smaller.weight_cache!.ssd_hit_rate, 0.5, "one half of 141 GB fits, the first");
});

Deno.test("what no machines can hold is a mistake of one line", async () => {
  const wide = "parallelization: { tensor_parallel_size: 8, pipeline_parallel_size: 1 }";
  await rejects(simulate(loadConfig([large(TWO), wide])), {
    name: "RangeError",
    message: /^Cannot place an instance of "llama-3.1-70b" as one .*: current value is 8 GPUs$/,
  });
  const sleeper = "scaling: { keep_alive: { sleep: { level: 1 } } }";
  await rejects(simulate(loadConfig([large(TWO), sleeper, "cold_start: { preset: vllm-v1 }"])), {
    name: "ConfigError",
    message:
      'Cannot use "scaling.keep_alive.sleep.level" with instances of 8 GPUs, which need several ' +
      "machines: current value is 1 (allowed: 0)",
  });
});

Deno.test("instances take the host memory that their function says, or that they swap to", async () => {
  const host = async (yaml: string) => {
    const { parts } = await buildCluster(loadConfig([
      "cluster: { nodes: [{ gpus: 4 }] }",
      "parallelization: { tensor_parallel_size: 2 }",
      yaml,
    ]));
    return parts.placement!.needs.map(({ dramBytes }) => dramBytes);
  };
  deepEqual(await host(""), [0]);
  const swap = "scheduler: { type: vllm-v0, preemption_mode: swap }";
  deepEqual(await host(swap), [8e9], "four gigabytes for each of two GPUs");
  deepEqual(await host(`{ ${swap}, memory: { host_memory: 1GB } }`), [1e9]);
  deepEqual(
    await host(
      "functions: [{ memory: { host_memory: 60GB } }, {}, { memory: { host_memory: 1GB } }]",
    ),
    [60e9, 0, 1e9],
  );
});

Deno.test("host memory bounds the instances of a machine, kept weights aside", async () => {
  const most = async (bytes: string) => {
    const { timeSeries } = await run(`
      workload: { type: poisson, arrival_rate: 20, num_requests: 400 }
      model: { name: llama-3.1-8b }
      memory: { host_memory: ${bytes} }
      gateway: { concurrency_per_instance: 2 }
      scaling: { max_instances: 8 }
      cluster: { nodes: [{ gpus: 8 }], weight_cache: { dram: 199511627776B } }`);
    let up = 0;
    for (let i = 0; i < timeSeries.count; i++) {
      up = Math.max(up, timeSeries.starting[i] + timeSeries.idle[i] + timeSeries.busy[i]);
    }
    return up;
  };
  // 900 GB are left beside the cache.
  equal(await most("0B"), 8);
  equal(await most("250GB"), 3);
  equal(await most("300GB"), 3);
  equal(await most("301GB"), 2);
});
