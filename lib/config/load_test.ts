import { deepEqual, equal, ok, throws } from "@std/assert";
import { stringify } from "@std/yaml";
import fc from "fast-check";
import { ConfigError } from "./config_error.ts";
import type { Configuration } from "./configuration.ts";
import { configurationSettings } from "./configuration_settings.ts";
import { loadConfig, type LoadOptions } from "./load.ts";
import { configurationSchema } from "./schema.ts";

function valueAt(configuration: Configuration, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    configuration,
  );
}

/** The problems of a configuration that must have some. */
function problemsOf(yaml: string | string[], options?: LoadOptions): readonly string[] {
  try {
    loadConfig(yaml, options);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    ok(error instanceof RangeError);
    equal(error.message, error.problems.join("\n"));
    for (const line of error.problems) ok(!line.includes("\n"));
    return error.problems;
  }
  throw new Error(`No error: ${yaml}`);
}

/** Asserts that a configuration has one problem with exactly this line. */
function hasProblem(yaml: string, line: string) {
  deepEqual(problemsOf(yaml), [line]);
}

const SETTINGS = configurationSettings();

/** A value other than the default that a setting accepts on its own, or undefined. */
function otherValue(path: string): unknown {
  const { info, defaultValue } = SETTINGS.find((setting) => setting.path === path)!;
  const schema = (info.jsonSchema.anyOf as { type: string; minimum?: number }[] | undefined)?.[0] ??
    info.jsonSchema as { type: string; enum?: string[]; maximum?: number };
  if ("enum" in schema) return (schema.enum as string[]).find((name) => name !== defaultValue);
  if (schema.type === "boolean") return !(defaultValue as boolean);
  if (schema.type === "string") return "another";
  const { minimum = 0, maximum = Infinity } = schema as { minimum?: number; maximum?: number };
  if (schema.type === "integer" || schema.type === "number") {
    const base = typeof defaultValue === "number" ? defaultValue : Math.max(1, minimum);
    return base + 1 <= maximum ? base + 1 : (minimum + Math.min(maximum, 1)) / 2 + 0.25;
  }
  return undefined;
}

Deno.test("loadConfig() without texts gives the demo: Llama-3.1-8B on H100s, 0 to 8, one hour", () => {
  const { model, cluster, scaling, simulation, workload, scheduler, cold_start } = loadConfig();
  deepEqual(
    [model.name, cluster.gpu_type, scaling.enabled, scaling.min_instances, scaling.max_instances],
    ["llama-3.1-8b", "H100", true, 0, 8],
  );
  deepEqual(
    [
      simulation.duration,
      workload.type,
      workload.embedded.name,
      scheduler.type,
      cold_start.enabled,
    ],
    [3600, "embedded", "azure-conversation", "vllm", true],
  );
});

Deno.test("loadConfig() reads back a written configuration unchanged", () => {
  const defaults = loadConfig();
  deepEqual(loadConfig(stringify(defaults)), defaults);
  deepEqual(loadConfig(JSON.stringify(defaults)), defaults);
  deepEqual(configurationSchema.parse({}), defaults);
  const changed = loadConfig(
    "workload: { classes: [{ name: a, share: 40% }, { name: b, share: 0.6, slo: { ttft_s: 2s } }] }",
  );
  deepEqual(loadConfig(stringify(changed)), changed);
});

Deno.test("loadConfig() takes an empty text and empty sections as nothing given", () => {
  const defaults = loadConfig();
  deepEqual(loadConfig(""), defaults);
  deepEqual(loadConfig("scaling:\nworkload:\n  burst:\n"), defaults);
});

Deno.test("loadConfig() does not hand out the same mutable defaults twice", () => {
  const first = loadConfig();
  (first.cost.gpu_cost_per_hour as Record<string, number>).H100 = 1;
  (first.metrics.percentiles as number[]).push(1);
  deepEqual(loadConfig().cost.gpu_cost_per_hour, {});
  deepEqual(loadConfig().metrics.percentiles, [50, 90, 95, 99]);
});

Deno.test("loadConfig() accepts every setting alone at its default, and another value changes it", () => {
  const defaults = loadConfig();
  let changed = 0;
  for (const { path, defaultValue } of SETTINGS) {
    deepEqual(valueAt(loadConfig([], { set: { [path]: defaultValue } }), path), defaultValue, path);
    deepEqual(valueAt(defaults, path), defaultValue, path);
    const value = otherValue(path);
    if (value === undefined) continue;
    try {
      const seen = valueAt(loadConfig([], { set: { [path]: value } }), path);
      ok(JSON.stringify(seen) !== JSON.stringify(defaultValue), `${path}: ${value}`);
      changed++;
    } catch (error) {
      // A value may be allowed alone and still contradict another setting's default.
      ok(error instanceof ConfigError, path);
    }
  }
  ok(changed > 0.8 * SETTINGS.length, `${changed} of ${SETTINGS.length} settings changed`);
});

