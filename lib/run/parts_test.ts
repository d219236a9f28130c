import { deepEqual, equal, ok, rejects } from "#assert";
import { retryBackoff } from "../serverless/faults/mod.ts";
import { loadConfig } from "../config/load.ts";
import { simulate } from "./simulate.ts";
import { buildCluster } from "./cluster.ts";

const FEW = "workload: { type: uniform, arrival_rate: 1, num_requests: 5 }";
const build = (...yaml: string[]) => buildCluster(loadConfig([FEW, ...yaml]));

const near = (actual: number, expected: number, what: string) =>
  ok(Math.abs(actual - expected) <= 1e-9 * Math.abs(expected), `${what}: ${actual}, ${expected}`);

/** Llama-3.1-8B: parameters, and bytes of a token's keys and values (32 layers, 8 heads of 128). */
const PARAMETERS = 8_030_261_248;
const KV_BYTES = 2 * 32 * 8 * 128 * 2;
const H100 = { memory: 81_090 * 2 ** 20, bf16: 989e12, fp8: 1978e12, bytes: 3.35e12, pcie: 64e9 };

Deno.test("an instance is as large and as fast as its model, GPUs and degrees make it", async () => {
  const model = "model: { name: llama-3.1-8b }";
  for (
    const [tensor, pipeline, dtype] of [[1, 1, "bf16"], [2, 1, "bf16"], [2, 2, "fp8"]] as const
  ) {
    const { parts, facts } = await build(
      model,
      `model: { dtype: ${dtype} }`,
      "cluster: { gpu_type: H100 }",
      `parallelization: { tensor_parallel_size: ${tensor}, pipeline_parallel_size: ${pipeline} }`,
      "scheduler: { max_num_seqs: 77, max_num_batched_tokens: 3000, type: vllm-v0, preemption_mode: swap }",
      "memory: { swap_space_gb: 6, block_size: 32, reserved_memory_gb: 2 }",
    );
    const gpus = tensor * pipeline;
    const [{ engine }] = parts.functions;
    equal(engine.gpus, gpus);
    equal(facts[0].gpus, gpus);
    near(engine.peakFlops, gpus * H100[dtype], "FLOP/s");
    near(facts[0].peakFlops, gpus * H100[dtype], "FLOP/s");
    near(engine.peakBytesPerSecond, gpus * H100.bytes, "bytes/s");
    near(facts[0].peakBytesPerSecond, gpus * H100.bytes, "bytes/s");
    equal(engine.maxSequences, 77);
    equal(engine.maxTokensPerStep, 3000);
    equal(engine.blockTokens, 32);
    equal(engine.maxModelTokens, 131_072);
    const bytes = dtype === "fp8" ? 1 : 2;
    near(engine.work.kvBytesPerToken, KV_BYTES * bytes / 2, "KV bytes");
    const blockBytes = KV_BYTES * bytes / 2 * 32;
    equal(engine.swap!.blocks, Math.floor(6e9 * gpus / blockBytes));
    near(engine.swap!.secondsPerBlock, blockBytes / (H100.pcie * gpus), "swap");
    // Nine tenths of the memory, less weights and what is set aside, less than a block left.
    const room = gpus * (0.9 * H100.memory - 2e9) - PARAMETERS * bytes;
    ok(engine.kvBlocks * blockBytes <= room, `${engine.kvBlocks}`);
    ok((engine.kvBlocks + gpus) * blockBytes > room - 0.02 * H100.memory * gpus);
    equal(facts[0].kvBlocks, engine.kvBlocks);
  }
});

Deno.test("settings of memory and length win over what would be worked out", async () => {
  const { parts } = await build(
    "memory: { num_gpu_blocks: 555, host_memory: 7GB, kv_cache_dtype: fp8 }",
    "model: { max_model_len: 900 }",
    "cluster: { nodes: [{ gpus: 2 }], gpu_type: H100 }",
  );
  const [{ engine }] = parts.functions;
  // One of vLLM's blocks is its null block.
  equal(engine.kvBlocks, 554);
  equal(engine.maxModelTokens, 900);
  near(engine.work.kvBytesPerToken, KV_BYTES / 2, "KV bytes");
  equal(parts.placement!.needs[0].dramBytes, 7e9);
  equal(engine.swap, undefined);
});

