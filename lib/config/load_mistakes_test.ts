import { deepEqual, equal, ok, throws } from "#assert";
import { configurationSettings } from "./configuration_settings.ts";
import { loadConfig } from "./load.ts";
import { hasProblem, problemsOf } from "../../tests/support/config_problems.ts";

const SETTINGS = configurationSettings();

Deno.test("loadConfig() names an unknown key and the nearest one", () => {
  hasProblem(
    "scheduler: { max_batch_sise: 3 }",
    'Cannot read configuration: unknown key "scheduler.max_batch_sise"; did you mean "max_batch_size"?',
  );
  hasProblem(
    "workloads: { type: poisson }",
    'Cannot read configuration: unknown key "workloads"; did you mean "workload"?',
  );
  hasProblem(
    "memory: { keep_alive: 3 }",
    'Cannot read configuration: unknown key "memory.keep_alive"; did you mean "scaling.keep_alive"?',
  );
  hasProblem(
    "workload: { classes: [{ nmae: a }] }",
    'Cannot read configuration: unknown key "workload.classes[0].nmae"; did you mean "name"?',
  );
  hasProblem(
    "slo: { temperature: 1 }",
    'Cannot read configuration: unknown key "slo.temperature" (allowed: ttft_s, tpot_s, e2e_s)',
  );
});

Deno.test("loadConfig() takes no key from the prototype of objects", () => {
  for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
    equal(problemsOf(`${key}: 1`).length, 1);
    equal(problemsOf(`scaling: { ${key}: 1 }`).length, 1);
    equal(problemsOf([], { set: [`scaling.${key}=1`] }).length, 1);
  }
});

Deno.test("loadConfig() names path, value and what is allowed of a wrong value", () => {
  hasProblem(
    "workload: { arrival_rate: -3 }",
    'Cannot read "workload.arrival_rate" as requests per second: current value is -3 ' +
      "(allowed: > 0, <= 1e9)",
  );
  hasProblem(
    "simulation: { duration: 0 }",
    'Cannot read "simulation.duration" as seconds: current value is 0 ' +
      "(allowed: > 0, <= 2147483647)",
  );
  hasProblem(
    "scheduler: { max_batch_size: 2.5 }",
    'Cannot read "scheduler.max_batch_size" as a whole number: current value is 2.5 ' +
      "(allowed: whole, 1 to 65536)",
  );
  hasProblem(
    "simulation: { duration: 5 GB }",
    'Cannot read "simulation.duration" as seconds: current value is "5 GB" ' +
      "(allowed: > 0, <= 2147483647); units: ns, us, ms, s, min (m), h, d",
  );
  hasProblem(
    "scheduler: { type: vlm }",
    'Cannot read "scheduler.type" as a batching strategy: current value is "vlm" ' +
      '(allowed: vllm, vllm-v0, sarathi, orca, fastertransformer, sglang, trt-llm); did you mean "vllm"?',
  );
  hasProblem(
    "scaling: 3",
    'Cannot read "scaling" as a section: current value is 3 (allowed: a mapping of settings)',
  );
  hasProblem(
    "workload: { classes: 3 }",
    'Cannot read "workload.classes" as a list: current value is 3 (allowed: a list)',
  );
  hasProblem(
    "scaling: { enabled: maybe }",
    'Cannot read "scaling.enabled" as a switch: current value is "maybe" (allowed: true, false)',
  );
});

Deno.test("loadConfig() refuses a wrong type for every setting", () => {
  for (const { path, info } of SETTINGS) {
    for (const wrong of [{ a: [1] }, [[true]], true, "no such thing"]) {
      const isText = info.wanted === "a text" && typeof wrong === "string";
      const isSwitch = info.wanted === "a switch" && typeof wrong === "boolean";
      if (isText || isSwitch) continue;
      const lines = problemsOf([], { set: { [path]: wrong } });
      ok(lines.some((line) => line.startsWith(`Cannot read "${path}" as `)), `${path}: ${lines}`);
    }
  }
});

Deno.test("loadConfig() reports every mistake of several", () => {
  equal(
    problemsOf("{ slo: { ttft: 1 }, scaling: { period: -1 }, cluster: { gpu_type: 3 } }").length,
    3,
  );
});

Deno.test("loadConfig() names file, line and column of a YAML mistake", () => {
  const damaged = "slo: {}\nscaling: [1, 2\ncost: 3";
  deepEqual(problemsOf(["", damaged], { fileNames: ["base.yaml", "my.yaml"] }), [
    'Cannot read my.yaml:3:1 as YAML (deficient indentation): current value is "cost: 3"',
  ]);
  deepEqual(problemsOf("[1, 2]", { fileNames: ["my.yaml"] }), [
    "Cannot read my.yaml as a mapping of sections: current value is a list",
  ]);
});

Deno.test("loadConfig() does not quote a text that is no configuration", () => {
  for (
    const text of ["root:$6$secret:1:\n", "a: secret\nb: [secret", "- secret", "PK\x03\x04secret"]
  ) {
    const [line] = problemsOf(text, { fileNames: ["shadow"] });
    ok(line.startsWith("Cannot read shadow") && !line.includes("secret"), line);
  }
});