Deno.test("loadConfig() reads every alias as its setting", () => {
  // What makes each alias's value allowed: a model's shape to change, a buffer to limit.
  const base = "{ gateway: { on_no_capacity: buffer }, model: { name: mine, num_layers: 3, " +
    "hidden_size: 64, num_attention_heads: 4, head_dim: 16, vocab_size: 100, num_experts: 8, " +
    "num_experts_per_token: 1 }, parallelization: { tensor_parallel_size: 4 } }";
  const before = JSON.stringify(loadConfig(base));
  let aliases = 0;
  for (const { path, info } of SETTINGS) {
    for (const alias of info.aliases) {
      const section = path.slice(0, path.lastIndexOf("."));
      const aliasPath = alias.includes(".") ? alias : `${section}.${alias}`;
      const value = otherValue(path);
      if (value === undefined) continue;
      const seen = loadConfig(base, { set: { [aliasPath]: value } });
      deepEqual(seen, loadConfig(base, { set: { [path]: value } }), aliasPath);
      ok(JSON.stringify(seen) !== before, aliasPath);
      aliases++;
    }
  }
  ok(aliases >= 12);
  const empirical = "{ distribution: empirical, values: [1, 2, 8] }";
  deepEqual(
    loadConfig(`workload: { prompt_length: ${empirical} }`).workload.prompt_length.quantiles,
    [1, 2, 8],
  );
});

Deno.test("loadConfig() reads every other spelling of a choice", () => {
  for (const { path, info } of SETTINGS) {
    for (const [other, value] of Object.entries(info.otherValues)) {
      const wide = { "workload.prompt_length.quantiles": null };
      try {
        const spelled = loadConfig([], { set: { ...wide, [path]: other } });
        equal(valueAt(spelled, path), value, `${path}: ${other}`);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        ok(path.endsWith("length.distribution"), `${path}: ${error.message}`);
      }
    }
  }
  equal(loadConfig("scheduler: { type: vllm_v0 }").scheduler.type, "vllm-v0");
  equal(
    loadConfig("cluster: { routing: { policy: ROUND_ROBIN } }").cluster.routing.policy,
    "round-robin",
  );
});

Deno.test("loadConfig() refuses two names of one setting with different values, not with equal ones", () => {
  hasProblem(
    "scheduler: { max_batch_size: 3, max_num_seqs: 4 }",
    `Cannot read configuration: "scheduler.max_batch_size" and "scheduler.max_num_seqs" are names of ` +
      `one setting and have different values`,
  );
  equal(loadConfig("scheduler: { max_batch_size: 3, max_num_seqs: 3 }").scheduler.max_num_seqs, 3);
  equal(problemsOf("{ scheduler: { block_size: 8 }, memory: { block_size: 16 } }").length, 1);
});

Deno.test("loadConfig() merges later texts over earlier ones, whatever names they use", () => {
  const merged = loadConfig([
    "{ scheduler: { max_batch_size: 64, chunk_size: 256 }, metrics: { percentiles: [50] } }",
    "{ scheduler: { max_num_seqs: 32 }, metrics: { percentiles: [10, 99] } }",
  ], { set: ["scheduler.max_batch_size=16", "cost.gpu_cost_per_hour.H100=2 USD/h"] });
  equal(merged.scheduler.max_num_seqs, 16);
  equal(merged.scheduler.chunk_size, 256);
  deepEqual(merged.metrics.percentiles, [10, 99]);
  deepEqual(merged.cost.gpu_cost_per_hour, { H100: 2 });
});

Deno.test("loadConfig() merges maps by name and replaces lists", () => {
  const merged = loadConfig([
    "{ cost: { gpu_cost_per_hour: { A100: 3, H100: 5 } }, workload: { classes: [{ name: a }] } }",
    "{ cost: { gpu_cost_per_hour: { H100: 4 } }, workload: { classes: [{ name: b }] } }",
  ]);
  deepEqual(merged.cost.gpu_cost_per_hour, { A100: 3, H100: 4 });
  deepEqual(merged.workload.classes.map(({ name }) => name), ["b"]);
});

