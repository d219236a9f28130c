import { deepEqual, equal, throws } from "#assert";
import { engineSettings } from "./engine_settings.ts";
import { loadConfig } from "./load.ts";

const settings = (...yaml: string[]) => engineSettings(loadConfig(yaml));

Deno.test("scheduler.engine decides what the version of vLLM decides", () => {
  const of = (engine: string) => {
    const { asyncScheduling, reservesWholePrompt } = settings(`scheduler: { engine: ${engine} }`);
    return [asyncScheduling, reservesWholePrompt];
  };
  deepEqual(of("vllm@0.9"), [false, false]);
  deepEqual(of("vllm@0.11"), [false, false]);
  deepEqual(of("vllm@0.13"), [false, false]);
  deepEqual(of("vllm@0.14"), [true, false]);
  deepEqual(of("vllm@0.18"), [true, false]);
  deepEqual(of("vllm@0.19"), [true, true]);
  deepEqual(of("vllm"), of("vllm@0.19"), "the default version");
  deepEqual(settings(), settings("scheduler: { engine: vllm@0.19 }"));
});

Deno.test("a pipeline of stages is scheduled ahead from 0.15 on", () => {
  const of = (engine: string) =>
    settings(
      `{ scheduler: { engine: ${engine} }, parallelization: { pipeline_parallel_size: 2 } }`,
    ).asyncScheduling;
  deepEqual(["vllm@0.13", "vllm@0.14", "vllm@0.15", "vllm@0.19"].map(of), [
    false,
    false,
    true,
    true,
  ]);
});

Deno.test("step sizes are those of vLLM's API server on the GPU", () => {
  const of = (gpu: string) => {
    const { maxSequences, maxTokensPerStep } = settings(`cluster: { gpu_type: ${gpu} }`);
    return [maxSequences, maxTokensPerStep];
  };
  deepEqual(of("H100"), [1024, 8192]);
  deepEqual(of("H200"), [1024, 8192]);
  deepEqual(of("RTX-PRO-6000"), [1024, 8192]);
  deepEqual(of("A100-80GB"), [256, 2048], "large, but an A100");
  deepEqual(of("L40S"), [256, 2048]);
  deepEqual(of("RTX-4090"), [256, 2048]);
});

Deno.test("a setting that is given beats the engine's", () => {
  const given = settings(
    "scheduler: { engine: vllm@0.19, async_scheduling: false, scheduler_reserve_full_isl: false }",
    "scheduler: { max_num_seqs: 7, max_num_batched_tokens: 99 }",
  );
  deepEqual(given, {
    maxSequences: 7,
    maxTokensPerStep: 99,
    asyncScheduling: false,
    reservesWholePrompt: false,
  });
  equal(settings("scheduler: { engine: vllm@0.11, async_scheduling: true }").asyncScheduling, true);
  equal(
    settings("scheduler: { max_num_batched_tokens: 600 }").maxSequences,
    600,
    "as vLLM cuts it",
  );
});

Deno.test("other strategies are no version of vLLM's", () => {
  for (const type of ["vllm-v0", "sarathi", "orca", "fastertransformer"]) {
    const { maxSequences, maxTokensPerStep, asyncScheduling } = settings(
      `scheduler: { type: ${type} }`,
    );
    deepEqual([maxSequences, maxTokensPerStep, asyncScheduling], [256, 8192, false], type);
  }
});

Deno.test("each function has the step sizes of its own GPU", async () => {
  const { functionConfigurations } = await import("./function_configurations.ts");
  const config = loadConfig("functions: [{ name: a }, { name: b, gpu_type: L40S }]");
  deepEqual(
    functionConfigurations(config).map(({ config }) => engineSettings(config).maxTokensPerStep),
    [8192, 2048],
  );
});

Deno.test("an unknown version of vLLM is refused with those known", () => {
  throws(
    () => loadConfig("scheduler: { engine: vllm@0.99 }"),
    /"scheduler.engine" as a version of an engine: current value is "vllm@0.99" \(allowed: vllm@0.9, .*vllm@0.19, sglang@0.5.9, trt-llm@1.0\)/,
  );
});

Deno.test("an engine sets its strategy, overlap, step sizes and blocks at once, given ones apart", () => {
  const of = (scheduler: string, gpu = "H100-80GB") => {
    const config = loadConfig(`{ scheduler: { ${scheduler} }, cluster: { gpu_type: ${gpu} } }`);
    const { maxSequences, maxTokensPerStep, asyncScheduling } = engineSettings(config);
    return [
      config.scheduler.type,
      config.memory.block_size,
      maxSequences,
      maxTokensPerStep,
      asyncScheduling,
    ];
  };
  deepEqual(of("engine: sglang"), ["sglang", 1, 2048, 8192, true]);
  deepEqual(of("engine: sglang@0.5.9", "L40S"), ["sglang", 1, 2048, 4096, true]);
  deepEqual(of("engine: sglang", "B200"), ["sglang", 1, 2048, 16_384, true]);
  deepEqual(of("type: sglang"), of("engine: sglang"), "by its strategy");
  deepEqual(of("engine: trt-llm"), ["trt-llm", 32, 2048, 8192, true]);
  deepEqual(of("type: tensorrt-llm"), of("engine: trt-llm@1.0"));
  deepEqual(of("engine: vllm@0.15"), ["vllm", 16, 1024, 8192, true]);
  const own = loadConfig(
    "{ scheduler: { engine: sglang, max_num_seqs: 9 }, memory: { block_size: 8 } }",
  );
  equal(own.memory.block_size, 8);
  equal(engineSettings(own).maxSequences, 9);
  const piped = "parallelization: { pipeline_parallel_size: 2 }";
  for (const engine of ["sglang", "trt-llm"]) {
    equal(settings(`{ scheduler: { engine: ${engine} }, ${piped} }`).asyncScheduling, false);
  }
});

Deno.test("an engine that does not batch so is refused, and a function may have its own", async () => {
  throws(
    () => loadConfig("scheduler: { engine: sglang, type: vllm }"),
    /"scheduler.type" as the batching of sglang@0.5.9: current value is "vllm" \(allowed: sglang, which/,
  );
  const { functionConfigurations } = await import("./function_configurations.ts");
  const config = loadConfig("functions: [{ name: a }, { name: b, scheduler: { engine: sglang } }]");
  deepEqual(
    functionConfigurations(config).map(({ config: { scheduler, memory } }) => [
      scheduler.type,
      memory.block_size,
    ]),
    [["vllm", 16], ["sglang", 1]],
  );
});
