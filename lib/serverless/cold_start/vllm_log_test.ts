import { deepEqual, equal, match, ok, throws } from "#assert";
import { oneStart } from "./one_start.ts";
import { parseColdStartPreset } from "./parse_preset.ts";
import { presetFromVllmLog } from "./preset_from_log.ts";
import { readVllmLog } from "./vllm_log.ts";

const GIB = 2 ** 30;

/** A start of the V1 engine as its processes log it: one GPU, weights downloaded, graphs compiled. */
const V1 = `
INFO 05-09 22:19:50 [__init__.py:239] Automatically detected platform cuda.
INFO 05-09 22:19:53 [api_server.py:1043] vLLM API server version 0.8.5
INFO 05-09 22:20:06 [config.py:717] This model supports multiple tasks: {'generate'}.
INFO 05-09 22:20:08 [core.py:58] Initializing a V1 LLM engine (v0.8.5) with config: model='org/Small-8B', speculative_config=None, tensor_parallel_size=1, pipeline_parallel_size=1, enforce_eager=False
INFO 05-09 22:20:11 [parallel_state.py:1004] rank 0 in world size 1 is assigned as DP rank 0, PP rank 0, TP rank 0
INFO 05-09 22:20:11 [gpu_model_runner.py:1329] Starting to load model org/Small-8B...
INFO 05-09 22:20:12 [weight_utils.py:265] Using model weights format ['*.safetensors']
INFO 05-09 22:20:35 [weight_utils.py:281] Time spent downloading weights for org/Small-8B: 22.912345 seconds
Loading safetensors checkpoint shards:   0% Completed | 0/4 [00:00<?, ?it/s]
Loading safetensors checkpoint shards: 100% Completed | 4/4 [00:03<00:00,  1.21it/s]
INFO 05-09 22:20:38 [loader.py:458] Loading weights took 3.30 seconds
INFO 05-09 22:20:39 [gpu_model_runner.py:1347] Model loading took 14.9889 GiB and 27.512345 seconds
INFO 05-09 22:20:45 [backends.py:420] Using cache directory: /cache/torch_compile_cache/4f/rank_0_0 for vLLM's torch.compile
INFO 05-09 22:20:45 [backends.py:430] Dynamo bytecode transform time: 6.05 s
INFO 05-09 22:20:48 [backends.py:136] Cache the graph of shape None for later use
INFO 05-09 22:21:05 [backends.py:148] Compiling a graph for general shape takes 19.06 s
INFO 05-09 22:21:10 [monitor.py:33] torch.compile takes 25.11 s in total
INFO 05-09 22:21:11 [kv_cache_utils.py:634] GPU KV cache size: 420,000 tokens
INFO 05-09 22:21:32 [gpu_model_runner.py:1686] Graph capturing finished in 21 secs, took 0.51 GiB
INFO 05-09 22:21:32 [core.py:159] init engine (profile, create kv cache, warmup model) took 53.22 seconds
INFO 05-09 22:21:34 [api_server.py:1090] Starting vLLM API server on http://0.0.0.0:8000
INFO:     Application startup complete.
`;

/** A start of the V0 engine over the turn of the year, with weights on the disk. */
const V0 = `
INFO 12-31 23:58:50 __init__.py:190] Automatically detected platform cuda.
INFO 12-31 23:58:52 api_server.py:840] vLLM API server version 0.7.2
INFO 12-31 23:59:10 llm_engine.py:234] Initializing a V0 LLM engine (v0.7.2) with config: model='/models/small', tensor_parallel_size=1, pipeline_parallel_size=1
INFO 12-31 23:59:12 model_runner.py:1110] Starting to load model /models/small...
INFO 12-31 23:59:22 model_runner.py:1115] Loading model weights took 14.9888 GB
INFO 12-31 23:59:26 worker.py:267] Memory profiling takes 3.75 seconds
INFO 12-31 23:59:26 executor_base.py:110] # CUDA blocks: 27443, # CPU blocks: 2048
INFO 12-31 23:59:28 model_runner.py:1434] Capturing cudagraphs for decoding. This may lead to unexpected consequences
INFO 12-31 23:59:57 model_runner.py:1562] Graph capturing finished in 18 secs, took 0.25 GiB
INFO 12-31 23:59:57 llm_engine.py:431] init engine (profile, create kv cache, warmup model) took 35.08 seconds
INFO 01-01 00:00:02 launcher.py:27] Available routes are:
INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)
`;