Deno.test("machines, and what instances need of them", async () => {
  const { parts, weights } = await build(
    `cluster:
      gpu_type: A100-80GB
      nodes: [{ type: dgx-h100, count: 2, gpus: 3 }, { gpus: 4 }, { gpus: 1, gpu_type: H100 }]
      weight_cache: { dram: 100GB }
      placement: { policy: spread, evict_idle: false, backfill: true }`,
    "parallelization: { tensor_parallel_size: 2 }",
  );
  const { nodes, needs, evictsIdle, backfills, policy } = parts.placement!;
  deepEqual(nodes.map(({ gpuType, gpus }) => [gpuType, gpus]), [[0, 3], [0, 3], [1, 4], [0, 1]]);
  equal(nodes[0].dramBytes, 2.199023255552e12 - 100e9);
  deepEqual([evictsIdle, backfills, policy.name], [false, true, "spread"]);
  const [{ gpuTypes, gpus, stageGpus, dramBytes }] = needs;
  deepEqual([gpuTypes, gpus, stageGpus, dramBytes], [[1], 2, 2, 0]);
  ok(weights !== undefined);
  // Without machines there are as many GPUs as are needed.
  const free = await build("");
  equal(free.parts.placement, undefined);
  equal(free.weights, undefined);
});

Deno.test("weights that are warm are held once by each machine, as far as there is room", async () => {
  // 16.06, 14.5 and 16.06 GB.
  const functions = `functions:
    - { name: a, model: { name: llama-3.1-8b } }
    - { name: b, model: { name: mistral-7b } }
    - { name: c, model: { name: llama-3.1-8b } }`;
  const kept = async (cache: string) => {
    const { weights } = await build(
      functions,
      `cluster: { nodes: [{ count: 2, gpus: 1 }], weight_cache: { ${cache} } }`,
    );
    return (["dram", "ssd"] as const).map((tier) => weights!.byteSeconds(tier, 1));
  };
  const [llama, mistral] = [PARAMETERS * 2, 7_241_732_096 * 2];
  deepEqual(await kept("warm: ssd, ssd: 20GB, dram: 0"), [0, 2 * llama]);
  deepEqual(await kept("warm: ssd, ssd: 15GB, dram: 0"), [0, 2 * mistral]);
  deepEqual(await kept("warm: ssd, ssd: 40GB, dram: 0"), [0, 2 * (llama + mistral)]);
  deepEqual(await kept("warm: dram, dram: 40GB, ssd: 0"), [2 * (llama + mistral), 0]);
  deepEqual(await kept("warm: dram, dram: 16.0GB, ssd: 1TB"), [2 * mistral, 0]);
  deepEqual(await kept("warm: none, dram: 40GB"), [0, 0]);
});

Deno.test("faults: sources, notice, repair and retries as configured; none where nothing can fail", async () => {
  equal((await build("")).parts.faults, undefined);
  equal((await simulate(loadConfig(FEW))).summary.faults, null);
  const nodes = "cluster: { nodes: [{ gpus: 1 }] }";
  const { parts } = await build(
    nodes,
    `faults:
      in_flight: resume
      failures: { mtbf: 1000s, repair: 70s }
      spot: { mtbf: 500s, notice: 33s, replace: 44s }
      starts: { failure_probability: 1, initial_wait: 3, factor: 4, max_wait: 40, max_attempts: 5 }`,
  );
  const { sources, inFlight, startFails, retryWaitSeconds, onNodeLost } = parts.faults!;
  equal(inFlight, "resume");
  deepEqual(
    sources.map(({ isPreemption, noticeSeconds, downSeconds }) => [
      isPreemption,
      noticeSeconds,
      downSeconds,
    ]),
    [[false, 0, 70], [true, 33, 44]],
  );
  sources.forEach(({ next }, i) => {
    let sum = 0;
    for (let unit = 0; unit < 400; unit++) sum += next(unit, 10) - 10;
    const mean = [1000, 500][i];
    ok(Math.abs(sum / 400 / mean - 1) < 0.2, `${sum / 400}`);
  });
  equal(startFails!(), true);
  ok(onNodeLost !== undefined);
  const expected = retryBackoff({
    initialSeconds: 3,
    factor: 4,
    maxSeconds: 40,
    maxAttempts: 5,
    jitter: 0,
  });
  const none = { next: () => 0.5 };
  for (const failed of [1, 2, 3, 5, 6]) {
    equal(retryWaitSeconds!(failed), expected.waitSeconds(failed, none), `${failed}`);
  }
  const failuresAlone = (await build(nodes, "faults: { failures: { mtbf: 9s } }")).parts.faults!;
  equal(failuresAlone.startFails, undefined);
  equal(failuresAlone.sources.length, 1);
});

