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
    /"scheduler.engine" as a version of vLLM: current value is "vllm@0.99" \(allowed: vllm@0.9, .*vllm@0.19\)/,
  );
});