/** The published times of a 70B on four GPUs with a compile cache, by four workers. */
function workers(pid: (rank: number) => string): string {
  const ranks = [0, 1, 2, 3];
  const each = (line: (rank: number) => string) =>
    ranks.map((rank) => `${pid(rank)} ${line(rank)}`).join("\n");
  return `
(APIServer pid=1) INFO 11-14 20:58:00 [api_server.py:1900] vLLM API server version 0.11.0
(EngineCore_DP0 pid=80) INFO 11-14 20:58:16 [core.py:77] Initializing a V1 LLM engine (v0.11.0) with config: model='org/Large-70B', tensor_parallel_size=4, pipeline_parallel_size=1
${
    each(() =>
      "INFO 11-14 20:58:19 [gpu_model_runner.py:2602] Starting to load model org/Large-70B..."
    )
  }
${
    pid(0)
  } INFO 11-14 21:01:35 [weight_utils.py:392] Time spent downloading weights for org/Large-70B: 196.000000 seconds
${
    each((rank) =>
      `\x1b[32mINFO\x1b[0m 11-14 21:01:51 [default_loader.py:267] Loading weights took ${
        (15.8 - 0.1 * rank).toFixed(2)
      } seconds`
    )
  }
${
    each(() =>
      "INFO 11-14 21:01:52 [gpu_model_runner.py:2653] Model loading took 32.8900 GiB memory and 212.800000 seconds"
    )
  }
${
    each((rank) =>
      `INFO 11-14 21:02:04 [backends.py:559] Dynamo bytecode transform time: ${
        (12 - 0.2 * rank).toFixed(2)
      } s`
    )
  }
${
    each((rank) =>
      `INFO 11-14 21:02:08 [backends.py:164] Directly load the compiled graph(s) for dynamic shape from the cache, took ${
        (3.8 - 0.1 * rank).toFixed(3)
      } s`
    )
  }
${each(() => "INFO 11-14 21:02:08 [monitor.py:34] torch.compile takes 12.00 s in total")}
${
    each(() =>
      "INFO 11-14 21:02:36 [gpu_model_runner.py:3480] Graph capturing finished in 16 secs, took 1.20 GiB"
    )
  }
(EngineCore_DP0 pid=80) INFO 11-14 21:02:37 [core.py:210] init engine (profile, create kv cache, warmup model) took 44.60 s (compilation: 15.80 s)
(APIServer pid=1) INFO 11-14 21:02:40 [api_server.py:1971] Starting vLLM API server 0 on http://0.0.0.0:8000
`;
}
const LARGE = workers((rank) => `(Worker_TP${rank} pid=${200 + rank})`);

/** Seconds of a log's stages, to the hundredth. */
function stages(text: string): Record<string, number> {
  return Object.fromEntries(
    [...readVllmLog(text).stages].map((
      [stage, seconds],
    ) => [stage, Math.round(100 * seconds) / 100]),
  );
}

function near(actual: number, expected: number, tolerance = 1e-3): void {
  ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}

Deno.test("a log of V1 becomes stages by its lines", () => {
  deepEqual(stages(V1), {
    runtime_import: 18,
    collective_init: 3,
    weights_fetch: 22.91,
    weights_load: 3.3,
    model_init: 1.3,
    compile: 25.11,
    kv_profile: 7.11,
    graph_capture: 21,
    register: 2,
  });
  const { version, model, ranks, gibPerRank, totalSeconds, isCompileCached } = readVllmLog(V1);
  deepEqual([version, model, ranks, gibPerRank, totalSeconds, isCompileCached], [
    "0.8.5",
    "org/Small-8B",
    1,
    14.9889,
    104,
    false,
  ]);
});

Deno.test("a log of V0 has its profile by itself, and crosses the turn of the year", () => {
  deepEqual(stages(V0), {
    runtime_import: 20,
    collective_init: 2,
    weights_load: 10,
    kv_profile: 3.75,
    graph_capture: 18,
    warmup: 13.33,
    register: 5,
  });
  equal(readVllmLog(V0).totalSeconds, 72);
});

Deno.test("workers beside each other count once, by the slowest, and what a cache gave is in the sum", () => {
  const log = readVllmLog(LARGE);
  deepEqual([log.ranks, log.isCompileCached, log.version], [4, true, "0.11.0"]);
  const { weights_fetch, weights_load, compile, graph_capture, kv_profile } = stages(LARGE);
  deepEqual([weights_fetch, weights_load, compile, graph_capture], [196, 15.8, 15.8, 16]);
  near(kv_profile, 44.6 - 15.8 - 16, 0.01);
});

Deno.test("the preset of a log starts as long as the log, and its weights move at the log's rates", () => {
  for (const text of [V1, V0, LARGE]) {
    const log = readVllmLog(text);
    const preset = parseColdStartPreset(presetFromVllmLog(log, "start.log"));
    const bytes = log.gibPerRank * GIB * log.ranks;
    const start = (weightBytes: number) =>
      oneStart({ plan: preset.plan(), weightBytes, ranks: log.ranks })[0];
    const sum = [...log.stages.values()].reduce((total, seconds) => total + seconds, 0);
    near(start(bytes).readyAtSeconds, sum);
    near(sum, log.totalSeconds, 2);
    const moved = (log.stages.get("weights_fetch") ?? 0) + log.stages.get("weights_load")!;
    near(start(2 * bytes).readyAtSeconds, sum + moved);
    ok(preset.wakePlan() !== null);
  }
});

Deno.test("of several starts the last whole one counts", () => {
  const failed = V1.slice(0, V1.indexOf("INFO 05-09 22:20:45"));
  const log = readVllmLog(`${V1}\n${V1.replaceAll("3.30 seconds", "2.20 seconds")}\n${failed}`);
  equal(log.starts, 2);
  equal(log.stages.get("weights_load"), 2.2);
  match(presetFromVllmLog(log, "two.log"), /^# The log has 2 starts: this is the last\.$/m);
});

Deno.test("time that no line explains is a stage of its own", () => {
  // The engine ends 40 s later than its line's own seconds say.
  const late = V1.replaceAll(" 22:21:32 ", " 22:22:12 ").replaceAll(" 22:21:34 ", " 22:22:14 ");
  const { stages: own, totalSeconds } = readVllmLog(late);
  near(own.get("between_lines")!, 40, 2);
  near([...own.values()].reduce((a, b) => a + b), totalSeconds, 1e-9);
});

Deno.test("a log without what a start ends with is refused, and a text that is none", () => {
  throws(() => readVllmLog(""), /start-up log of vLLM \(no line of a start in it\): .*empty$/);
  throws(() => readVllmLog("hello\nworld\n"), /no line of a start in it/);
  throws(
    () => readVllmLog(V1.slice(0, V1.indexOf("INFO 05-09 22:20:45"))),
    /no start in it comes to its end/,
  );
});

Deno.test("names in a log stay names in the preset", () => {
  const hostile = V1.replaceAll("org/Small-8B", 'org/"quoted": {a}, #\u001b[31m');
  const text = presetFromVllmLog(readVllmLog(hostile), 'a"b.log');
  const preset = parseColdStartPreset(text);
  match(preset.summary, /"quoted": \{a\}, #/);
  ok(!text.includes("\u001b"));
  equal(preset.id, "vllm-quoted-a");
});