Deno.test("classes: limits, priorities, weights and shares, the section slo below them", async () => {
  const config = `
    workload:
      num_requests: 4000
      classes:
        - { name: fast, share: 0.25, priority: 0, weight: 3, slo: { ttft_s: 1s } }
        - { name: slow, share: 0.75, priority: 5, weight: 1, slo: { e2e_s: 90s } }
    slo: { ttft_s: 4s, tpot_s: 0.2s }
    gateway: { fairness: weighted, early_rejection: true, on_no_capacity: buffer, limit: 9, timeout: 8s,
      concurrency_per_instance: 6, rate_limit: { requests_per_second: 3, burst: 4 } }
    cluster: { routing: { staleness: 0.5s } }`;
  const { parts, classes, hasClasses } = await build(
    config,
    "scheduler: { scheduling_policy: edf }",
  );
  equal(hasClasses, true);
  deepEqual(classes.map(({ name, slo }) => [name, slo]), [
    ["fast", { ttftSeconds: 1, tpotSeconds: 0.2, e2eSeconds: Infinity }],
    ["slow", { ttftSeconds: 4, tpotSeconds: 0.2, e2eSeconds: 90 }],
  ]);
  const { classId, arrivalAtSeconds } = parts.requests;
  const slow = classId!.reduce((sum, id) => sum + id, 0);
  ok(Math.abs(slow / parts.requests.count - 0.75) < 0.03, `${slow}`);
  const [{ gatewayOrder, noCapacity, concurrencyPerInstance, routingStalenessSeconds }] =
    parts.functions;
  equal(gatewayOrder!.chargesFlows, true);
  const queue = gatewayOrder!.queue(() => 10);
  const [ofFast, ofSlow] = [0, 1].map((id) =>
    [...classId!.keys()].filter((i) => classId![i] === id)
  );
  for (const request of [...ofFast.slice(0, 4), ...ofSlow.slice(0, 4)]) queue.push(request, 0);
  const served = Array.from({ length: 8 }, () => classId![queue.pop()]);
  // Of the first class, whose weight is 3, three for each of the other.
  deepEqual(served, [0, 1, 0, 0, 0, 1, 1, 1]);
  deepEqual(noCapacity, { action: "queue", limit: 9, timeoutSeconds: 8 });
  deepEqual([concurrencyPerInstance, routingStalenessSeconds], [6, 0.5]);
  deepEqual(parts.admission!.rateLimit, { perSecond: 3, burst: 4 });
  deepEqual([...parts.admission!.ttftLimitSeconds!], [[0, 1], [1, 4]]);
  parts.deadlineAtSeconds!.forEach((deadline, i) =>
    near(deadline, arrivalAtSeconds[i] + (classId![i] === 0 ? 1 : 4), "deadline")
  );
  const byPriority = await build(config, "scheduler: { scheduling_policy: priority }");
  const { queueKeys } = byPriority.parts.functions[0].engine;
  deepEqual(Array.from(queueKeys!), Array.from(classId!, (id) => 5 * id));
});

Deno.test("functions: names, shares and their own settings, alike ones numbered", async () => {
  const { parts, facts } = await build(
    "workload: { num_requests: 6000 }",
    `functions:
      - { name: a, count: 2, share: 2, model: { name: llama-3.1-8b } }
      - { share: 1, model: { name: mistral-7b }, slo: { ttft_s: 3s } }
      - { share: 1, model: { name: mistral-7b }, scaling: { max_instances: 3 } }`,
  );
  deepEqual(parts.functions.map(({ name }) => name), ["a-1", "a-2", "mistral-7b", "mistral-7b-2"]);
  deepEqual(parts.functions.map(({ scaling }) => scaling.maxInstances), [8, 8, 8, 3]);
  const calls = [0, 0, 0, 0];
  for (const id of parts.requests.functionId!) calls[id]++;
  calls.forEach((count) => ok(Math.abs(count / parts.requests.count - 0.25) < 0.03, `${calls}`));
  // Two of a kind share what their entry gets.
  deepEqual(facts.map(({ limits }) => limits![0].ttftSeconds), [Infinity, Infinity, 3, Infinity]);
});

