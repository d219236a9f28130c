import { deepEqual, equal, ok } from "#assert";
import { stringify } from "@std/yaml";
import fc from "fast-check";
import { ConfigError } from "./config_error.ts";
import type { Configuration } from "./configuration.ts";
import { configurationSettings } from "./configuration_settings.ts";
import { loadConfig } from "./load.ts";
import { configurationSchema } from "./schema.ts";
import { hasProblem, problemsOf } from "../../tests/support/config_problems.ts";

function valueAt(configuration: Configuration, path: string): unknown {
  return path.split(".").reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    configuration,
  );
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
      const wide = {
        "workload.prompt_length.quantiles": null,
        "speculative.num_speculative_tokens": 2,
        "speculative.synthetic_acceptance_length": 2,
      };
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