Deno.test("loadConfig() refuses settings that contradict each other, under the name that was written", () => {
  const cases: [string, string][] = [
    ["simulation: { warmup: 3600 }", "simulation.warmup"],
    ["scaling: { min_instances: 9 }", "scaling.min_instances"],
    ["scaling: { scale_down_threshold: 0.9 }", "scaling.scale_down_threshold"],
    ["cold_start: { initial_instances: 9 }", "cold_start.initial_instances"],
    [
      "scheduler: { max_tokens_per_batch: 100, max_num_seqs: 101 }",
      "scheduler.max_tokens_per_batch",
    ],
    ["memory: { num_gpu_blocks: 1 }", "memory.num_gpu_blocks"],
    ["scheduler: { preemption_mode: swap }", "scheduler.preemption_mode"],
    ["cluster: { num_gpus_per_replica: 4 }", "cluster.num_gpus_per_replica"],
    ["parallelization: { expert_parallel_size: 2 }", "parallelization.expert_parallel_size"],
    ["workload: { type: trace }", "workload.trace.path"],
    ["workload: { burst: { length: 301 } }", "workload.burst.length"],
    ["workload: { prompt_length: { min: 5000 } }", "workload.prompt_length.min"],
    ["workload: { prompt_length: { mean: 5000 } }", "workload.prompt_length.mean"],
    ["workload: { prompt_length: { exponent: 2 } }", "workload.prompt_length.exponent"],
    [
      "workload: { prompt_length: { distribution: empirical } }",
      "workload.prompt_length.quantiles",
    ],
    ["workload: { prompt_length: { distribution: joint } }", "workload.decode_length.distribution"],
    ["workload: { classes: [{ name: a, share: 0.5 }] }", "workload.classes"],
    ["workload: { classes: [{ share: 1 }, { name: b }] }", "workload.classes[1].share"],
    ["workload: { classes: [{ name: a }, { name: a }] }", "workload.classes"],
    ["model: { num_layers: 3, hidden_size: 8, num_attention_heads: 2 }", "model.vocab_size"],
    ["gateway: { timeout: 5s }", "gateway.timeout"],
  ];
  for (const [yaml, path] of cases) {
    const lines = problemsOf(yaml);
    equal(lines.length, 1, `${yaml}: ${lines}`);
    ok(lines[0].startsWith(`Cannot read "${path}" as `), lines[0]);
    ok(/: current value is .+ \(allowed: .+\)$/.test(lines[0]), lines[0]);
  }
});

Deno.test("loadConfig() accepts what differs from the cases above by a little", () => {
  loadConfig("{ simulation: { warmup: 3599 }, cold_start: { initial_instances: 8 } }");
  loadConfig("{ scheduler: { type: vllm-v0, preemption_mode: swap, max_tokens_per_batch: 256 } }");
  loadConfig(
    "{ cluster: { num_gpus_per_replica: 8 }, parallelization: { tp: 4, pp: 2, ep: 2 } }",
  );
  loadConfig("workload: { classes: [{ name: a, share: 0.1 }, { name: b, share: 90% }] }");
  loadConfig("{ gateway: { on_no_capacity: buffer, timeout: 5s, limit: 0 } }");
  loadConfig("{ scaling: { enabled: false }, cold_start: { initial_instances: 9 } }");
  loadConfig(
    "workload: { prompt_length: { distribution: joint }, decode_length: { distribution: joint } }",
  );
});

Deno.test("ConfigError has a name of its own", () => {
  throws(() => loadConfig("a: 1"), { name: "ConfigError" });
});

Deno.test("GPUs of an instance that do not add up name the tensor degree to set", () => {
  throws(() => loadConfig("cluster: { num_gpus_per_replica: 4 }"), {
    message: /; set parallelization\.tensor_parallel_size: 4\)/,
  });
  throws(
    () => loadConfig("{ cluster: { num_gpus_per_replica: 8 }, parallelization: { pp: 2 } }"),
    { message: /; set parallelization\.tensor_parallel_size: 4\)/ },
  );
});

Deno.test("SimFaaSInfer's coefficients may stand in the model, where its files of models have them", () => {
  const config = loadConfig("model: { profiling: { mlp_time_per_token: 0.25 } }");
  equal(config.profiling.mlp_time_per_token, 0.25);
  throws(() => loadConfig("model: { profiling: { mlp_time_per_tokn: 1 } }"), {
    message: /unknown key "model\.profiling\.mlp_time_per_tokn"; did you mean "mlp_time_per_token"/,
  });
});

Deno.test("loadConfig() says in one line that a model's config.json is a setting", () => {
  const text = JSON.stringify({
    architectures: ["Qwen3ForCausalLM"],
    model_type: "qwen3",
    hidden_size: 64,
    num_hidden_layers: 2,
    torch_dtype: "bfloat16",
  });
  throws(() => loadConfig(text, { fileNames: ["config.json"] }), {
    message:
      "Cannot read config.json as a configuration: current value is a model's config.json, " +
      "which is a setting: model.hf_config (--set model.hf_config=config.json)",
  });
});

Deno.test("loadConfig() refuses more instances than there may be, wherever they are named", () => {
  const cases: [string, string][] = [
    ["policy: schedule, schedule: { entries: [{ instances: 300 }] }", "scaling.schedule.entries"],
    ["policy: knative-kpa, knative_kpa: { initial_scale: 9 }", "scaling.knative_kpa.initial_scale"],
    ["policy: knative-kpa, knative_kpa: { activation_scale: 9 }", "scaling.knative_kpa.activation"],
    ["policy: keda, keda: { fallback: { replicas: 9 } }", "scaling.keda.fallback"],
  ];
  for (const [scaling, path] of cases) {
    throws(
      () => loadConfig(`scaling: { ${scaling} }`),
      ({ message }: Error) =>
        message.includes(`"${path}`) && message.includes("scaling.max_instances, which is 8"),
    );
    throws(
      () => loadConfig(`functions: [{ scaling: { ${scaling} } }]`),
      /max_instances, which is 8/,
    );
    loadConfig(`scaling: { max_instances: 300, ${scaling} }`);
  }
  // What is not chosen is not looked at.
  loadConfig("scaling: { policy: hpa, schedule: { entries: [{ instances: 300 }] } }");
});