Deno.test("the run ends with the last request where their number is given, else with the duration", async () => {
  const horizon = async (...yaml: string[]) => {
    const { parts } = await buildCluster(loadConfig(["simulation: { duration: 50s }", ...yaml]));
    return [parts.horizonSeconds, parts.stopAtSeconds];
  };
  const open = "workload: { type: poisson, arrival_rate: 1 }";
  deepEqual(await horizon(open), [50, Infinity]);
  deepEqual(await horizon(FEW), [0, Infinity]);
  deepEqual(await horizon(open, "simulation: { drain: false }"), [50, 50]);
  const loop = "workload: { closed_loop: { concurrency: 2, think_time: 3s } }";
  deepEqual(await horizon(open, loop, "workload: { num_requests: 9 }"), [0, Infinity]);
  const { parts } = await build(loop, "simulation: { warmup_duration: 2s }");
  deepEqual(parts.requests.closedLoop, { concurrency: 2, thinkSeconds: 3 });
  equal(parts.warmupSeconds, 2);
  equal((await build("metrics: { collect_interval: 7s }")).parts.sampleSeconds, 7);
});

Deno.test("a start takes what the settings of cold_start say", async () => {
  const start = async (settings: string) => {
    const { requests } = await simulate(loadConfig([FEW, `cold_start: { ${settings} }`]));
    return requests.coldStartWaitSeconds[0];
  };
  const first = (settings: string) => start(`preset: simple, ${settings}`);
  const base = await first("");
  // Preset simple: container and runtime of 1 and 0.65 s beside the fetch; the load of the weights at
  // 20 GB/s; 0.6 s for the cache and 1 s for graphs after it.
  near(await first("kv_allocation_seconds: 1.6"), base + 1, "KV cache");
  near(await first("load_bandwidth: 10GB/s"), base + PARAMETERS * 2 / 20e9, "load");
  const longer = await first("container_seconds: 100") - await first("container_seconds: 90");
  near(longer, 10, "container");
  // SimFaaSInfer's load time is that of 14 GB, with 10 % of noise.
  const load = await start("model_load_time: 28");
  near(load, 2 * await start("model_load_time: 14"), "load time");
  ok(Math.abs(load / (PARAMETERS * 2 / 14e9 * 28) - 1) < 0.1, `${load}`);
  equal(await first("enabled: false"), 0);
  const vllm = await start("preset: vllm-v1");
  equal(await start(""), vllm, "the default is vllm-v1");
  const fixed = await start("preset: vllm-v1, model_load_time: 50") - vllm;
  near(fixed, 50 - PARAMETERS * 2 / 2.2e9, "vllm-v1 with a load time");
  ok(await first("jitter: 0.5") !== base);
});

Deno.test("pools: one for all functions whose starts begin alike, by the policy that is asked for", async () => {
  const pools = async (settings: string, more = "") => {
    const { parts } = await build(`scaling: { prewarmed_pool: { ${settings} } }`, more);
    return (parts.pools ?? []).map(({ of, functions, holdsGpus, size }) => ({
      of,
      functions,
      holdsGpus,
      first: size.initialSize,
      period: size.periodSeconds,
      then: [5, 0, 9].map((taken) => size.size(taken)),
    }));
  };
  deepEqual(await pools("of: null"), []);
  const fixed = { functions: [0], first: 3, period: 10, then: [3, 3, 3] };
  deepEqual(await pools("of: container, size: 3"), [{
    of: "container",
    holdsGpus: false,
    ...fixed,
  }]);
  deepEqual(await pools("of: engine, size: 3"), [{ of: "engine", holdsGpus: true, ...fixed }]);
  // Mean demand of 20 s over what has been seen: 10, 5, 28/3, and a half more.
  const demand = "of: container, size: 1, period: 10, window: 600, lead: 20, max: 12";
  const [little] = await pools(`${demand}, policy: littles-law, headroom: 0.5`);
  deepEqual([little.first, little.then], [1, [12, 8, 12]]);
  const [news] = await pools(`${demand}, policy: newsvendor, miss_cost: 1, idle_cost: 1`);
  deepEqual(news.then, [10, 5, 9]);
  const two = "functions: [{ count: 2 }, { parallelization: { tensor_parallel_size: 2 } }]";
  const shared = await pools("of: container, size: 1", two);
  deepEqual(shared.map(({ functions }) => functions), [[0, 1], [2]]);
  deepEqual(await pools("of: container", "scaling: { enabled: false }"), []);
});