Deno.test("loadConfig() gives the same for one text, for its parts and for overrides", () => {
  const keys = [
    "simulation.duration",
    "scaling.max_instances",
    "workload.arrival_rate",
    "slo.ttft_s",
  ];
  const values = fc.tuple(...keys.map(() => fc.option(fc.integer({ min: 1, max: 500 }))));
  fc.assert(
    fc.property(values, (numbers) => {
      const set = Object.fromEntries(
        keys.map((key, i) => [key, numbers[i]] as const).filter(([, value]) => value !== null),
      );
      const texts = Object.entries(set).map(([path, value]) => {
        const [section, key] = path.split(".");
        return `${section}:\n  ${key}: ${value}`;
      });
      const whole = loadConfig(texts.join("\n"));
      deepEqual(loadConfig(texts), whole);
      deepEqual(loadConfig([], { set }), whole);
      deepEqual(loadConfig([], { set: Object.entries(set).map(([k, v]) => `${k}=${v}`) }), whole);
    }),
    { numRuns: 30 },
  );
});

Deno.test("loadConfig() drops what belongs to another model or distribution", () => {
  const shape = "model: { name: mine, num_layers: 2, hidden_size: 64, num_attention_heads: 4, " +
    "vocab_size: 100, dtype: fp8 }";
  const changed = loadConfig([shape, "model: { name: llama-2-7b }"]).model;
  deepEqual([changed.num_layers, changed.hidden_size, changed.dtype], [null, null, "fp8"]);
  equal(loadConfig([shape, "model: { name: mine }"]).model.num_layers, 2);
  const { prompt_length } = loadConfig([], {
    set: ["workload.prompt_length.distribution=exponential"],
  }).workload;
  deepEqual([prompt_length.mean, prompt_length.std, prompt_length.max], [512, null, 4096]);
  const { decode_length } = loadConfig("workload: { decode_length: { mean: 100 } }").workload;
  deepEqual([decode_length.distribution, decode_length.mean, decode_length.std], [
    "gamma",
    100,
    64,
  ]);
});

Deno.test("loadConfig() reads an override's value as YAML", () => {
  const { workload, memory } = loadConfig([], {
    set: [
      "workload.classes=[{name: fast, slo: {ttft_s: 500ms}}]",
      "workload.num_requests=null",
      "memory.reserved_memory_gb=1 GiB",
      "workload.trace.path=a=b.csv",
    ],
  });
  equal(workload.classes[0].slo.ttft_s, 0.5);
  equal(workload.num_requests, null);
  equal(workload.trace.path, "a=b.csv");
  equal(memory.reserved_memory_gb, 1.073741824);
  deepEqual(problemsOf([], { set: ["workload"] }), [
    'Cannot read an override as path=value: current value is "workload"',
  ]);
  deepEqual(problemsOf([], { set: ["workload.classes=[1"] }), [
    'Cannot read the override "workload.classes" as YAML: current value is "[1"',
  ]);
});

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
      '(allowed: vllm, vllm-v0, sarathi, orca, fastertransformer); did you mean "vllm"?',
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
    ["scheduler: { max_tokens_per_batch: 100 }", "scheduler.max_tokens_per_batch"],
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

Deno.test("simulation.replications is a number or a precision, warmup_duration a time or mser5", () => {
  const read = (text: string) => loadConfig(`simulation: { ${text} }`).simulation;
  equal(read("replications: 3").replications, 3);
  deepEqual(read("replications: { until: 2%, of: ttft_s.p99, most: 50 }").replications, {
    until: 0.02,
    of: "ttft_s.p99",
    most: 50,
    least: 10,
  });
  deepEqual(read("replications: { until: 0.1, of: goodput_rps, most: 4 }").replications, {
    until: 0.1,
    of: "goodput_rps",
    most: 4,
    least: 4,
  });
  equal(read("warmup_duration: 2 min").warmup_duration, 120);
  equal(read("warmup: MSER5").warmup_duration, "mser5");
  for (
    const wrong of [
      ...["{ of: a }", "{ until: 5% }", "{ until: 0, of: a }", "{ until: 101%, of: a }"],
      ...["{ until: 5%, of: '' }", "{ until: 5%, of: a, most: 1 }", "{ until: 5%, of: 3 }"],
      ...["{ until: 5%, of: a, least: 9, most: 8 }", "{ until: 5%, of: a, other: 1 }", "0", "1.5"],
    ]
  ) {
    throws(
      () => read(`replications: ${wrong}`),
      /Cannot read "simulation\.replications" as/,
      wrong,
    );
  }
  for (const wrong of ["mser", "-1", "true", "[1]"]) {
    throws(() => read(`warmup_duration: ${wrong}`), /Cannot read "simulation\.warmup_duration" as/);
  }
});