Deno.test("storage of weights: those of each model once, at the prices that are given", async () => {
  const { storedAt } = await build(
    "functions: [{ count: 2, model: { name: llama-3.1-8b } }, { model: { name: mistral-7b } }]",
    "cost: { storage: { provider: aws, ssd: 0.5 } }",
  );
  const { byteSeconds, usdPerGbMonth } = storedAt(10);
  deepEqual(usdPerGbMonth, { dram: 0, ssd: 0.5, remote: 0.023 });
  deepEqual(byteSeconds, { dram: 0, ssd: 0, remote: 10 * (PARAMETERS + 7_241_732_096) * 2 });
});

Deno.test("a file that is named and not handed in is named in the error", async () => {
  await rejects(() => build("model: { hf_config: mine.json }"), {
    name: "ConfigError",
    message: /model.hf_config.*mine.json/,
  });
});

Deno.test("lengths that are drawn are whole tokens, one at least, whatever the law", async () => {
  for (
    const law of [
      "distribution: gamma, mean: 2, std: 9",
      "distribution: gamma, mean: 2, std: 9, min: null",
      "distribution: lognormal, mean: 3, std: 4",
    ]
  ) {
    const { parts } = await build(
      "workload: { num_requests: 400, arrival_rate: 10 }",
      `workload: { prompt_length: { ${law} }, decode_length: { ${law} } }`,
    );
    const { promptTokens, outputTokens } = parts.requests;
    for (const tokens of [...promptTokens, ...outputTokens]) {
      ok(Number.isInteger(tokens) && tokens >= 1, `${tokens}`);
    }
    ok(promptTokens.some((tokens) => tokens > 4));
  }
});

Deno.test("a trace's functions are those of its names; unnamed ones stand for them in order", async () => {
  const trace = "arrived_at,num_prefill_tokens,num_decode_tokens,function\n" +
    "0,10,5,b\n1,10,5,a\n2,10,5,b\n";
  const ids = async (functions: string) => {
    const config = loadConfig([
      `workload: { type: trace, trace: { path: t.csv, columns: { arrival_s: arrived_at,
        prompt_tokens: num_prefill_tokens, output_tokens: num_decode_tokens, function: function } } }`,
      functions,
    ]);
    const { parts } = await buildCluster(config, { traceText: trace });
    return [...parts.requests.functionId!];
  };
  deepEqual(await ids("functions: [{ name: a }, { name: b }]"), [1, 0, 1]);
  deepEqual(await ids("functions: [{ name: c }, { name: b }, { name: a }]"), [1, 2, 1]);
  deepEqual(await ids("workload: { functions: { count: 2 } }"), [0, 1, 0]);
  await rejects(() => ids("functions: [{ name: b }, { name: c }]"), {
    name: "ConfigError",
    message: /current value is "a" \(allowed: b, c\)/,
  });
});

Deno.test("overheads of collectives count twice per layer where GPUs share layers, and only there", async () => {
  const seconds = async (tensor: number, collective: number) => {
    const { parts } = await build(
      "model: { name: llama-3.1-8b }\ncluster: { gpu_type: H100 }",
      `parallelization: { tensor_parallel_size: ${tensor} }
execution: { source: profiled, overheads: { step_seconds: 1, collective_seconds: ${collective} } }`,
    );
    return parts.functions[0].engine.execution.stepSeconds({
      decodeSequences: 4,
      decodeContextTokens: 400,
      chunkCount: 0,
      chunkTokens: new Int32Array(0),
      chunkPastTokens: new Int32Array(0),
      sampledSequences: 4,
    });
  };
  near(await seconds(1, 0.5), await seconds(1, 0), "one GPU");
  near(await seconds(2, 0.5), await seconds(2, 0) + 0.5 * 2 * 32, "two GPUs");
  near(await seconds(4, 0.5), await seconds(4, 0) + 0.5 * 2 * 32, "four GPUs");
});
